/**
 * Threads and their messages: conversations, whoever had them, and what they have to do with other things.
 * Tables: llm_threads, llm_messages, thread_link. Passages: `message` (a thread is a group, its turns the order).
 * Jobs: threads.remove, threads.reindex. Events: thread.created, thread.changed, thread.removed, threads.imported, message.created; none carries
 * content.
 * Invariants: turns of a thread count 1, 2, 3, … without a gap; a message follows an earlier one of its thread or begins
 * it; the path that is shown ends at the thread's head. Where a message does not follow the one of the turn before
 * (`begins`) the database notes itself.
 */
import { Readable } from 'node:stream'
import { fail } from '@cairn/api/errors'
import { threads as operations } from '@cairn/api/threads'
import { type Feature, type Forget, handle } from '../../../kernel/feature.ts'
import { answer } from '../../../kernel/gate/call.ts'
import { seenVersion } from '../../../kernel/gate/etag.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import { tallied } from '../../../kernel/tallies.ts'
import * as branches from './branches.ts'
import { bring } from './bring.ts'
import { eraseModule } from './erase-store.ts'
import { before, upFrom } from './lines.ts'
import { exported } from './markdown.ts'
import { messagePassages } from './passages.ts'
import { remove, removalJob } from './remove.ts'
import { reindexJob } from './retitle.ts'
import { searchMessages } from './search.ts'
import * as service from './service.ts'
import { threadsByIds } from './store.ts'
import { portableThreads } from './portable.ts'

export type { Brought } from './bring.ts'
export type { NewMessage } from './service.ts'
export type Threads = ReturnType<typeof makeThreads>

/** `forget` takes along what features after this one keep of a thread that goes. */
export function makeThreads(kernel: Pick<Kernel, 'jobs' | 'passages'>, forget: Forget) {
  const { jobs } = kernel
  const feature: Feature = {
    name: 'threads',
    tables: ['llm_threads', 'llm_messages', 'thread_link'],
    erase: eraseModule,
    operations: handle(operations, {
      list: (call) => service.list(call, call.input),
      create: (call) => call.write((tx) => service.create(tx, call.input)),
      get: (call) => service.get(call, call.input.id),
      update: (call) => call.write((tx) => service.update(tx, call.input.id, call.input, seenVersion(call))),
      remove: (call) => remove(call, { jobs, forget }, call.input.id, seenVersion(call)),
      messages: (call) => service.messages(call, call.input.thread_id, call.input),
      addMessage: (call) => call.write((tx) => service.addMessage(tx, call.input.thread_id, call.input)),
      path: (call) => branches.path(call, call.input.thread_id, call.input),
      branch: (call) => branches.choose(call, call.input.thread_id, call.input.message_id),
      markdown: async (call) => {
        const found = await exported(call, call.input.id)
        if (!found) throw fail('THREAD_NOT_FOUND')
        const { name, pieces } = found
        return answer.bytes(Readable.from(pieces, { objectMode: false }), 'text/markdown; charset=utf-8', name)
      },
      links: (call) => service.links(call, call.input.thread_id, call.input),
      linked: (call) => branches.linked(call, call.input),
      search: (call) => searchMessages(kernel.passages, call, call.input),
    }),
    jobs: [removalJob(forget), reindexJob],
    portable: portableThreads,
    passages: [messagePassages],
    refer: {
      thread: async (scope, ids) => {
        const rows = ids.length > 0 ? await threadsByIds(scope, ids) : []
        return rows.map(({ id, title }) => ({ id, title, uri: `thread:${id}` }))
      },
    },
    tallies: ['messages'],
    counts: async (scope) => ({ threads: await tallied(scope, 'threads'), messages: await tallied(scope, 'messages') }),
  }
  return { ...service, bring, before, beside: branches.beside, shown: upFrom, feature }
}
