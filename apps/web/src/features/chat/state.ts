/** Answers on their way. They live outside the views, so that going elsewhere does not stop them. */
import { ApiError } from '@cairn/api/client'
import type { ChatFrame } from '@cairn/api/chat'
import type { Attachment, Citation } from '@cairn/api/threads'
import { createSignal } from 'solid-js'
import { createStore } from 'solid-js/store'
import { api, isAbort, troubleOf } from '../../lib/api.ts'
import { speaker } from '../../lib/format.ts'
import { go, setPanels, turn } from '../../lib/layout.ts'
import { placeKey } from '../../lib/places.ts'
import { readAgain } from '../../lib/queries.ts'

/** A message of the path, and whether it is still shown itself. */
export type Cut = { at: string; keep: boolean }
/** Where a question was asked: on a page of its own or in the panel beside the editor. */
export type Surface = 'page' | 'panel'
export type Flight = {
  id: number
  surface: Surface
  /** Null until the core has given it a thread. */
  thread: string | null
  question: string
  /** Documents that go along with it. */
  attachments: readonly Attachment[]
  /** Where what is shown meanwhile ends: before a question that is edited, behind one that is answered anew. */
  cut: Cut | null
  /** A message of the branch to ask on, until that one is shown. */
  branch: string | null
  /** Epoch milliseconds when it was asked. */
  since: number
  questionId: string | null
  answerId: string | null
  citations: Citation[]
  text: string
  state: 'searching' | 'writing' | 'stopped' | 'failed' | 'done'
  trouble: { title: string; detail: string } | null
}

const [flights, setFlights] = createStore<Flight[]>([])
export { flights }

const stops = new Map<number, AbortController>()
let nextFlight = 1

export type Question = {
  thread: string | null
  message: string
  /** Documents that go along; an edited question takes over those of the one before. */
  attachments?: readonly Attachment[]
  sources?: string[]
  model?: string
  surface: Surface
  cut?: Cut | null
  /** A message of the branch to ask on, where that is not the one that is shown. */
  branch?: string | null
}

/** The flight of a thread, or of a new question on a surface. */
export const flightOf = (thread: string | null, surface: Surface) =>
  flights.find((flight) => (thread ? flight.thread === thread : flight.thread === null && flight.surface === surface))

export const isFlying = (flight: Flight | undefined) => flight?.state === 'searching' || flight?.state === 'writing'

/** What its turns are called until they are stored. */
export const questionKey = (flight: Flight) => flight.questionId ?? `question ${flight.id}`
export const answerKey = (flight: Flight) => flight.answerId ?? `answer ${flight.id}`

/** Asks. Resolves when the answer is complete, stopped or failed; never throws. */
export async function ask(question: Question): Promise<void> {
  const before = flightOf(question.thread, question.surface)
  if (before && isFlying(before)) return
  if (before) drop(before.id)
  const id = nextFlight++
  const stop = new AbortController()
  stops.set(id, stop)
  setFlights(flights.length, {
    id,
    surface: question.surface,
    thread: question.thread,
    question: question.message,
    attachments: question.attachments ?? [],
    cut: question.cut ?? null,
    branch: question.branch ?? null,
    since: Date.now(),
    questionId: question.cut?.keep ? question.cut.at : null,
    answerId: null,
    citations: [],
    text: '',
    state: 'searching',
    trouble: null,
  })
  const change = (by: Partial<Flight>) => setFlights((one) => one.id === id, by)
  const grow = buffered((text) =>
    setFlights(
      (one) => one.id === id,
      'text',
      (old) => old + text,
    ),
  )
  try {
    if (question.thread && question.branch) {
      await api.threads.branch({ thread_id: question.thread, message_id: question.branch }, { signal: stop.signal })
      await readAgain('threads')
      change({ branch: null })
    }
    const frames = framesOf(question, { signal: stop.signal })
    for await (const frame of frames as AsyncGenerator<ChatFrame>) {
      if (frame.event === 'metadata') {
        const { thread_id, user_message_id, message_id, citations } = frame.data
        change({ thread: thread_id, questionId: user_message_id, answerId: message_id, citations })
        if (!question.thread) land(question.surface, thread_id)
      } else if (frame.event === 'delta') {
        change({ state: 'writing' })
        grow.add(frame.data.text)
      } else if (frame.event === 'complete') {
        change({ state: 'done', citations: frame.data.citations })
      } else if (frame.event === 'error') {
        grow.flush()
        change({ state: 'failed', trouble: { title: 'No answer', detail: frame.data.detail } })
      }
    }
    grow.flush()
    if (isFlying(flights.find((one) => one.id === id)))
      change({
        state: 'failed',
        trouble: { title: 'The answer was cut off', detail: 'What had been written is kept. Ask again to go on.' },
      })
  } catch (error) {
    grow.flush()
    if (isAbort(error) || stop.signal.aborted) change({ state: 'stopped' })
    else change({ state: 'failed', trouble: troubleOf(error) })
    if (error instanceof ApiError && error.problem.code === 'THREAD_NOT_FOUND') change({ questionId: null })
  }
  stops.delete(id)
  await settle(id)
}

