/** The job that brings a browser's history in: copy, pages, visits, counts. Killed at any moment it goes on where it was. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type HistoryImported, HistorySource } from '@cairn/api/imports'
import { shape, text } from '@cairn/api/shapes'
import { type Clock, isoOrNull } from '../../../kernel/clock.ts'
import { type JobContext, job } from '../../../kernel/jobs/definition.ts'
import { observed } from '../../../kernel/observed.ts'
import { release } from '../../../kernel/release.ts'
import { removals } from '../browser/count-store.ts'
import { bulkLine, dropUnseen, recount, recountJob } from '../browser/recount.ts'
import type { VisitBatch } from './batch.ts'
import { copyDatabase } from './copy.ts'
import { sound } from './problem.ts'
import { openReader, type Reader } from './reader.ts'
import { type ImportRow, importById, insertImport, updateImport } from './store.ts'
import type { BatchArgument, Written } from './write.ts'

const Input = shape({ source: HistorySource, file: text(4_096, 1) })
type Input = { source: HistorySource; file: string }
/** One import of a workspace at a time. */
export const historyJob = { type: 'imports.history', concurrency: bulkLine } as const

const visitsAtOnce = 8_000
const pagesAtOnce = 2_500
const writeModule = new URL('./write.ts', import.meta.url)

/** `folder` is where copies lie while they are read. */
export const importHistory = (parts: { clock: Clock; folder: string }) =>
  job({
    type: historyJob.type,
    input: Input,
    timeout: 6 * 3_600_000,
    concurrent: 1,
    async run(context) {
      const { scope, id, signal } = context
      const input = context.input as Input
      await scope.write(async (tx) => {
        await insertImport(tx, { id, source: input.source, path: input.file, now: tx.now })
        await tx.enqueue(recountJob)
      })
      const folder = join(parts.folder, id)
      try {
        await rm(folder, { recursive: true, force: true })
        context.progress({ phase: 'copying', done: 0, total: null })
        const { file } = input.source === 'jsonl' ? input : sound(await copyDatabase(input.file, folder, signal))
        context.progress({ phase: 'reading', done: 0, total: null })
        const reader = await openReader({ source: input.source, file, now: parts.clock.now() }, signal)
        try {
          await bringIn(context, parts.clock, reader)
        } finally {
          await reader.close()
        }
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
      await recount(scope, (done, total) => context.progress({ phase: 'counting', done, total }))
      await dropUnseen(scope)
      await scope.write((tx) => updateImport(tx, id, { finished_at: tx.now }))
      const row = (await importById(scope, id)) as ImportRow
      context.progress({ phase: 'done', done: row.rows_read, total: row.rows_read })
      return resultOf(row)
    },
  })

async function bringIn(context: JobContext<unknown>, clock: Clock, reader: Reader): Promise<void> {
  const { scope, id } = context
  const pace = makePace(clock)
  let { cursor, rows_read: rows } = (await importById(scope, id)) as ImportRow
  let known = await putPages(context, reader)
  const write = (batch: VisitBatch) => {
    const argument: BatchArgument = { id, batch, removals: reader.pages > 0 ? known : null }
    return scope.apart.write<Written>(writeModule, 'writeVisits', argument)
  }
  const read = () => observed(reader.nextVisits(cursor, visitsAtOnce))

  // The next batch is read while this one is written.
  let ahead = read()
  for (let batch = await ahead; batch.read > 0; batch = await ahead) {
    cursor = batch.last
    ahead = read()
    while ((await write(batch)) === 'pages gone') {
      context.log(
        'info',
        'Somebody removed pages meanwhile; they are put down again for the visits that are still to come.',
      )
      known = await putPages(context, reader)
    }
    await context.advanced()
    release(batch.visits)
    release(batch.pages)
    rows += batch.read
    const done = reader.unit === 'rows' ? rows : cursor
    context.progress({ phase: 'visits', done, total: reader.total, message: pace(batch.read) })
  }
}

/** Puts all pages down, so that visits find theirs. Answers how often pages had been removed before that. */
async function putPages({ scope, progress }: JobContext<unknown>, reader: Reader): Promise<Map<number, number>> {
  const before = await removals(scope)
  let done = 0
  let ahead = observed(reader.nextPages('', pagesAtOnce))
  for (let batch = await ahead; batch.rows > 0; batch = await ahead) {
    ahead = observed(reader.nextPages(batch.last, pagesAtOnce))
    await scope.apart.write(writeModule, 'writePages', batch.json)
    release(batch.json)
    done += batch.rows
    progress({ phase: 'pages', done, total: reader.pages })
  }
  return before
}

/** Says how fast it goes, in words. */
function makePace(clock: Clock) {
  const since = clock.monotonic()
  let rows = 0
  return (more: number) => {
    rows += more
    return `${Math.round((rows * 1_000) / Math.max(clock.monotonic() - since, 1))} visits/s`
  }
}

const resultOf = (row: ImportRow): HistoryImported => ({
  ...{ source: row.source as HistorySource, path: row.path },
  ...{ read: row.rows_read, created: row.created, duplicates: row.duplicates },
  skipped: JSON.parse(row.skipped) as Record<string, number>,
  from: isoOrNull(row.first_visit),
  to: isoOrNull(row.last_visit),
})
