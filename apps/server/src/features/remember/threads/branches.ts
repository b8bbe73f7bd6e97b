/**
 * Branches: messages of a thread are a tree, and one path through it is shown, from its head up to where the thread
 * begins.
 */
import { fail } from '@cairn/api/errors'
import type { Branch, LinkedThread, LinkRelation, Message, PathMessage, Thread } from '@cairn/api/threads'
import { iso } from '../../../kernel/clock.ts'
import { decodeCursor, encodeCursor, pageSize, toPage } from '../../../kernel/paging.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { linesThrough, linesUp, messagesAt, newestEnd, turnsDown, turnsUp } from './lines.ts'
import { followers, linkedPage } from './path-store.ts'
import { type ThreadRow, toThread } from './rows.ts'
import * as store from './store.ts'

type Reader = Pick<Scope, 'workspace' | 'db'>

/** More than a person edits one question. */
const besideAtMost = 500

type PathReader = Reader & Pick<Scope, 'apart'>
type PathPage = { limit?: number; cursor?: string; around?: string; from?: 'start' | 'end' }

/** A page of a path, the last message first. */
export async function path(from: PathReader, thread: string, input: PathPage) {
  const row = await store.threadById(from, thread)
  if (!row) throw fail('THREAD_NOT_FOUND')
  const { turns, end, shown, anchor } = await turnsOf(from, row, input)
  const messages = await messagesAt(from, thread, turns)
  const branches = await branchesOf(from, thread, messages)
  const items = messages.map((message): PathMessage => ({ ...message, branch: branches.get(message.id) as Branch }))
  const [newest, above] = [messages.at(0), messages.at(-1)?.parent_id ?? null]
  // A cursor is a message and one that its path goes through, not a number: what is chosen meanwhile leads nowhere else.
  const cursor = (way: 'older' | 'newer', id: string) => encodeCursor([way, id, anchor])
  return {
    items,
    next_cursor: above === null ? null : cursor('older', above),
    newer_cursor: newest && newest.turn < end ? cursor('newer', newest.id) : null,
    shown,
  }
}

/** Which turns a page holds, the last one of its path, and a message that this path goes through. */
async function turnsOf(from: PathReader, { id: thread, head_id: head }: ThreadRow, input: PathPage) {
  const limit = pageSize(input.limit)
  const place = input.around ?? head
  const cursor = decodeCursor(input.cursor, ['', '', ''] as [string, string, string])
  if (place === null) return { turns: [], end: 0, shown: true, anchor: '' }
  const [way, id, anchor] = cursor ?? [input.around ? 'around' : (input.from ?? 'end'), place, place]
  const above = await linesUp(from, thread, id, way === 'start' ? {} : { most: limit })
  const turn = above[0]?.last
  const through = anchor === id ? turn : (await linesUp(from, thread, anchor, { most: 1 }))[0]?.last
  if (turn === undefined || through === undefined) throw fail('MESSAGE_NOT_FOUND')
  if (way === 'start') return { turns: turnsDown(above, 0, limit), end: turn, shown: true, anchor }
  const { lines, shown } =
    id === head
      ? { lines: above, shown: true }
      : await linesThrough(from, { thread, head, until: turn }, { id: anchor, turn: through })
  const below = way === 'newer' ? limit : way === 'around' ? Math.floor(limit / 2) : 0
  const newer = turnsDown(lines, turn, below)
  const older = way === 'newer' ? [] : turnsUp(above, limit - newer.length)
  return { turns: [...newer, ...older], end: lines[0]?.last ?? turn, shown, anchor }
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
  const head = await newestEnd(scope, chosen)
  return scope.write(async (tx) => {
    const row = await found(tx)
    // What was gone through may have gone meanwhile.
    if (head === row.head_id || !(await store.messageById(tx, head))) return toThread(row)
    await store.setHead(tx, thread, head)
    tx.event({ type: 'thread.changed', subject: thread, data: { fields: ['head_id'] } })
    return toThread({ ...row, head_id: head })
  })
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
