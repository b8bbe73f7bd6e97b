/**
 * Versions of documents in a bundle, read and written in worker threads. A document that stands here under another id is the
 * one that they come to, and what both sides have had becomes one history.
 */
import { linesOf, type Row, rowReader, textOf, toLine } from '../../../kernel/portable/line.ts'
import type { Fault, Page, ReadPage, WriteLines, Written } from '../../../kernel/portable/portable.ts'
import type { ReadApart, WriteApart } from '../../../kernel/scope.ts'
import { merge } from './merge.ts'
import {
  dropVersions,
  hold,
  insertVersions,
  renumber,
  showVersion,
  standing,
  type VersionFields,
  versionPage,
  versionsBeside,
} from './portable-store.ts'
import type { VersionRow } from './rows.ts'

type Reader = Parameters<ReadApart<unknown, unknown>>[0]
/** A version that comes in, with what its document is known by. */
export type GivenVersion = Omit<VersionRow, 'workspace' | 'blob'> & {
  url_key: string | null
  given_hash: string | null
}

export const readLines: ReadApart<ReadPage, Page> = async (from, { table, after, since, limit }) => {
  const rows = await versionPage(from, { after: after as [string, number] | null, since, limit: Math.min(limit, 200) })
  const last = rows.length === Math.min(limit, 200) ? rows.at(-1) : undefined
  return {
    text: textOf(rows.map((row) => toLine(table.columns, row as unknown as Row))),
    rows: rows.length,
    after: last ? [last.document_id, last.version] : null,
  }
}

export const nowhere = 'the document that it is of is not here'
export const nameOf = ({ document_id, version }: Pick<GivenVersion, 'document_id' | 'version'>) =>
  `${document_id} ${version}`

/** Lines by the document of here that they belong to; `together`: documents come in with them, so any may be new. */
export async function placed<G extends GivenVersion | Omit<GivenVersion, 'markdown'>>(
  from: Reader,
  { table, text, persons }: WriteLines,
  together: boolean,
): Promise<{ given: Map<string, G[]>; faults: Fault[] }> {
  const rows = linesOf(text).map(rowReader(table.columns, persons)) as unknown as G[]
  const known = await standing(
    from,
    rows.map(({ document_id: id, url_key, given_hash }) => ({ id, url_key, given_hash })),
  )
  const faults: Fault[] = []
  const given = new Map<string, G[]>()
  for (const row of rows) {
    const id = known.get(row.document_id) ?? (together ? row.document_id : undefined)
    if (id === undefined) faults.push({ id: nameOf(row), reason: nowhere })
    else given.set(id, [...(given.get(id) ?? []), row])
  }
  return { given, faults }
}

type Stored = Awaited<ReturnType<typeof versionsBeside>>[number]

async function planned(from: Reader, lines: WriteLines, { together, writes }: { together: boolean; writes: boolean }) {
  const { given, faults } = await placed<GivenVersion>(from, lines, together)
  if (writes) await hold(from, [...given.keys()])
  const stored = Map.groupBy(await versionsBeside(from, [...given.keys()]), ({ document_id }) => document_id)
  const plans = [...given].map(([id, rows]) => ({ id, ...merge<Stored, GivenVersion>(stored.get(id) ?? [], rows) }))
  const created = plans.reduce((sum, { fresh }) => sum + fresh.length, 0)
  const all = [...given.values()].reduce((sum, rows) => sum + rows.length, 0)
  const written: Written = { created, updated: 0, skipped: all - created, failed: faults.length, faults }
  return { plans: plans.filter(({ fresh }) => fresh.length > 0), written }
}

export const sortLines: ReadApart<WriteLines, Written> = async (from, given) =>
  (await planned(from, given, { together: given.components.includes('documents'), writes: false })).written

export const writeLines: WriteApart<WriteLines, Written> = async (tx, given) => {
  const { plans, written } = await planned(tx, given, { together: false, writes: true })
  const gone: string[] = []
  for (const { id, fresh, moved, dropped, top } of plans) {
    if (dropped.length > 0) gone.push(...(await dropVersions(tx, id, dropped)))
    if (moved.length > 0) await renumber(tx, id, moved)
    await insertVersions(
      tx,
      fresh.map(({ row, version }) => fieldsOf(id, version, row)),
    )
    if (top) await showVersion(tx, id, { ...top.row, version: top.version })
  }
  if (plans.length === 0) return written
  if (gone.length > 0) await tx.enqueue({ type: 'documents.drop', input: { blobs: [...new Set(gone)] } })
  await tx.reindex(
    'document',
    plans.map(({ id }) => id),
  )
  const { component, event } = given.table
  tx.event({ type: event, subject: tx.workspace, data: { component, created: written.created, updated: 0 } })
  return written
}

const fieldsOf = (id: string, version: number, row: GivenVersion): VersionFields => [
  ...([id, version, row.title, row.content_hash, row.markdown] as const),
  ...([row.truncated, row.characters, row.created_at, row.person] as const),
]
