/**
 * The job that erases: batch by batch through the features, then what the index, the vector store and the files still
 * hold, then a search for it everywhere, then the receipt. Cut off at any moment it goes on where it was.
 */
import { readdir, stat } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fail } from '@cairn/api/errors'
import type { ErasureProof, Receipt } from '@cairn/api/privacy'
import { shape } from '@cairn/api/shapes'
import { iso } from '../../../kernel/clock.ts'
import { type Erasure, partOf, takesAll } from '../../../kernel/erasure.ts'
import { type JobContext, job } from '../../../kernel/jobs/definition.ts'
import type { Counted, EraserOf } from './count.ts'
import { type Advanced, type Batch, erasedAll } from './erase.ts'
import type { PrivacyKernel } from './index.ts'
import { isCopy, prove } from './proof.ts'
import { countApart } from './service.ts'
import * as store from './store.ts'

const eraseApart = new URL('./erase.ts', import.meta.url)

/** Up to this size the database's file is written anew each time; above, when the search finds that it has to be. */
const smallFile = 128 * 1024 * 1024

export function deleteJob(kernel: PrivacyKernel, erasers: readonly EraserOf[]) {
  const { blobs, config, database, jobs, passages } = kernel

  async function run({ scope, id, progress, advanced }: JobContext<unknown>) {
    const row = await store.byId(scope, id)
    if (!row) throw fail('RECEIPT_NOT_FOUND')
    if (row.asked === null) return { receipt: id }
    const { erasure, marks } = store.unseal(row.asked)
    // What an import or a crawl has in hand would be written behind what is erased.
    if (row.part === null) {
      progress({ phase: 'stopping', done: 0, total: null })
      await stop(scope, erasure)
    }
    const looked = marks ?? (await collect(scope, id, erasure))

    const found = row.part === null ? -1 : erasers.findIndex(({ feature }) => feature === row.part)
    // A part that is no more (another version noted it) is begun anew with all others: what is gone is not counted twice.
    let at: Advanced = { at: Math.max(found, 0), cursor: found < 0 ? null : row.cursor, removed: 0, blobs: true }
    if (row.part === erasedAll) at = { ...at, at: erasers.length, cursor: null }
    await removeFiles(scope, id)
    for (let done = 0; at.at < erasers.length; ) {
      scope.signal.throwIfAborted()
      const batch: Batch = { id, erasers, erasure, at: at.at, cursor: at.cursor, kinds: passages.kinds() }
      at = await scope.apart.write<Advanced>(eraseApart, 'eraseSome', batch)
      done += at.removed
      if (at.blobs) await removeFiles(scope, id)
      await advanced()
      progress({ phase: 'erasing', done, total: null, message: erasers[at.at]?.feature ?? '' })
    }

    progress({ phase: 'scrubbing', done: 0, total: null })
    const everything = erasure.by === 'everything'
    const left: Receipt['left'] = await passages.scrub(scope, everything)
    if (everything) await store.addRemoved(scope, id, 'blobs', { blobs: await blobs.clear(scope.workspace) })
    let rewrite = everything || (await fileSize()) < smallFile
    let emptied = await database.scrub({ rewrite })

    progress({ phase: 'proving', done: 0, total: null })
    let proof = await prove(scope, config.home, { marks: looked, name: erasure.by === 'site' ? erasure.site : null })
    if (!rewrite && proof.found.some(({ reason }) => reason === null)) {
      rewrite = true
      emptied = await database.scrub({ rewrite })
      proof = await prove(scope, config.home, { marks: looked, name: erasure.by === 'site' ? erasure.site : null })
    }
    if (!emptied) left.push({ part: 'log', count: 1, reason: 'Somebody was reading: the log is emptied later.' })
    return settle(scope, id, { ...proof, rewritten: rewrite && database.name === 'sqlite' }, left)
  }

  async function stop(scope: JobContext<unknown>['scope'], erasure: Erasure): Promise<void> {
    const person = partOf(erasure)
    if (takesAll(erasure)) await jobs.endAll(scope)
    if (person === null) return
    const begun = await scope.apart.read<string[]>(countApart, 'begunFor', { erasers, person })
    await jobs.endAll(scope, { person, jobs: begun })
  }

  /** Takes away the files of what was erased: noted with it, so that none outlives a crash. */
  async function removeFiles(scope: JobContext<unknown>['scope'], id: string): Promise<void> {
    const files = JSON.parse((await store.byId(scope, id))?.blobs ?? '[]') as string[]
    if (files.length === 0) return
    for (const file of files) await blobs.remove(scope.workspace, file)
    await scope.write((tx) => store.change(tx, id, { blobs: '[]' }))
  }

  async function collect(scope: JobContext<unknown>['scope'], id: string, erasure: Counted['erasure']) {
    const argument: Counted = { erasers, erasure }
    const marks = await scope.apart.read<string[]>(countApart, 'marksOf', argument)
    await scope.write((tx) => store.change(tx, id, { asked: store.seal({ erasure, marks }) }))
    return marks
  }

  /** Writes the receipt; from here on nothing names what was erased. */
  async function settle(
    scope: JobContext<unknown>['scope'],
    id: string,
    proof: ErasureProof,
    left: Receipt['left'],
  ): Promise<{ receipt: string; clean: boolean }> {
    const findings: store.Findings = { proof, left, copies: await copies() }
    await scope.write(async (tx) => {
      await store.change(tx, id, {
        asked: null,
        part: null,
        cursor: null,
        proof: JSON.stringify(findings),
        finished_at: tx.now,
      })
      tx.event({ type: 'privacy.erased', subject: id, data: { clean: proof.clean, left: left.length } })
    })
    await database.scrub({ rewrite: false })
    return { receipt: id, clean: proof.clean }
  }

  async function fileSize(): Promise<number> {
    if (config.database.dialect !== 'sqlite') return Number.POSITIVE_INFINITY
    return (await stat(config.database.file)).size
  }

  /** Copies of the database that upgrades and backups made. */
  async function copies(): Promise<Receipt['copies']> {
    const names = await readdir(config.home, { recursive: true, withFileTypes: true }).catch(() => [])
    const made: Receipt['copies'] = []
    for (const entry of names) {
      const path = join(entry.parentPath, entry.name)
      const name = relative(config.home, path)
      if (!entry.isFile() || !isCopy(name)) continue
      const found = await stat(path).catch(() => null)
      if (found) made.push({ name, bytes: found.size, made_at: iso(Math.round(found.mtimeMs)) })
    }
    return made
  }

  return job({
    type: 'privacy.delete',
    input: shape({}),
    // What was asked for is carried out, whatever becomes of the key that asked.
    upkeep: true,
    attempts: 8,
    timeout: 12 * 3_600_000,
    concurrent: 1,
    run,
  })
}
