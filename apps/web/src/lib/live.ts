/**
 * The line to the core: one WebSocket that brings events, progress of jobs and the state of the AI process. It comes
 * back by itself with growing pauses and resumes after the last event it has seen, so nothing is missed.
 */
export type CloudEvent = {
  type: string
  subject: string
  sequence: number
  time: string
  data: Record<string, unknown>
  job: string | null
}
export type LiveFrame =
  | { type: 'event'; event: CloudEvent }
  | { type: 'progress'; job: LiveJob }
  | { type: 'sidecar'; state: SidecarState }
  | { type: 'resync'; last: number | null }
export type SidecarState = 'starting' | 'up' | 'down' | 'off'
export type LiveJob = {
  job_id: string
  type: string
  status: string
  progress: {
    phase: string
    steps_completed: number
    steps_total: number | null
    message: string | null
    eta_seconds: number | null
  }
}
/** `open` once subscribed; `waiting` between two tries. */
export type LineState = 'connecting' | 'open' | 'waiting'

/** What is needed of a WebSocket. */
export type Line = {
  send(text: string): void
  close(): void
  onopen: (() => void) | null
  onmessage: ((message: { data: unknown }) => void) | null
  onclose: (() => void) | null
}

export type LiveSettings = {
  connect(): Line
  /** Runs `action` after `ms`; the answer takes it back. */
  later(action: () => void, ms: number): () => void
  onEvent(event: CloudEvent): void
  onProgress(job: LiveJob): void
  onSidecar(state: SidecarState): void
  /** Something may have been missed: everything shown has to be read again. */
  onMissed(): void
  onState(state: LineState): void
}

const pauses = [500, 1_000, 2_000, 4_000, 8_000, 15_000] as const

/** Opens the line and keeps it open. `wake` tries at once (the network came back, the page is looked at again). */
export function startLive(settings: LiveSettings): { wake(): void; stop(): void } {
  let last: number | null = null
  let tries = 0
  let opened = false
  let line: Line | null = null
  let takeBack: (() => void) | null = null
  let stopped = false

  const open = () => {
    takeBack = null
    settings.onState('connecting')
    const mine = settings.connect()
    line = mine
    mine.onopen = () => {
      mine.send(JSON.stringify({ type: 'subscribe', topics: ['*'], after: last }))
      if (opened && last === null) settings.onMissed()
      opened = true
      tries = 0
      settings.onState('open')
    }
    mine.onmessage = (message) => receive(message.data)
    mine.onclose = () => {
      if (line !== mine || stopped) return
      line = null
      const pause = pauses[Math.min(tries, pauses.length - 1)] ?? 15_000
      tries += 1
      settings.onState('waiting')
      takeBack = settings.later(open, pause)
    }
  }

  const receive = (data: unknown) => {
    const frame = readFrame(data)
    if (frame?.type === 'progress') settings.onProgress(frame.job)
    if (frame?.type === 'sidecar') settings.onSidecar(frame.state)
    if (frame?.type === 'resync') {
      last = frame.last ?? last
      settings.onMissed()
    }
    if (frame?.type !== 'event') return
    if (last !== null && frame.event.sequence <= last) return
    last = frame.event.sequence
    settings.onEvent(frame.event)
  }

  open()
  return {
    wake() {
      if (!takeBack) return
      takeBack()
      tries = 0
      open()
    },
    stop() {
      stopped = true
      takeBack?.()
      line?.close()
    },
  }
}

function readFrame(data: unknown): LiveFrame | null {
  if (typeof data !== 'string') return null
  try {
    const frame = JSON.parse(data) as LiveFrame
    return typeof frame === 'object' && frame !== null && typeof frame.type === 'string' ? frame : null
  } catch {
    return null
  }
}

/** First words of event types and the features whose reads they make old. */
const concerns: Record<string, readonly string[]> = {
  root: ['roots', 'files', 'git', 'repos', 'overview'],
  file: ['files', 'roots', 'repos', 'overview'],
  files: ['files', 'roots', 'repos', 'overview'],
  git: ['git', 'repos', 'files', 'overview', 'digest'],
  repo: ['repos', 'digest'],
  thread: ['threads', 'chat', 'overview'],
  threads: ['threads', 'chat', 'overview'],
  message: ['threads', 'chat', 'overview'],
  memory: ['memories', 'threads', 'overview'],
  memories: ['memories', 'threads', 'overview'],
  task: ['tasks', 'threads', 'overview', 'digest'],
  tasks: ['tasks', 'threads', 'overview', 'digest'],
  visit: ['browser', 'overview'],
  visits: ['browser', 'overview'],
  history: ['browser', 'overview'],
  bookmark: ['bookmarks', 'overview'],
  bookmarks: ['bookmarks', 'overview'],
  bookmark_folder: ['bookmarks', 'overview'],
  document: ['documents', 'crawls', 'overview'],
  crawl: ['crawls'],
  tab: ['tabs', 'overview'],
  tabs: ['tabs', 'overview'],
  page: ['browser', 'search'],
  pages: ['browser', 'search'],
  capture: ['capture'],
  browser: ['browser', 'overview'],
  job: ['jobs', 'crawls', 'tasks', 'overview', 'digest'],
  import: ['imports', 'browser', 'overview'],
  index: ['search', 'overview', 'roots'],
  passages: ['search', 'overview', 'roots'],
  search: ['search', 'overview'],
  model: ['models', 'overview'],
  models: ['models', 'overview'],
  provider: ['models'],
  routes: ['models'],
  key: ['users'],
  login: ['users'],
  user: ['users'],
  workspace: ['workspaces', 'models'],
  egress: ['egress'],
  bundle: ['bundles'],
}

/** Features whose shown data an event makes old; all of the page's (null) for a type nobody knows yet. */
export const concernsOf = (type: string): readonly string[] | null => concerns[type.split('.', 1)[0] ?? ''] ?? null
