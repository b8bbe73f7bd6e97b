/**
 * The job that writes one answer and stores it with its citations. As a job it can be seen and cancelled, and is finished
 * after a crash.
 */
import { type ChatAnswer, type ChatUsage, mostAttachments } from '@cairn/api/chat'
import { CairnError, fail } from '@cairn/api/errors'
import { Id, Languages, list, optional, type Static, shape, text } from '@cairn/api/shapes'
import type { Message } from '@cairn/api/threads'
import { newId } from '../../../kernel/ids.ts'
import type { JobContext } from '../../../kernel/jobs/definition.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import type { Tx } from '../../../kernel/scope.ts'
import type { Memories } from '../../remember/memories/index.ts'
import type { Tasks } from '../../remember/tasks/index.ts'
import type { NewMessage, Threads } from '../../remember/threads/index.ts'
import type { Flight, Flights } from './flights.ts'
import { citationOf, type Passage } from './passages.ts'
import { relatedTo } from './related.ts'
import { jobById, putContext } from './store.ts'
import type { Attached, Writing, Written } from './writing.ts'

export const AnswerInput = shape({
  thread_id: Id,
  user_message_id: Id,
  /** The id that the answer will have. */
  message_id: Id,
  model: optional(text(200, 1)),
  sources: optional(list(text(50, 1))),
  /** The task that the question is about. */
  task_id: optional(Id),
  /** The person's time zone. */
  zone: optional(text(60, 1)),
  languages: optional(Languages),
  /** The message that the shown path ended with when an answer was asked for anew. */
  seen: optional(Id),
})
export type AnswerInput = Static<typeof AnswerInput>
/** What the ledger keeps: no content. The message is null when nothing had been written before it was stopped. */
export type AnswerResult = { thread_id: string; message_id: string | null; kind: Message['kind'] | null; state: string }

/** Earlier turns that an answer may know of. */
export const turnsBefore = 20

type Parts = Pick<Kernel, 'scope'> & {
  writing: Writing
  threads: Threads
  memories: Pick<Memories, 'found' | 'look'>
  tasks: Pick<Tasks, 'titleOf' | 'look'>
  flights: Flights
}
type Context = JobContext<AnswerInput>
type Storing = AnswerInput & { follows: readonly string[] }
/** An answer, what was searched for it, and the tasks and memories that it has to do with. */
type Made = Written & { query: string; related: Passage['source'][] }

