/**
 * Memories: short facts worth keeping, with where they come from and how strong they still are.
 * Tables: memories, memory_version, memory_audit. Passages: `memory`. Job:
 * memories.find. Events: memory.created, memory.changed,
 * memory.removed; none carries content.
 * Invariant: a memory's strength falls by half in thirty days without use, and every use brings it back.
 */
import { memories as operations } from '@cairn/api/memories'
import type { Message } from '@cairn/api/threads'
import { type Feature, handle } from '../../../kernel/feature.ts'
import { seenVersion } from '../../../kernel/gate/etag.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import { maskSecrets } from '../../../kernel/masking.ts'
import type { PassageKind } from '../../../kernel/passages/source.ts'
import type { Tx } from '../../../kernel/scope.ts'
import { tallied } from '../../../kernel/tallies.ts'
import type { Capture } from '../../ground/capture/index.ts'
import type { Models } from '../../ground/models/index.ts'
import type { Threads } from '../threads/index.ts'
import { tellsSomething } from './finding.ts'
import { findJob } from './jobs.ts'
import { eraseModule } from './erase-store.ts'
import { makeMemoryService } from './service.ts'
import { memoriesByIds, memoryIdsAfter } from './store.ts'
import { portableMemories } from './portable.ts'

export type Memories = ReturnType<typeof makeMemories>

type Needs = { threads: Threads; models: Models; capture: Pick<Capture, 'rules'> }

export function makeMemories(kernel: Pick<Kernel, 'clock' | 'passages'>, { threads, models, capture }: Needs) {
  const service = makeMemoryService({ clock: kernel.clock, threads })
  const feature: Feature = {
    name: 'memories',
    tables: ['memories', 'memory_version', 'memory_audit'],
    erase: eraseModule,
    operations: handle(operations, {
      list: (call) => service.list(call, call.input),
      create: (call) => call.write((tx) => service.create(tx, call.input)),
      get: (call) => service.get(call, call.input.id),
      search: async (call) => {
        const { query, limit } = call.input
        const { hits } = await kernel.passages.search(call, { query, kinds: ['memory'], limit: limit ?? 10 })
        return { items: await service.found(call, [...new Set(hits.map((hit) => hit.source.id))]) }
      },
      update: (call) => call.write((tx) => service.update(tx, call.input.id, call.input, seenVersion(call))),
      audit: (call) => service.history(call, call.input.id, call.input),
      revert: (call) => call.write((tx) => service.revert(tx, call.input.id)),
      remove: (call) => call.write((tx) => service.remove(tx, call.input.id)),
    }),
    jobs: [findJob({ service, threads, models, capture })],
    portable: portableMemories,
    passages: [memoryPassages],
    refer: {
      memory: async (scope, ids) => {
        const rows = ids.length > 0 ? await memoriesByIds(scope, ids) : []
        return rows.map(({ id, key }) => ({ id, title: key, uri: `memory:${id}` }))
      },
    },
    forget: service.forget,
    tallies: ['memories'],
    counts: async (scope) => ({ memories: await tallied(scope, 'memories') }),
  }
  /** Looks for what is worth keeping in what a person said, in a job of its own; nothing to do for what only asks. */
  async function look(tx: Tx, message: Pick<Message, 'id' | 'content'>): Promise<void> {
    if (!tellsSomething(message.content)) return
    await tx.enqueue({ type: 'memories.find', input: { message_id: message.id }, unique: message.id, priority: 0 })
  }
  return { ...service, look, feature }
}

const memoryPassages: PassageKind = {
  kind: 'memory',
  async read(scope, ids) {
    const rows = ids.length > 0 ? await memoriesByIds(scope, ids) : []
    return rows.map((row) => ({
      id: row.id,
      title: row.key,
      uri: `memory:${row.id}`,
      time: row.updated_at,
      text: maskSecrets(row.value),
      ...(row.source && { context: [row.source] }),
      ...(row.thread_id && { group: row.thread_id }),
    }))
  },
  async all(scope, cursor, limit) {
    const ids = (await memoryIdsAfter(scope, cursor ?? '', limit)).map(({ id }) => id)
    return { ids, cursor: ids.length < limit ? null : (ids.at(-1) ?? null) }
  },
}
