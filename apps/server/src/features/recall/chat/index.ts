/**
 * Chat: a question, and an answer with citations; written by a model, or quoted word for word where there is none.
 * Tables: chat_context; questions and answers are messages of threads, every answer is a job `chat.answer`.
 * Events: those of threads and jobs.
 * Invariant: what a person asked is stored before anything is done with it, and one thread writes one answer at a time.
 */
import { chat as operations } from '@cairn/api/chat'
import type { ErrorCode } from '@cairn/api/errors'
import type { CloudEvent } from '../../../kernel/events/event.ts'
import { type Feature, handle } from '../../../kernel/feature.ts'
import { job } from '../../../kernel/jobs/definition.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import type { Models } from '../../ground/models/index.ts'
import type { Documents } from '../../capture/documents/index.ts'
import type { Tabs } from '../../capture/tabs/index.ts'
import type { Memories } from '../../remember/memories/index.ts'
import type { Tasks } from '../../remember/tasks/index.ts'
import type { Threads } from '../../remember/threads/index.ts'
import { AnswerInput, makeAnswering } from './answering.ts'
import { makeBoarding } from './boarding.ts'
import { eraseModule } from './erase-store.ts'
import { makeFlights } from './flights.ts'
import { makeChatService, schema } from './service.ts'
import { deleteContext } from './store.ts'
import { makeWriting } from './writing.ts'

export type Chat = ReturnType<typeof makeChat>

export type ChatParts = { models: Models; threads: Threads; memories: Memories; tasks: Tasks; tabs: Tabs } & {
  documents: Documents
}

export function makeChat(kernel: Kernel, parts: ChatParts) {
  const { models, threads, memories, tasks, tabs, documents } = parts
  const flights = makeFlights(kernel.jobs.watch)
  const board = makeBoarding({ jobs: kernel.jobs, threads, flights })
  const writing = makeWriting({ passages: kernel.passages, models })
  const { run } = makeAnswering({ scope: kernel.scope, writing, threads, memories, tasks, flights })
  const service = makeChatService({ models, threads, tasks, tabs, documents, board, writing })
  const lost = (code: ErrorCode) => (event: CloudEvent) => {
    if (event.data.type === 'chat.answer') flights.lost(event.subject, code)
  }
  const feature: Feature = {
    name: 'chat',
    tables: ['chat_context'],
    erase: eraseModule,
    operations: handle(operations, {
      ask: (call) => service.ask(call, call.input),
      send: (call) => service.ask(call, call.input),
      regenerate: (call) => service.regenerate(call, call.input),
      preview: (call) => service.preview(call, call.input),
      context: (call) => service.context(call, call.input.thread_id),
      schema: async () => schema,
    }),
    forget: async (tx, { kind, id }): Promise<Record<string, number>> =>
      kind === 'thread' ? { contexts: await deleteContext(tx, id) } : {},
    listens: { 'job.failed': lost('JOB_FAILED'), 'job.cancelled': lost('ANSWER_STOPPED') },
    jobs: [
      // What fails is told to who asked, who may ask again; a lost worker costs no attempt.
      job({ type: 'chat.answer', input: AnswerInput, attempts: 1, timeout: 660_000, concurrent: 16, run }),
    ],
  }
  return { ...service, writing, feature }
}
