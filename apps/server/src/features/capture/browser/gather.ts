/** Brings visits of a bundle in: taken down first, then all pages in the order of their ids, then the visits. */
import { observed } from '../../../kernel/observed.ts'
import type { Gathering } from '../../../kernel/portable/portable.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { buckets } from './address.ts'
import { removals } from './count-store.ts'
import type { PageLists, PagesFrom, TakenBatch, ToTake } from './portable-write.ts'
import { recountJob } from './recount.ts'

const module = new URL('./portable-write.ts', import.meta.url)
const pagesAtOnce = 8_000

export const gatherVisits: Gathering = {
  take: (scope, file, given, lines) => scope.apart.read(module, 'takeLines', { file, given, lines } satisfies ToTake),

  async bring(scope, file, done, write, told) {
    let at = done
    let batch: Behind = await behind(scope, file, at)
    if (batch === null) return
    // Pages that get no visit, since this is cut off, go again.
    await scope.write((tx) => tx.enqueue({ ...recountJob, runAt: tx.now + 60_000 }))
    let known = await putAllPages(scope, file, told)
    while (batch !== null) {
      const prepared: TakenBatch = { file, number: batch.number, removals: known }
      const ahead: Promise<Behind> = observed(behind(scope, file, at + batch.lines))
      if (await write(prepared, batch.lines)) {
        at += batch.lines
        batch = await ahead
      } else known = await putAllPages(scope, file, told)
    }
  },
}

type Behind = { number: number; lines: number } | null
const behind = (scope: Scope, file: string, done: number) =>
  scope.apart.read<Behind>(module, 'batchBehind', { file, done })

/** Answers how often pages had been removed from each bucket before that. */
async function putAllPages(scope: Scope, file: string, told: Parameters<Gathering['bring']>[4]) {
  const before = await removals(scope)
  const next = (bucket: number) =>
    observed(scope.apart.read<PageLists>(module, 'pagesFrom', { file, bucket, least: pagesAtOnce } satisfies PagesFrom))
  // The next pages are sorted while these are written.
  let ahead = next(0)
  for (;;) {
    const { lists, next: bucket } = await ahead
    if (bucket < buckets) ahead = next(bucket)
    for (const list of lists) await scope.apart.write(module, 'putTakenPages', list)
    told('pages', bucket, buckets)
    if (bucket >= buckets) return before
  }
}
