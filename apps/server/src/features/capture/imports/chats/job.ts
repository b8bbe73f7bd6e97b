/**
 * The job that brings conversations in. The whole file is looked through before anything is written, so that one that is
 * cut off leaves nothing behind; then conversations come in one by one, whole. Run again it adds only what is new.
 */
import type { Readable } from 'node:stream'
import type { ChatsImported } from '@cairn/api/imports'
import { shape, Type } from '@cairn/api/shapes'
import type { Blobs } from '../../../../kernel/blobs/blobs.ts'
import type { Clock } from '../../../../kernel/clock.ts'
import { sha256, uuidOf } from '../../../../kernel/ids.ts'
import { type JobContext, job } from '../../../../kernel/jobs/definition.ts'
import type { Kernel } from '../../../../kernel/kernel.ts'
import type { Scope } from '../../../../kernel/scope.ts'
import type { Brought, Threads } from '../../../remember/threads/index.ts'
import { othersWith } from '../store.ts'
import { isChatGpt, readChatGpt } from './chatgpt.ts'
import { isClaude, readClaude } from './claude.ts'
import { elements, unreadable } from './elements.ts'
import { type Conversation, object } from './tree.ts'

const Input = shape({ upload: Type.String({ pattern: '^[0-9a-f]{64}$' }), bytes: Type.Integer({ minimum: 0 }) })
export type ChatsInput = { upload: string; bytes: number }
/** One import of a workspace at a time. */
export const chatsJob = { type: 'imports.chats', concurrency: 'imports.chats' } as const

/** Removes an uploaded file, unless another job of this workspace still waits for the same. */
export async function dropUpload(
  blobs: Blobs,
  from: Pick<Scope, 'workspace' | 'db'>,
  upload: string,
  job: string | null,
) {
  if (!(await othersWith(from, chatsJob.type, upload, job))) await blobs.remove(from.workspace, upload)
}

/** A transaction takes as many conversations as fit. */
const atOnce = { messages: 200, bytes: 2_097_152 }

type Parts = Pick<Kernel, 'blobs'> & { clock: Clock; threads: Pick<Threads, 'bring'> }
type Skipped = Record<string, number>
type Found = { conversation: Conversation | null; end: number }

export function importChats({ blobs, clock, threads }: Parts) {
  async function run(context: JobContext<unknown>): Promise<ChatsImported> {
    const { scope, id, signal } = context
    const { upload } = context.input as ChatsInput
    try {
      return await bringIn(context)
    } finally {
      // Stopped with the process it goes on later, and needs the file.
      if (!signal.aborted) await dropUpload(blobs, scope, upload, id)
    }
  }

  async function bringIn(context: JobContext<unknown>): Promise<ChatsImported> {
    const { scope, signal, progress } = context
    const { bytes } = context.input as ChatsInput
    const skipped: Skipped = {}
    const total = await look(context, skipped)
    const result = { conversations: total, threads: 0, messages: 0, duplicates: 0, skipped, cut: 0 }
    let batch: Brought[] = []
    let held = { messages: 0, bytes: 0 }
    const write = async () => {
      const given = batch
      if (given.length === 0) return
      const done = await scope.write((tx) => threads.bring(tx, given))
      for (const key of ['threads', 'messages', 'duplicates', 'cut'] as const) result[key] += done[key]
      batch = []
      held = { messages: 0, bytes: 0 }
      await context.advanced()
    }
    for await (const { conversation, end } of conversations(await read(context))) {
      signal.throwIfAborted()
      progress({ phase: 'bringing in', done: end, total: bytes })
      if (conversation === null || conversation.messages.length === 0) continue
      batch.push(broughtBy(conversation))
      held.messages += conversation.messages.length
      held.bytes += conversation.messages.reduce((sum, { content }) => sum + content.length, 0)
      if (held.messages >= atOnce.messages || held.bytes >= atOnce.bytes) await write()
    }
    await write()
    return result
  }

  /** Looks the whole file through; answers how many conversations it has, and notes what will be left out. */
  async function look(context: JobContext<unknown>, skipped: Skipped): Promise<number> {
    const { bytes } = context.input as ChatsInput
    const skip = (reason: string, count: number) => {
      if (count > 0) skipped[reason] = (skipped[reason] ?? 0) + count
    }
    let total = 0
    let known = 0
    for await (const { conversation, end, reason } of conversations(await read(context))) {
      context.signal.throwIfAborted()
      context.progress({ phase: 'checking', done: end, total: bytes })
      total += 1
      if (conversation) known += 1
      else skip(reason ?? 'unknown', 1)
      skip('hidden', conversation?.hidden ?? 0)
      skip('empty', conversation?.empty ?? 0)
    }
    if (total > 0 && known === 0) throw unreadable('it holds no conversation that is known')
    return total
  }

  async function read({ scope, input }: JobContext<unknown>): Promise<Readable> {
    const stream = await blobs.read(scope.workspace, (input as ChatsInput).upload)
    if (!stream) throw unreadable('it is not here any more, bring it in again')
    return stream
  }

  async function* conversations(stream: Readable): AsyncGenerator<Found & { reason?: string }> {
    for await (const { bytes, end } of elements(stream)) {
      if (bytes === null) yield { conversation: null, end, reason: 'too_long' }
      else yield { conversation: conversationIn(bytes), end }
    }
  }

  function conversationIn(bytes: Buffer): Conversation | null {
    let given: Record<string, unknown>
    try {
      given = object(JSON.parse(bytes.toString('utf8')))
    } catch {
      throw unreadable('it is not JSON')
    }
    if (isChatGpt(given)) return readChatGpt(given, clock.now())
    return isClaude(given) ? readClaude(given, clock.now()) : null
  }

  return job({ type: chatsJob.type, input: Input, attempts: 1, timeout: 6 * 3_600_000, concurrent: 1, run })
}

/** The same conversation gets the same ids every time, and nobody else's. */
function broughtBy({ origin, id, title, time, messages, head }: Conversation): Brought {
  const idOf = (message: string) => uuidOf(sha256([origin, id, message].join('\n')))
  return {
    id: uuidOf(sha256([origin, id].join('\n'))),
    title,
    origin,
    time,
    head: head === null ? null : idOf(head),
    messages: messages.map((message) => ({
      ...message,
      id: idOf(message.id),
      parent: message.parent === null ? null : idOf(message.parent),
    })),
  }
}
