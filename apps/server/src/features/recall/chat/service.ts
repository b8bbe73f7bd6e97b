/** Takes questions: stores each at once, hands it to a job that answers, and lets who asked follow the writing. */

import {
  type ChatContext,
  type ChatPreview,
  type ChatAnswer,
  ChatAnswer as ChatAnswerShape,
  ChatDelta,
  ChatError,
  ChatMetadata,
  chat as operations,
} from '@cairn/api/chat'
import { fail } from '@cairn/api/errors'
import { Type } from '@cairn/api/shapes'
import type { Task } from '@cairn/api/tasks'
import type { Message } from '@cairn/api/threads'
import { iso } from '../../../kernel/clock.ts'
import type { Call, HandlerResult } from '../../../kernel/gate/call.ts'
import { covers } from '../../../kernel/gate/identity.ts'
import type { Scope, Tx } from '../../../kernel/scope.ts'
import { checkZone } from '../../../kernel/zones.ts'
import type { Models } from '../../ground/models/index.ts'
import type { Documents } from '../../capture/documents/index.ts'
import type { Tabs } from '../../capture/tabs/index.ts'
import type { Tasks } from '../../remember/tasks/index.ts'
import type { Threads } from '../../remember/threads/index.ts'
import { nameFor } from '../../remember/threads/title.ts'
import { type AnswerInput, attachedTo, turnsBefore } from './answering.ts'
import type { makeBoarding } from './boarding.ts'
import { type Ids, idsFor, sameDocuments } from './repeats.ts'
import { contextOf, passagesIn } from './store.ts'
import { type Writing, withoutModel } from './writing.ts'

type How = { model?: string; sources?: string[] /** IANA time zone of the person. */; zone?: string }
export type Question = How & {
  message: string
  /** Ids of documents. */
  attachments?: string[]
  thread_id?: string
  replaces?: string
  task_id?: string
  tab_id?: string
  languages?: string[]
}
type Again = How & { thread_id: string; message_id?: string }
type Parts = {
  models: Models
  threads: Threads
  tasks: Tasks
  tabs: Pick<Tabs, 'threadOf' | 'bind'>
  documents: Pick<Documents, 'named'>
  board: ReturnType<typeof makeBoarding>
  writing: Writing
}
/** What a question is tied to, and whether its thread is a new one. */
type Ties = { task: Task | null; tab: string | undefined; opens: boolean }
/** Milliseconds that a question is indexed later: its answer would wait for that. */
const answeredBefore = 300
/** Messages of the shown path that are looked through for the last question. */
const lookedThrough = 50

