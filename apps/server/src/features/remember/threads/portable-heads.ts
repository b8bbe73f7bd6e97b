/**
 * What of a thread is shown, as it comes in from a bundle: the head moves where there is none, or where what comes goes
 * on from it. Where somebody went on here meanwhile, that stays. Called in a worker thread.
 */
import { linesOf } from '../../../kernel/portable/line.ts'
import type { WriteLines, Written } from '../../../kernel/portable/portable.ts'
import type { ReadApart, WriteApart } from '../../../kernel/scope.ts'
import { goesThrough } from './lines.ts'
import { headsOf, setFirstHead, setHead } from './portable-store.ts'

export { readLines } from '../../../kernel/portable/table.ts'

type Reader = Parameters<ReadApart<unknown, unknown>>[0]
type Move = { thread: string; head: string; first: boolean }

export const sortLines: ReadApart<WriteLines, Written> = async (from, given) => tallied(given, await moves(from, given))

export const writeLines: WriteApart<WriteLines, Written> = async (tx, given) => {
  const moved = await moves(tx, given)
  for (const { thread, head, first } of moved) await (first ? setFirstHead : setHead)(tx, thread, head)
  if (moved.length > 0)
    tx.event({
      type: 'threads.imported',
      subject: tx.workspace,
      data: { component: 'thread_heads', updated: moved.length },
    })
  return tallied(given, moved)
}

/** The first head of a thread is a part of its coming in, and not counted as a change. */
function tallied({ text }: WriteLines, moved: readonly Move[]): Written {
  const updated = moved.filter(({ first }) => !first).length
  return { created: 0, updated, skipped: linesOf(text).length - updated, failed: 0, faults: [] }
}

async function moves(from: Reader, { text }: WriteLines): Promise<Move[]> {
  const wanted = new Map<string, string>()
  for (const { id, head_id } of linesOf(text)) if (head_id !== null) wanted.set(id as string, head_id as string)
  if (wanted.size === 0) return []
  const [threads, messages] = await headsOf(from, [...wanted.keys()], [...wanted.values()])
  const threadOf = new Map(messages.map(({ id, thread_id }) => [id, thread_id]))
  const moved: Move[] = []
  for (const { id, head_id } of threads) {
    const head = wanted.get(id) as string
    if (head === head_id || threadOf.get(head) !== id) continue
    if (head_id === null) moved.push({ thread: id, head, first: true })
    else if (await goesThrough(from, id, head, head_id)) moved.push({ thread: id, head, first: false })
  }
  return moved
}
