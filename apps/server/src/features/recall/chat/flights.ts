/**
 * Answers that are being written in this process, one per thread. Whoever waits for one is told every frame from the
 * first on; when nobody waits any more, the writing is told to stop.
 */
import type { ChatFrame } from '@cairn/api/chat'
import { type ErrorCode, fail } from '@cairn/api/errors'

export type Flight = {
  readonly job: string
  /** Set once the job itself writes; it then has the last word. */
  flying: boolean
  /** Aborts when everybody who waited has gone. */
  readonly signal: AbortSignal
  emit(frame: ChatFrame): void
  /** Nothing more will come; the thread is free. */
  end(): void
  /** All frames from the first on, until the end or until `signal` aborts. */
  attend(signal: AbortSignal): AsyncGenerator<ChatFrame>
}
export type Flights = ReturnType<typeof makeFlights>

export function makeFlights() {
  const byThread = new Map<string, Flight>()
  const byJob = new Map<string, Flight>()

  function begin(job: string, thread: string): Flight {
    const flight = makeFlight(job, () => {
      if (byThread.get(thread) === flight) byThread.delete(thread)
      byJob.delete(job)
    })
    byJob.set(job, flight)
    return flight
  }

  return {
    /** The flight of a job, new or under way. THREAD_BUSY when the thread writes another answer. */
    board(workspace: string, thread: string, job: string): { flight: Flight; fresh: boolean } {
      const key = `${workspace} ${thread}`
      const present = byThread.get(key)
      if (present && present.job !== job) throw fail('THREAD_BUSY')
      if (present) return { flight: present, fresh: false }
      const flight = begin(job, key)
      byThread.set(key, flight)
      return { flight, fresh: true }
    },
    /** A job ended without its run having a say: its rights were gone, or it was cancelled while it waited. */
    lost(job: string, code: ErrorCode): void {
      const flight = byJob.get(job)
      if (flight?.flying) return
      flight?.emit({ event: 'error', data: { code, detail: fail(code).message, message: null } })
      flight?.end()
    },
    /** For the job itself: its flight, or one that nobody waits for (after a restart). */
    of(job: string): Flight {
      const flight = byJob.get(job) ?? begin(job, '')
      flight.flying = true
      return flight
    },
  }
}

function makeFlight(job: string, landed: () => void): Flight {
  const stop = new AbortController()
  const frames: ChatFrame[] = []
  let ended = false
  let attending = 0
  let wake = Promise.withResolvers<void>()

  function end(): void {
    if (ended) return
    ended = true
    landed()
    tell()
  }

  function tell(): void {
    wake.resolve()
    wake = Promise.withResolvers<void>()
  }

  return {
    job,
    flying: false,
    signal: stop.signal,
    emit(frame) {
      frames.push(frame)
      tell()
    },
    end,
    async *attend(signal) {
      const gone = Promise.withResolvers<void>()
      const leave = () => gone.resolve()
      signal.addEventListener('abort', leave)
      attending += 1
      try {
        for (let at = 0; !signal.aborted; ) {
          const frame = frames[at]
          if (frame) {
            at += 1
            yield frame
          } else if (ended) return
          else await Promise.race([wake.promise, gone.promise])
        }
      } finally {
        signal.removeEventListener('abort', leave)
        attending -= 1
        if (attending === 0 && !ended) stop.abort()
      }
    },
  }
}