export function makeChatService({ models, threads, tasks, tabs, documents, board, writing }: Parts) {
  async function ask(call: Call<unknown>, question: Question): Promise<HandlerResult<ChatAnswer>> {
    const message = question.message.toWellFormed()
    if (message.trim() === '') throw fail('INVALID_INPUT', {}, [{ path: '/message', message: 'must hold a question' }])
    await checkHow(call, question)
    const task = question.task_id === undefined ? null : await taskOf(call, question.task_id)
    const bound = question.tab_id === undefined ? null : await tabs.threadOf(call, question.tab_id)
    // The first call ties tab and task to the thread that it makes; the same call again still means that one.
    const known = question.thread_id ?? bound ?? task?.thread_id ?? null
    const ids = { ...idsFor(call, question.thread_id), ...(known !== null && { thread: known }) }
    const ties = { task, tab: question.tab_id, opens: known === null }
    const asked = { ...question, message }
    const said = async () => {
      const stored = await threads.message(call, ids.user)
      return { same: stored?.content === message && sameDocuments(stored, question), question: ids.user }
    }
    const begin = (tx: Tx, given: Ids) => store(tx, asked, given, ties)
    const about = { question: message, sources: question.sources, about: task?.title }
    const ahead = () => writing.ahead(call, about, ties.opens)
    return board(call, { ids, input: inputOf(asked, ids), said, ahead, begin })
  }

  /** The task that a question is about. A thread is tied to it, so whoever asks has to be allowed that. */
  async function taskOf(scope: Scope, id: string): Promise<Task> {
    const permission = 'tasks:write'
    if (!covers(scope.principal.scopes, [permission])) throw fail('ACCESS_DENIED', { permission })
    return tasks.get(scope, id)
  }

  /** Answers a question anew; the answers before stay beside the new one. */
  async function regenerate(call: Call<unknown>, again: Again): Promise<HandlerResult<ChatAnswer>> {
    const { head_id } = await threads.get(call, again.thread_id)
    await checkHow(call, again)
    const question = await questionOf(call, again, head_id)
    const ids = { ...idsFor(call, again.thread_id), user: question }
    const input = { ...inputOf(again, ids), ...(head_id && { seen: head_id }) }
    const said = async () => ({ same: true, question })
    const begin = async (tx: Tx, given: Ids) => {
      // The thread may have gone on while its answer before this came to its end.
      const { head_id: seen } = await threads.get(tx, again.thread_id)
      await answerLater(tx, { ...input, ...(seen && { seen }), message_id: given.message }, given)
    }
    return board(call, { ids, input, said, begin })
  }

  /** Id of the question that a message is or answers; of the last one that is shown, when none is named. */
  async function questionOf(scope: Scope, { thread_id, message_id }: Again, head: string | null): Promise<string> {
    const start = message_id ?? head
    const path = start === null ? [] : await threads.shown(scope, thread_id, start, lookedThrough)
    const question = path.find(({ role }) => role === 'user')
    if (question) return question.id
    if (message_id === undefined) throw fail('CONTEXT_NOT_FOUND')
    throw fail('INVALID_INPUT', {}, [{ path: '/message_id', message: 'is no question of this thread, and no answer' }])
  }

  /** The person's words and the job that answers them: stored together, before anything else happens. */
  async function store(tx: Tx, question: Question, ids: Ids, { task, tab, opens }: Ties): Promise<void> {
    const title = nameFor(question.message)
    const created = opens && (await threads.open(tx, { id: ids.thread, title, origin: 'chat' })).created
    if (tab !== undefined) await tabs.bind(tx, tab, ids.thread)
    const replaced = question.replaces === undefined ? undefined : await questionHere(tx, ids.thread, question.replaces)
    const { attachments: wanted } = question
    const attachments = wanted ? await documents.named(tx, wanted) : (replaced?.attachments ?? [])
    const said = {
      id: ids.user,
      role: 'user' as const,
      content: question.message,
      rests: answeredBefore,
      ...(replaced && { parent_id: replaced.parent_id }),
      ...(attachments.length > 0 && { attachments }),
    }
    await threads.addMessage(tx, ids.thread, said, created ? { thread_named: true } : {})
    if (task) await tasks.discuss(tx, task.id, ids.thread, ids.user)
    await answerLater(tx, inputOf(question, ids), ids)
  }

  /** The question that is edited: the new one follows what it follows. */
  async function questionHere(tx: Tx, thread: string, id: string): Promise<Message> {
    const replaced = await threads.message(tx, id)
    if (replaced?.thread_id === thread && replaced.role === 'user') return replaced
    throw fail('INVALID_INPUT', {}, [{ path: '/replaces', message: 'is not a question of this thread' }])
  }

  const answerLater = async (tx: Tx, input: AnswerInput, ids: Ids) => {
    await tx.enqueue({
      type: 'chat.answer',
      id: ids.job,
      input,
      thread: ids.thread,
      concurrency: `chat:${ids.thread}`,
      alone: 'THREAD_BUSY',
      priority: 3,
    })
  }

  /** An agent or a program may choose among the models that a person routed chat to, and no other. */
  async function checkHow(scope: Scope, { model, zone }: How): Promise<void> {
    if (zone !== undefined) checkZone(zone, '/zone')
    if (model === undefined || model === withoutModel) return
    const routes = (await models.route(scope, 'chat')) ?? []
    if (routes.some((route) => route.model === model)) return
    const names = [withoutModel, ...new Set(routes.map((route) => route.model))]
    throw fail('INVALID_INPUT', {}, [{ path: '/model', message: `must be one of ${names.join(', ')}` }])
  }

  /** What an answer to a question would be made from, without asking. */
  async function preview(
    scope: Scope,
    question: How & Pick<Question, 'message' | 'attachments'> & { thread_id: string },
  ): Promise<ChatPreview> {
    const { thread_id, message, attachments = [], model, sources, zone } = question
    const { head_id } = await threads.get(scope, thread_id)
    await checkHow(scope, question)
    const turns = head_id === null ? [] : await threads.shown(scope, thread_id, head_id, turnsBefore)
    const earlier = turns.toReversed()
    const attached = attachedTo(await documents.named(scope, attachments), earlier)
    const asked = { question: message.toWellFormed(), turns: earlier, model, sources, attached, zone }
    const { passages, messages, ...rest } = await writing.preview(scope, asked)
    return {
      thread_id,
      ...rest,
      passages: passages.map(({ n, source, place, time, text, attached: given }) => ({
        ...{ n, source, place, time, text, attached: given },
      })),
      messages: messages.map(({ role, content }) => ({ role, content })),
    }
  }

  /** Exactly what a thread's last answer was made from. */
  async function context(scope: Scope, thread: string): Promise<ChatContext> {
    if (!(await threads.exists(scope, thread))) throw fail('THREAD_NOT_FOUND')
    const row = await contextOf(scope, thread)
    if (!row) throw fail('CONTEXT_NOT_FOUND')
    return {
      thread_id: thread,
      message_id: row.message_id,
      kind: row.kind as ChatContext['kind'],
      model: row.model,
      query: row.query,
      passages: passagesIn(row),
      messages: JSON.parse(row.messages) as ChatContext['messages'],
      created_at: iso(row.created_at),
    }
  }

  return { ask, regenerate, preview, context }
}

const inputOf = (question: How & { task_id?: string; languages?: string[] }, ids: Ids): AnswerInput => ({
  thread_id: ids.thread,
  user_message_id: ids.user,
  message_id: ids.message,
  ...(question.model !== undefined && { model: question.model }),
  ...(question.sources && { sources: question.sources }),
  ...(question.task_id !== undefined && { task_id: question.task_id }),
  ...(question.zone !== undefined && { zone: question.zone }),
  ...(question.languages && { languages: question.languages }),
})

/** JSON Schemas of what goes in and out, for programs that build their own forms. */
export const schema = {
  request: Type.Object(operations.ask.body, { additionalProperties: false }),
  answer: ChatAnswerShape,
  frames: { metadata: ChatMetadata, delta: ChatDelta, complete: ChatAnswerShape, error: ChatError },
}
