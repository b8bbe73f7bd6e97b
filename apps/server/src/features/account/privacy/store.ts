/** Rows of privacy deletes. */
import type { ErasureKind, Receipt } from '@cairn/api/privacy'
import type { Db } from '../../../kernel/database/dialect.ts'
import { add, type Counts, type Erasure } from '../../../kernel/erasure.ts'
import type { Scope } from '../../../kernel/scope.ts'

export type DeleteRow = {
  workspace: string
  id: string
  scope: ErasureKind
  fingerprint: string | null
  salt: string
  from_time: number | null
  to_time: number | null
  asked: string | null
  part: string | null
  cursor: string | null
  /** JSON: files that are to be removed. */
  blobs: string
  /** JSON: feature → counts. */
  removed: string
  /** JSON: `Findings`. */
  proof: string | null
  person: string
  agent: string | null
  asked_at: number
  finished_at: number | null
}
export type Findings = Partial<Pick<Receipt, 'proof' | 'left' | 'copies'>>
/** What is erased, and the marks that are looked for afterwards; null until they are collected. */
export type Asked = { erasure: Erasure; marks: string[] | null }
type Reader = { workspace: string; db: Db }

const tables = ({ db }: Reader) => db.withTables<{ privacy_delete: DeleteRow }>()

export const seal = (asked: Asked) => Buffer.from(JSON.stringify(asked)).toString('base64')
export const unseal = (asked: string) => JSON.parse(Buffer.from(asked, 'base64').toString()) as Asked

export const insert = (to: Reader, row: DeleteRow) => tables(to).insertInto('privacy_delete').values(row).execute()

export const byId = (from: Reader, id: string) =>
  tables(from)
    .selectFrom('privacy_delete')
    .selectAll()
    .where('workspace', '=', from.workspace)
    .where('id', '=', id)
    .executeTakeFirst()

export function newest(from: Reader, limit: number, after: readonly [number, string] | null): Promise<DeleteRow[]> {
  const query = tables(from)
    .selectFrom('privacy_delete')
    .selectAll()
    .where('workspace', '=', from.workspace)
    .orderBy('asked_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
  if (!after) return query.execute()
  return query.where((row) => row(row.refTuple('asked_at', 'id'), '<', row.tuple(after[0], after[1]))).execute()
}

export const change = (to: Reader, id: string, fields: Partial<DeleteRow>) =>
  tables(to)
    .updateTable('privacy_delete')
    .set(fields)
    .where('workspace', '=', to.workspace)
    .where('id', '=', id)
    .execute()

type Went = { gone: Record<string, Counts>; blobs?: readonly string[] }

/** Notes how far a delete is and what went, in the transaction in which it went. */
export async function advance(
  to: Reader,
  id: string,
  { part, cursor, gone, blobs = [] }: Pick<DeleteRow, 'part' | 'cursor'> & Went,
): Promise<void> {
  const row = await byId(to, id)
  const removed = JSON.parse(row?.removed ?? '{}') as Record<string, Counts>
  for (const [feature, counts] of Object.entries(gone)) {
    const total = add(removed[feature] ?? {}, counts)
    if (Object.keys(total).length > 0) removed[feature] = total
  }
  const files = [...(JSON.parse(row?.blobs ?? '[]') as string[]), ...blobs]
  await change(to, id, { part, cursor, removed: JSON.stringify(removed), blobs: JSON.stringify(files) })
}

/** Notes what went beside the batches. A step that is made again counts nothing a second time: there is nothing left. */
export const addRemoved = (scope: Pick<Scope, 'write'>, id: string, feature: string, counts: Counts) =>
  scope.write(async (tx) => {
    const row = await byId(tx, id)
    await advance(tx, id, { part: row?.part ?? null, cursor: row?.cursor ?? null, gone: { [feature]: counts } })
  })