/** Asks, asks in the place of another question, or has a question answered anew. */
function framesOf(
  { thread, message, attachments = [], sources, model, cut }: Question,
  options: { signal: AbortSignal },
) {
  const how = { ...(sources && sources.length > 0 && { sources }), ...(model && { model }) }
  const { zone } = speaker
  if (thread && cut?.keep)
    return api.chat.regenerate.stream({ thread_id: thread, message_id: cut.at, zone, ...how }, options)
  const where = { ...(thread && { thread_id: thread }), ...(cut && { replaces: cut.at }) }
  const along = cut || attachments.length === 0 ? {} : { attachments: attachments.map(({ id }) => id) }
  return api.chat.ask.stream({ message, ...speaker, ...along, ...where, ...how }, options)
}

/** Stops an answer; what was written stays. */
export const stop = (flight: Flight) => stops.get(flight.id)?.abort()

export const drop = (id: number) => setFlights((all) => all.filter((flight) => flight.id !== id))

/** Once the thread as stored holds the answer, the flight makes room for it. */
async function settle(id: number): Promise<void> {
  const flight = flights.find((one) => one.id === id)
  if (!flight) return
  await readAgain('threads')
  if (flight.state === 'done') drop(id)
  // A question that never reached the core stays, so that it can be asked again.
  else if (flight.state === 'stopped' && (flight.questionId !== null || (await arrived(flight)))) drop(id)
}

/** Was the question stored, although nothing was heard of it before it was stopped? */
async function arrived(flight: Flight): Promise<boolean> {
  if (!flight.thread) return false
  const last = await api.threads
    .messages({ thread_id: flight.thread, order: 'desc', role: 'user', limit: 1 })
    .catch(() => null)
  const [message] = last?.items ?? []
  return message?.content === flight.question && Date.parse(message.created_at) >= flight.since - 1_000
}

/** A new question has become a thread: the place it was asked at becomes that thread's. */
function land(surface: Surface, thread: string): void {
  if (surface === 'panel') setPanels({ askThread: thread })
  else turn(placeKey({ kind: 'thread', thread: null, message: null }), { kind: 'thread', thread, message: null })
}

/** Opens a new thread with a question already asked. */
export function askAbout(message: string): void {
  const waiting = flightOf(null, 'page')
  if (waiting && !isFlying(waiting)) drop(waiting.id)
  go({ kind: 'thread', thread: null, message: null }, { keep: true })
  void ask({ thread: null, message, surface: 'page' })
}

/** Words that another view wants put into the next question of the panel. */
const [draft, setDraft] = createSignal<string | null>(null)
export { draft, setDraft }

/** Collects what comes in and hands it on once a frame. */
function buffered(hand: (text: string) => void) {
  let waiting = ''
  let frame = 0
  const flush = () => {
    cancelAnimationFrame(frame)
    frame = 0
    if (waiting) hand(waiting)
    waiting = ''
  }
  return {
    flush,
    add: (text: string) => {
      waiting += text
      // A hidden page gets no frames.
      if (document.hidden) flush()
      else if (frame === 0) frame = requestAnimationFrame(flush)
    },
  }
}
