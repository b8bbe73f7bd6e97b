/** The live line as signals, and what it does to what has been read. */
import { createSignal } from 'solid-js'
import { createStore, produce } from 'solid-js/store'
import { signedOut } from './api.ts'
import {
  type CloudEvent,
  concernsOf,
  type Line,
  type LineState,
  type LiveJob,
  type SidecarState,
  startLive,
} from './live.ts'
import { makeOld } from './queries.ts'

const [lineState, setLineState] = createSignal<LineState>('connecting')
const [sidecar, setSidecar] = createSignal<SidecarState | null>(null)
const [running, setRunning] = createStore<Record<string, LiveJob>>({})
export { lineState, running, setSidecar, sidecar }

const listeners = new Set<(event: CloudEvent) => void>()
/** Follows every event; the answer ends it. */
export function onEvent(listener: (event: CloudEvent) => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** During indexing events come by the hundred: what they make old is collected and read again at most twice a second. */
const pause = 500
let waiting: Set<string> | null | undefined
function collect(features: readonly string[] | null): void {
  if (waiting === undefined) {
    waiting = new Set()
    setTimeout(() => {
      makeOld(waiting === null ? null : [...(waiting ?? [])])
      waiting = undefined
    }, pause)
  }
  if (features === null) waiting = null
  else if (waiting) for (const feature of features) waiting.add(feature)
}

const ended = new Set(['succeeded', 'failed', 'cancelled'])
function follow(job: LiveJob): void {
  if (!ended.has(job.status)) setRunning(job.job_id, job)
  else setRunning(produce((all) => void delete all[job.job_id]))
}

function hear(event: CloudEvent): void {
  const [subject, verb = ''] = event.type.split('.')
  if (subject === 'job' && ended.has(verb)) setRunning(produce((all) => void delete all[event.subject]))
  collect(concernsOf(event.type))
  for (const listener of listeners) listener(event)
}

/** Opens the line for as long as the page lives. */
export function goOnline(): void {
  const address = new URL('/api/ws', location.href)
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:'
  const live = startLive({
    connect: () => new WebSocket(address) as unknown as Line,
    later: (action, ms) => {
      const timer = setTimeout(action, ms * (0.85 + Math.random() * 0.3))
      return () => clearTimeout(timer)
    },
    onEvent: hear,
    onProgress: follow,
    onSidecar: setSidecar,
    onMissed: () => collect(null),
    onState: (state) => {
      if (state === 'open' && lineState() === 'connecting') collectAfterReturn()
      setLineState(state)
    },
  })
  addEventListener('online', live.wake)
  document.addEventListener(
    'visibilitychange',
    () => document.visibilityState === 'visible' && !signedOut() && live.wake(),
  )
}

let met = false
/** After a break reads may have failed meanwhile: they are tried again, whatever the events say. */
function collectAfterReturn(): void {
  if (met) collect(null)
  met = true
}
