/**
 * Branches: messages of a thread are a tree, and one path through it is shown, from its head up to where the thread
 * begins.
 */
import { fail } from '@cairn/api/errors'
import type { Branch, LinkedThread, LinkRelation, Message, PathMessage, Thread } from '@cairn/api/threads'
import { iso } from '../../../kernel/clock.ts'
import { decodeCursor, encodeCursor, pageSize, toPage } from '../../../kernel/paging.ts'
import type { ReadApart, Scope } from '../../../kernel/scope.ts'
import { followers, linkedPage, pathUp, turnsFrom } from './path-store.ts'
import { type MessageRow, toMessage, toThread } from './rows.ts'
import * as store from './store.ts'

type Reader = Pick<Scope, 'workspace' | 'db'>
const here = new URL(import.meta.url)

/** More than a person edits one question. */
const besideAtMost = 500

/** A page of the path that is shown, the last message first. */
export async function path(from: Reader, thread: string, input: { limit?: number; cursor?: string }) {
  const row = await store.threadById(from, thread)
  if (!row) throw fail('THREAD_NOT_FOUND')
  const limit = pageSize(input.limit)
  // The cursor is a message, not a number: the page goes on up the same branch, whatever was chosen meanwhile.
  const [start] = decodeCursor(input.cursor, [''] as [string]) ?? [row.head_id]
  const messages = start === null ? [] : await upFrom(from, thread, start, limit)
  const branches = await branchesOf(from, thread, messages)
  const items = messages.map((message): PathMessage => ({ ...message, branch: branches.get(message.id) as Branch }))
  const above = messages.length === limit ? (messages.at(-1)?.parent_id ?? null) : null
  return { items, next_cursor: above === null ? null : encodeCursor([above]) }
}

/** A message and those that it follows, the last first. */
export async function upFrom(from: Reader, thread: string, id: string, most: number): Promise<Message[]> {
  const ids = await pathUp(from, id, most)
  if (ids.length === 0) return []
  const rows = await store.messagesByIds(from, ids)
  return rows
    .filter((row) => row.thread_id === thread)
    .toSorted((a, b) => b.turn - a.turn)
    .map(toMessage)
}

/** What was said before a message on its branch, oldest first. */
export async function before(from: Reader, { thread_id, parent_id }: Message, most: number): Promise<Message[]> {
  return parent_id === null ? [] : (await upFrom(from, thread_id, parent_id, most)).toReversed()
}

/** Messages that a question takes the place of, with itself, and what was answered to each of them. */
export async function beside(from: Reader, { thread_id, parent_id }: Message): Promise<string[]> {
  const questions = (await followers(from, thread_id, [parent_id])).slice(-besideAtMost).map(({ id }) => id)
  const answers = await followers(from, thread_id, questions)
  return [...questions, ...answers.map(({ id }) => id)]
}

async function branchesOf(from: Reader, thread: string, messages: readonly Message[]): Promise<Map<string, Branch>> {
  if (messages.length === 0) return new Map()
  const rows = await followers(from, thread, [...new Set(messages.map(({ parent_id }) => parent_id))])
  const groups = Map.groupBy(
    rows.toSorted((a, b) => a.turn - b.turn),
    ({ parent_id }) => parent_id,
  )
  return new Map(
    messages.map(({ id, parent_id }) => {
      const beside = groups.get(parent_id) ?? []
      const at = beside.findIndex((one) => one.id === id)
      const [previous = null, next = null] = [beside[at - 1]?.id, beside[at + 1]?.id]
      return [id, { at: at + 1, of: beside.length, previous, next }]
    }),
  )
}

/** Shows the branch that goes through a message, to its newest end. */
export async function choose(scope: Scope, thread: string, message: string): Promise<Thread> {
  const found = async (from: Reader) => {
    const row = await store.threadById(from, thread)
    if (!row) throw fail('THREAD_NOT_FOUND')
    return row
  }
  await found(scope)
  const chosen = await store.messageById(scope, message)
  if (chosen?.thread_id !== thread)
    throw fail('INVALID_INPUT', {}, [{ path: '/message_id', message: 'is not a message of this thread' }])
  // All that was said since is gone through: that is for a worker.
  const head = await scope.apart.read<string>(here, 'newestBelow', chosen)
  return scope.write(async (tx) => {
    const row = await found(tx)
    // What was gone through may have gone meanwhile.
    if (head === row.head_id || !(await store.messageById(tx, head))) return toThread(row)
    await store.setHead(tx, thread, head)
    tx.event({ type: 'thread.changed', subject: thread, data: { fields: ['head_id'] } })
    return toThread({ ...row, head_id: head })
  })
}

/**
 * The newest message at or below another one. Gone through here and not in the database: without fresh statistics
 * PostgreSQL reads the whole thread anew for every step down.
 */
export const newestBelow: ReadApart<MessageRow, string> = async (from, { id, thread_id, turn }) => {
  const below = new Set([id])
  let newest = id
  for (const row of await turnsFrom(from, thread_id, turn)) {
    if (row.parent_id === null || !below.has(row.parent_id)) continue
    below.add(row.id)
    newest = row.id
  }
  return newest
}

/** The threads that have to do with something, newest first. */
export async function linked(from: Reader, input: { kind: string; id: string; limit?: number; cursor?: string }) {
  const limit = pageSize(input.limit)
  const after = decodeCursor(input.cursor, [0, ''] as [number, string])
  const rows = await linkedPage(from, { kind: input.kind, ref: input.id }, { limit: limit + 1, after })
  return toPage(
    rows,
    limit,
    (row) => [row.created_at, row.id],
    (row): LinkedThread => ({
      thread: { id: row.thread_id, title: row.title },
      relation: row.relation as LinkRelation,
      message_id: row.message_id,
      created_at: iso(row.created_at),
    }),
  )
}
