/** Brings in threads that were had elsewhere: with their times and branches, each message once. */
import { maxContentBytes, type MessageRole } from '@cairn/api/threads'
import { stableJson } from '../../../kernel/json.ts'
import { personOf, type Tx } from '../../../kernel/scope.ts'
import { insertMessages, knownMessages, takeTurns } from './bring-store.ts'
import type { MessageRow, ThreadRow } from './rows.ts'
import * as store from './store.ts'
import { nameFor } from './title.ts'

export type BroughtMessage = {
  id: string
  /** An earlier one of the same list. */
  parent: string | null
  role: MessageRole
  content: string
  model: string | null
  /** Epoch milliseconds. */
  time: number
}
export type Brought = {
  id: string
  title: string
  /** Where it was had. */
  origin: string
  time: number
  /** The message that the shown path ends with. */
  head: string | null
  /** Every message behind the one that it follows. */
  messages: readonly BroughtMessage[]
}
export type BroughtCounts = { threads: number; messages: number; duplicates: number; cut: number }

/**
 * Writes threads and those of their messages that are not there yet. What somebody did here since stays: the title, and
 * the path that is shown where it goes on here.
 */
export async function bring(tx: Tx, threads: readonly Brought[]): Promise<BroughtCounts> {
  const counts = { threads: 0, messages: 0, duplicates: 0, cut: 0 }
  // In the order of their ids, as bundles bring them in: nobody waits in a ring.
  for (const thread of threads.toSorted((one, other) => (one.id < other.id ? -1 : 1))) {
    const done = await bringOne(tx, thread)
    for (const key of ['threads', 'messages', 'duplicates', 'cut'] as const) counts[key] += done[key]
  }
  const { threads: created, messages } = counts
  if (messages > 0) tx.event({ type: 'threads.imported', subject: tx.workspace, data: { threads: created, messages } })
  return counts
}

async function bringOne(tx: Tx, given: Brought): Promise<BroughtCounts> {
  const ids = given.messages.map(({ id }) => id)
  const created = (await store.insertThread(tx, threadRow(tx, given))) !== undefined
  // Held before the look, so that nobody else brings the same messages in behind it.
  if (!created) await takeTurns(tx, given.id, 0)
  const known = new Set(created ? [] : await knownMessages(tx, ids))
  const fresh = given.messages.filter(({ id }) => !known.has(id))
  const duplicates = known.size
  if (fresh.length === 0) return { threads: 0, messages: 0, duplicates, cut: 0 }

  const latest = fresh.reduce((last, { time }) => Math.max(last, time), 0)
  const spoken = (role: MessageRole) => fresh.findLast((message) => message.role === role)?.time ?? null
  const taken = await takeTurns(tx, given.id, fresh.length)
  const first = taken.message_count - fresh.length + 1
  const rows = fresh.map((message, at) => messageRow(tx, given, message, first + at))
  await insertMessages(tx, rows)
  const own = new Set(ids)
  const moves = taken.head_id === null || own.has(taken.head_id)
  await store.updateThread(tx, given.id, taken.version, {
    ...(moves && given.head !== null && { head_id: given.head }),
    updated_at: Math.max(taken.updated_at, latest),
    last_user_message_at: later(taken.last_user_message_at, spoken('user')),
    last_assistant_message_at: later(taken.last_assistant_message_at, spoken('assistant')),
  })
  await tx.reindex(
    'message',
    rows.map(({ id }) => id),
  )
  const cut = fresh.filter(({ content }) => Buffer.byteLength(content) > maxContentBytes).length
  return { threads: created ? 1 : 0, messages: fresh.length, duplicates, cut }
}

function threadRow(tx: Tx, { id, title, origin, time, messages }: Brought): ThreadRow {
  const question = messages.find(({ role }) => role === 'user')?.content ?? ''
  const named = title.trim() === '' ? nameFor(question) : title.trim()
  return {
    workspace: tx.workspace,
    id,
    title: tame(named.slice(0, 500)),
    description: '',
    origin,
    metadata: '{}',
    version: 1,
    message_count: 0,
    head_id: null,
    created_at: time,
    updated_at: time,
    last_user_message_at: null,
    last_assistant_message_at: null,
    person: personOf(tx.principal),
  }
}

function messageRow(tx: Tx, thread: Brought, given: BroughtMessage, turn: number): MessageRow {
  const cut = Buffer.byteLength(given.content) > maxContentBytes
  return {
    workspace: tx.workspace,
    id: given.id,
    thread_id: thread.id,
    parent_id: given.parent,
    turn,
    role: given.role,
    kind: 'plain',
    state: 'complete',
    content: tame(cut ? beginning(given.content) : given.content),
    tokens: null,
    model: given.model === null ? null : tame(given.model.slice(0, 200)),
    cost_usd: null,
    citations: '[]',
    attachments: '[]',
    metadata: stableJson(cut ? { cut: true } : {}),
    created_at: given.time,
    person: personOf(tx.principal),
  }
}

/** As much of a text as a message may hold. */
const beginning = (content: string) =>
  Buffer.from(content)
    .subarray(0, maxContentBytes)
    .toString('utf8')
    .replace(/\ufffd$/, '')

const tame = (text: string) => text.replaceAll('\u0000', '').toWellFormed()
const later = (one: number | null, other: number | null) => (other === null ? one : Math.max(one ?? 0, other))
