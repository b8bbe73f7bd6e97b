/** Every message is found by its thread's title, too: where that is another one now, they are indexed anew. */
import { Id, shape } from '@cairn/api/shapes'
import { job } from '../../../kernel/jobs/definition.ts'
import type { Tx, WriteApart } from '../../../kernel/scope.ts'
import type { ThreadRow } from './rows.ts'
import { messageIdsOf, turnsAfter } from './store.ts'

/** Messages that are told to the index in one transaction. */
const atOnce = 1_000
const here = new URL(import.meta.url)

/** At once for a few messages, by a job for many. */
export async function retitled(
  tx: Omit<Tx, 'after'>,
  { id, message_count }: Pick<ThreadRow, 'id' | 'message_count'>,
): Promise<void> {
  if (message_count > atOnce)
    await tx.enqueue({ type: 'threads.reindex', input: { id }, unique: `threads.reindex ${id}` })
  else
    await tx.reindex(
      'message',
      (await messageIdsOf(tx, id)).map((row) => row.id),
    )
}

export const reindexJob = job({
  type: 'threads.reindex',
  input: shape({ id: Id }),
  quiet: true,
  upkeep: true,
  async run({ scope, input, signal }) {
    for (let after: number | null = 0; after !== null; ) {
      signal.throwIfAborted()
      after = await scope.apart.write<number | null>(here, 'reindexSome', { id: input.id, after })
    }
  },
})

/** Tells the index of the next messages of a thread; answers the turn behind which to go on, null at the end. */
export const reindexSome: WriteApart<{ id: string; after: number }, number | null> = async (tx, { id, after }) => {
  const rows = await turnsAfter(tx, id, after, atOnce)
  await tx.reindex(
    'message',
    rows.map((row) => row.id),
  )
  return rows.length < atOnce ? null : (rows.at(-1)?.turn ?? null)
}
