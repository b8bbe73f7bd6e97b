/** The WebSocket: events by topic with resume, progress of jobs, the state of the AI process. */
import type { CloudEvent } from '../../../kernel/events/event.ts'
import { headOf } from '../../../kernel/events/read.ts'
import type { Call, Socket } from '../../../kernel/gate/call.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import type { Followers } from './followers.ts'
import type { Progress } from './progress.ts'

type Subscribe = { type: 'subscribe'; topics: string[]; after: number | null }
/** A client that lets this much pile up is too slow: progress is left out, and events make it resume. */
const full = 1_048_576

type Shared = { kernel: Kernel; followers: Followers; progress: Progress }

export function openSocket({ kernel, followers, progress }: Shared, call: Call<unknown>, socket: Socket): void {
  let current: AbortController | null = null
  const send = (message: object) => socket.send(JSON.stringify(message))

  const stopProgress = progress.watch(call.workspace, (message) => {
    if (current && socket.buffered() < full) socket.send(message)
  })
  const stopSidecar = kernel.sidecar.onChange((status) => send({ type: 'sidecar', state: status.state }))
  const { signal, leave } = followers.join(call.principal)
  signal.addEventListener('abort', () => {
    current?.abort()
    socket.close(1008, 'the key or login has ended')
  })
  socket.onClose(() => {
    current?.abort()
    leave()
    stopProgress()
    stopSidecar()
  })
  socket.onMessage((text) => {
    const message = parse(text)
    if (!message) return send({ type: 'error', message: 'expected {"type":"subscribe","topics":["*"],"after":null}' })
    current?.abort()
    current = new AbortController()
    follow(kernel, call, socket, message, current.signal).catch((error: unknown) => {
      kernel.log.warn({ request: call.request, err: error }, 'a socket stopped following')
      socket.close(1011, 'try again')
    })
  })
  send({ type: 'sidecar', state: kernel.sidecar.status().state })
}

async function follow(kernel: Kernel, call: Call<unknown>, socket: Socket, message: Subscribe, signal: AbortSignal) {
  const last = await headOf(call)
  socket.send(JSON.stringify({ type: 'subscribed', last }))
  // Beyond the end: the number is of another log.
  const lost = message.after !== null && message.after > last
  if (lost) socket.send(JSON.stringify({ type: 'resync', last }))
  const types = message.topics.includes('*') ? undefined : message.topics
  for await (const event of kernel.events.subscribe({
    workspace: call.workspace,
    after: lost ? last : (message.after ?? last),
    ...(types && { types }),
    signal,
  })) {
    socket.send(messageOf(event))
    if (socket.buffered() < full) continue
    socket.send(JSON.stringify({ type: 'resync', last: event.sequence }))
    socket.close(1013, 'too slow: resume from the last number')
    return
  }
}

/** Whoever follows is handed the same event, so its message is written once for all. */
const written = new WeakMap<CloudEvent, Uint8Array>()

function messageOf(event: CloudEvent): Uint8Array {
  const message = written.get(event) ?? Buffer.from(JSON.stringify({ type: 'event', event }))
  written.set(event, message)
  return message
}

function parse(text: string): Subscribe | null {
  try {
    const message = JSON.parse(text) as Partial<Subscribe> | null
    const topics = message?.topics ?? ['*']
    const after = message?.after ?? null
    const wellFormed =
      message?.type === 'subscribe' &&
      Array.isArray(topics) &&
      topics.length <= 100 &&
      topics.every((topic) => typeof topic === 'string' && topic.length <= 100) &&
      (after === null || (Number.isSafeInteger(after) && after >= 0))
    return wellFormed ? { type: 'subscribe', topics, after } : null
  } catch {
    return null
  }
}