export function makeAnswering({ scope: makeScope, writing, threads, memories, tasks, flights }: Parts) {
  async function run(context: Context): Promise<AnswerResult> {
    const { workspace } = context.scope
    const flight = flights.of({ workspace, thread: context.input.thread_id, job: context.id })
    try {
      return await answer(context, flight)
    } catch (error) {
      const { code, message } = told(error, context.signal)
      flight.emit({ event: 'error', data: { code, detail: message, message: null } })
      throw error
    } finally {
      flight.end()
    }
  }

  async function answer(context: Context, flight: Flight): Promise<AnswerResult> {
    const { scope, input } = context
    const { thread_id, user_message_id, model, sources } = input
    const stored = await threads.message(scope, input.message_id)
    if (stored?.state === 'complete') return resultOf(input, stored)
    // A partial answer of an earlier run keeps its id; this one is another message.
    const id = stored ? newId() : input.message_id
    const question = await threads.message(scope, user_message_id)
    if (!question) throw fail('THREAD_NOT_FOUND')
    const turns = await threads.before(scope, question, turnsBefore)
    const title = input.task_id && (await tasks.titleOf(scope, input.task_id))
    // What was asked in its place, and every answer to that, cannot answer it.
    const except = await threads.beside(scope, question)
    const attached = attachedTo(question.attachments, turns)
    const asked = {
      question: question.content,
      turns,
      model,
      sources,
      except,
      about: title,
      attached,
      zone: input.zone,
    }

    context.progress({ phase: 'searching', done: 0, total: 2 })
    const found = await writing.find(scope, asked, flight.ahead)
    const about = { thread_id, user_message_id, message_id: id, job_id: context.id }
    flight.emit({ event: 'metadata', data: { ...about, citations: found.passages.map(citationOf) } })
    context.progress({ phase: 'writing', done: 1, total: 2 })
    const say = (words: string) => flight.emit({ event: 'delta', data: { text: words } })
    const stop = AbortSignal.any([context.signal, flight.signal])
    const written = await writing.write(scope, asked, found, say, stop)
    if (written === null) return { thread_id, message_id: null, kind: null, state: 'stopped' }

    const follows = [input.seen ?? user_message_id, ...(stored ? [stored.id] : [])]
    try {
      const made = { ...written, query: found.query, related: relatedTo(found.words, written.passages) }
      const message = await keep(context, (tx) => store(tx, id, { ...input, follows }, made, question))
      // What an answer rests on has been of use.
      const used = [...message.citations.map(({ source }) => source), ...made.related]
      await memories.found(scope, [...new Set(used.filter(({ kind }) => kind === 'memory').map((one) => one.id))])
      if (written.broken) flight.emit({ event: 'error', data: { ...written.broken, message } })
      else flight.emit({ event: 'complete', data: answerOf(input, message, context.id) })
      return resultOf(input, message)
    } finally {
      // Also where nothing is kept: the job's rights end with it.
      await written.settle()
    }
  }

  /**
   * Cancelled, the job may write nothing more; what was said so far is kept all the same, by whom it was said for. When
   * the process stops, or another worker has the job, the answer is written anew and nothing is kept of this one.
   */
  async function keep(context: Context, body: (tx: Tx) => Promise<Message>): Promise<Message> {
    const { scope, signal } = context
    if (!signal.aborted || isTimeout(signal.reason)) {
      let message: Message | undefined
      // The journal knows which one it was, not what it says.
      const id = await context.writeStep('answer', async (tx) => (message = await body(tx)).id)
      message ??= await threads.message(scope, id)
      if (!message) throw fail('THREAD_NOT_FOUND')
      return message
    }
    const row = await jobById(scope, context.id)
    if (row?.status !== 'cancelled') throw signal.reason
    return makeScope({ workspace: scope.workspace, principal: scope.principal, job: context.id }).write(body)
  }

  /** The answer and what it was made from: one transaction. */
  async function store(tx: Tx, id: string, input: Storing, made: Made, question: Message): Promise<Message> {
    const { usage, broken, note, kind, model, query } = made
    const message: NewMessage = {
      id,
      role: 'assistant',
      content: made.text,
      parent_id: input.user_message_id,
      // Not when the person looks at another branch by now.
      follows: input.follows,
      kind,
      state: broken ? 'partial' : 'complete',
      tokens: usage?.output_tokens ?? null,
      model,
      cost_usd: usage?.cost_usd ?? null,
      citations: made.citations,
      metadata: {
        ...(usage && { usage }),
        ...(note && { note }),
        ...(broken && { stopped: broken.code }),
        ...(tx.job && { job_id: tx.job }),
      },
    }
    const stored = await threads.addMessage(tx, input.thread_id, message)
    const cited = new Set(made.citations.map(({ source }) => `${source.kind} ${source.id}`))
    const related = made.related.filter(({ kind, id }) => !cited.has(`${kind} ${id}`))
    const links = related.map(({ kind, id, title, uri }) => ({
      kind,
      ref: id,
      title,
      uri,
      relation: 'relates' as const,
    }))
    await threads.link(tx, input.thread_id, links, id)
    await putContext(tx, {
      workspace: tx.workspace,
      id: input.thread_id,
      message_id: id,
      kind,
      model,
      query,
      passages: JSON.stringify(
        made.passages.map(({ n, source, place, time, text, attached }) => ({
          n,
          source,
          place,
          time,
          text,
          attached,
        })),
      ),
      messages: JSON.stringify(made.messages.map(({ role, content }) => ({ role, content }))),
      created_at: tx.now,
    })
    if (input.seen === undefined) {
      await memories.look(tx, question)
      await tasks.look(tx, question, input)
    }
    return stored
  }

  return { run }
}

/** Documents of a question, and of what was said before it, those that came last first. */
export function attachedTo(own: readonly { id: string }[], turns: readonly Pick<Message, 'attachments'>[]): Attached {
  const now = own.map(({ id }) => id)
  const all = turns.toReversed().flatMap(({ attachments }) => attachments.map(({ id }) => id))
  const before = [...new Set(all)].filter((id) => !now.includes(id)).slice(0, mostAttachments)
  return { now, before }
}

const isTimeout = (reason: unknown) => reason instanceof CairnError && reason.code === 'JOB_TIMEOUT'

/** What who asked is told of a job that broke. */
function told(error: unknown, signal: AbortSignal): CairnError {
  if (error instanceof CairnError) return error
  return fail(signal.aborted ? 'SERVER_STOPPING' : 'INTERNAL_ERROR')
}

const resultOf = (input: AnswerInput, { id, kind, state }: Message): AnswerResult => ({
  thread_id: input.thread_id,
  message_id: id,
  kind,
  state,
})

/** A stored answer as the API gives it. */
export const answerOf = (
  input: Pick<AnswerInput, 'thread_id' | 'user_message_id'>,
  message: Message,
  job: string,
): ChatAnswer => ({
  thread_id: input.thread_id,
  user_message_id: input.user_message_id,
  message,
  citations: message.citations,
  usage: (message.metadata.usage as ChatUsage | undefined) ?? null,
  job_id: job,
})
