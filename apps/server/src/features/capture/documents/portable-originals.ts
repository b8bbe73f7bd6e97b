/** Which original belongs to which version of a document, in a bundle. The files themselves travel beside these lines. */
import { type Row, textOf, toLine } from '../../../kernel/portable/line.ts'
import type { Fault, Page, ReadPage, TravellingFiles, WriteLines, Written } from '../../../kernel/portable/portable.ts'
import type { ReadApart, Scope } from '../../../kernel/scope.ts'
import { keptVersions } from './keep.ts'
import type { Originals } from './originals.ts'
import { giveOriginal, originalPage, versionsBeside } from './portable-store.ts'
import { type GivenVersion, nameOf, placed } from './portable-versions.ts'
import type { VersionRow } from './rows.ts'

type Reader = Parameters<ReadApart<unknown, unknown>>[0]
type Given = Omit<GivenVersion, 'title' | 'markdown' | 'truncated' | 'characters' | 'person'> & { sha256: string }
type Wanted = { document: string; version: number; sha256: string }

export const readLines: ReadApart<ReadPage, Page> = async (from, { table, after, since, limit }) => {
  const rows = await originalPage(from, { after: after as [string, string, number] | null, since, limit })
  const last = rows.length === limit ? rows.at(-1) : undefined
  return {
    text: textOf(rows.map((row) => toLine(table.columns, row as unknown as Row))),
    rows: rows.length,
    after: last ? [last.sha256 as string, last.document_id, last.version] : null,
  }
}

/** A version is known by what it says and when; where it had said so before it came, by what it says. */
async function planned(from: Reader, lines: WriteLines, together: boolean) {
  const { given, faults } = await placed<Given & GivenVersion>(from, lines, together)
  const stored = Map.groupBy(await versionsBeside(from, [...given.keys()]), ({ document_id }) => document_id)
  const wanted: Wanted[] = []
  const taken = new Set<string>()
  let skipped = 0
  for (const [document, rows] of given) {
    for (const row of rows) {
      const kept = stored.get(document) ?? []
      const same = kept.filter(({ content_hash }) => content_hash === row.content_hash)
      const version = same.find(({ created_at }) => created_at === row.created_at) ?? same[0]
      if (!version && isTooOld(row, kept)) skipped += 1
      else if (!version && !together) faults.push({ id: nameOf(row), reason: gone })
      else if (version?.blob || taken.has(`${document} ${version?.version ?? row.version}`)) skipped += 1
      else {
        taken.add(`${document} ${version?.version ?? row.version}`)
        wanted.push({ document, version: version?.version ?? row.version, sha256: row.sha256 })
      }
    }
  }
  return { wanted, skipped, faults }
}
/** Its version is none of those that are kept of a document. */
const isTooOld = ({ created_at }: Given, kept: readonly Pick<VersionRow, 'created_at'>[]) =>
  kept.length >= keptVersions && kept.every((one) => one.created_at > created_at)
const gone = 'the version that it is of is not here'

const tallied = (created: number, skipped: number, faults: Fault[]): Written => {
  return { created, updated: 0, skipped, failed: faults.length, faults }
}

export const sortLines: ReadApart<WriteLines, Written> = async (from, given) => {
  const together = given.components.includes('document_versions')
  const { wanted, skipped, faults } = await planned(from, given, together)
  return tallied(wanted.length, skipped, faults)
}

export async function bring(
  originals: Originals,
  scope: Scope,
  given: WriteLines,
  files: TravellingFiles,
): Promise<Written> {
  const { wanted, skipped, faults } = await planned(scope, given, false)
  let created = 0
  for (const { document, version, sha256 } of wanted) {
    scope.signal.throwIfAborted()
    const taken = await originals.taking(scope, sha256, files, () =>
      scope.write((tx) => giveOriginal(tx, document, version, sha256)),
    )
    if (taken) created += 1
  }
  return tallied(created, skipped + wanted.length - created, faults)
}
