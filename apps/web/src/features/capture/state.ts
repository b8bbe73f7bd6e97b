import { api } from '../../lib/api.ts'
import { attempt, say } from '../../ui/notices.tsx'

/** Pauses the capture of everything, or goes on. */
export async function setPaused(paused: boolean): Promise<void> {
  const done = await attempt(() => (paused ? api.capture.pause({ all: true }) : api.capture.resume({ all: true })))
  if (!done) return
  say({
    text: done.paused ? 'Capture is paused' : 'Capturing again',
    ...(done.paused && { action: { label: 'Go on', run: () => void setPaused(false) } }),
  })
}

/** Pauses everything for an hour. */
export async function pauseAnHour(): Promise<void> {
  if (await attempt(() => api.capture.pause({ all: true, minutes: 60 }))) say({ text: 'Capture is paused for an hour' })
}

/** Turns capture off where it is on, and on where it is off. */
export const toggleCapture = async () => {
  const now = await attempt(() => api.capture.get({}))
  if (now) await setPaused(!now.paused)
}
