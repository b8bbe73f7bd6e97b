/** Brings visits of a bundle in: taken down first, then all pages in the order of their ids, then the visits. */
import type { Gathering } from '../../../kernel/portable/portable.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { removals } from './count-store.ts'
import type { TakenBatch, TakenPages, ToTake } from './portable-write.ts'
import { recountJob } from './recount.ts'

const module = new URL('./portable-write.ts', import.meta.url)
const pagesAtOnce = 2_500

export const gatherVisits: Gathering = {
  take: (scope, file, given, lines) => scope.apart.read(module, 'takeLines', { file, given, lines } satisfies ToTake),

  async bring(scope, file, done, write, told) {
    let at = done
    let batch = await behind(scope, file, at)
    if (batch === null) return
    // Pages that get no visit, since this is cut off, go again.
    await scope.write((tx) => tx.enqueue({ ...recountJob, runAt: tx.now + 60_000 }))
    let known = await putAllPages(scope, file, told)
    while (batch !== null) {
      const prepared: TakenBatch = { file, number: batch.number, removals: known }
      if (await write(prepared, batch.lines)) {
        at += batch.lines
        batch = await behind(scope, file, at)
      } else known = await putAllPages(scope, file, told)
    }
  },
}

const behind = (scope: Scope, file: string, done: number) =>
  scope.apart.read<{ number: number; lines: number } | null>(module, 'batchBehind', { file, done })

/** Answers how often pages had been removed from each bucket before that. */
async function putAllPages(scope: Scope, file: string, told: Parameters<Gathering['bring']>[4]) {
  const before = await removals(scope)
  const total = await scope.apart.read<number>(module, 'countTaken', file)
  let done = 0
  for (let after = ''; ; ) {
    const put = await scope.apart.write<{ last: string; rows: number }>(module, 'putTakenPages', {
      ...{ file, after, limit: pagesAtOnce },
    } satisfies TakenPages)
    if (put.rows === 0) return before
    after = put.last
    done += put.rows
    told('pages', done, total)
  }
}
