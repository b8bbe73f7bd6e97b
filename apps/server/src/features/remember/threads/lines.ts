/**
 * A path through a thread as lines of turns. A line goes on as long as each message follows the one of the turn before; so
 * a path that was never branched is one line, however long it is, and what lies far up or down is known without going there.
 */
import type { Message } from '@cairn/api/threads'
import type { ReadApart, Scope } from '../../../kernel/scope.ts'
import { lastOf, type Line, linesBehind, linesUp as someLinesUp, messagesOfTurns, type Reach } from './path-store.ts'
import { type MessageRow, toMessage } from './rows.ts'

type Reader = Pick<Scope, 'workspace' | 'db'>
const here = new URL(import.meta.url)

/** The path from a message up, the last line first; none when the thread has no such message. */
export async function linesUp(from: Reader, thread: string, id: string, reach: Reach = {}): Promise<Line[]> {
  const { until = 0, most = Number.MAX_SAFE_INTEGER } = reach
  const lines: Line[] = []
  let left = most
  for (let next: string | null = id; next !== null && left > 0; ) {
    const some = await someLinesUp(from, thread, next, { until, most: left })
    for (const { first, last } of some) left -= last - first + 1
    lines.push(...some)
    const top = some.at(-1)
    next = top && top.first > until ? top.parent_id : null
  }
  return lines
}

/** Does the path that ends with `id` go through another message? */
export async function goesThrough(from: Reader, thread: string, id: string, other: string): Promise<boolean> {
  const [own] = await linesUp(from, thread, other, { most: 1 })
  return own !== undefined && holds(await linesUp(from, thread, id, { until: own.last }), own.last)
}

const holds = (lines: readonly Line[], turn: number) => lines.some(({ first, last }) => first <= turn && turn <= last)

/** The path through a message, down to a turn: the one that ends with `head`, or else the one to its own newest end. */
export async function linesThrough(
  from: Reader & Pick<Scope, 'apart'>,
  { thread, head, until }: { thread: string; head: string | null; until: number },
  message: Pick<MessageRow, 'id' | 'turn'>,
): Promise<{ lines: Line[]; shown: boolean }> {
  const reach = { until: Math.min(message.turn, until) }
  const shown = head === null ? [] : await linesUp(from, thread, head, reach)
  if (holds(shown, message.turn)) return { lines: shown, shown: true }
  const end = await newestEnd(from, { ...message, thread_id: thread })
  return { lines: await linesUp(from, thread, end, reach), shown: false }
}

/** The newest message at or below another one. Where lines begin since is gone through: that is for a worker. */
export const newestEnd = (
  { apart }: Pick<Scope, 'apart'>,
  { id, thread_id, turn }: Pick<MessageRow, 'id' | 'thread_id' | 'turn'>,
): Promise<string> => apart.read<string>(here, 'newestBelow', { id, thread_id, turn })

export const newestBelow: ReadApart<Pick<MessageRow, 'id' | 'thread_id' | 'turn'>, string> = async (
  from,
  { id, thread_id, turn },
) => {
  const last = (await lastOf(from, thread_id))?.turn ?? turn
  const begins = await linesBehind(from, thread_id, turn)
  // One place for each turn from the message's own on.
  const below = new Uint8Array(Math.max(last - turn, 0) + 1)
  below.fill(1, 0, (begins[0]?.turn ?? last + 1) - turn)
  for (const [at, { turn: first, follows }] of begins.entries())
    if (follows !== null && follows >= turn && below[follows - turn])
      below.fill(1, first - turn, (begins[at + 1]?.turn ?? last + 1) - turn)
  const [newest] = await messagesOfTurns(from, thread_id, [turn + below.lastIndexOf(1)])
  return newest?.id ?? id
}

/** The first turns of a path from its end, the last first. */
export function turnsUp(lines: readonly Line[], most: number): number[] {
  const turns: number[] = []
  for (const { first, last } of lines)
    for (let turn = last; turn >= first && turns.length < most; turn -= 1) turns.push(turn)
  return turns
}

/** The next turns of a path behind one, the last first. */
export function turnsDown(lines: readonly Line[], after: number, most: number): number[] {
  const turns: number[] = []
  for (const { first, last } of lines.toReversed())
    for (let turn = Math.max(first, after + 1); turn <= last && turns.length < most; turn += 1) turns.push(turn)
  return turns.reverse()
}

/** Messages of these turns, the last first. */
export async function messagesAt(from: Reader, thread: string, turns: readonly number[]): Promise<Message[]> {
  if (turns.length === 0) return []
  const rows = await messagesOfTurns(from, thread, turns)
  return rows.toSorted((a, b) => b.turn - a.turn).map(toMessage)
}

/** A message and those that it follows, the last first. */
export async function upFrom(from: Reader, thread: string, id: string, most: number): Promise<Message[]> {
  return messagesAt(from, thread, turnsUp(await linesUp(from, thread, id, { most }), most))
}

/** What was said before a message on its branch, oldest first. */
export async function before(from: Reader, { thread_id, parent_id }: Message, most: number): Promise<Message[]> {
  return parent_id === null ? [] : (await upFrom(from, thread_id, parent_id, most)).toReversed()
}
