/** How far imports are, and a look at the ledger's rows of them; the only SQL of this feature. */
import type { HistorySource } from '@cairn/api/imports'
import type { Db } from '../../../kernel/database/dialect.ts'
import type { JobTables } from '../../../kernel/jobs/rows.ts'

export type ImportRow = {
  workspace: string
  id: string
  source: string
  path: string
  cursor: number
  rows_read: number
  created: number
  duplicates: number
  /** JSON: reason → rows. */
  skipped: string
  first_visit: number | null
  last_visit: number | null
  started_at: number
  finished_at: number | null
}
type Tables = { history_import: ImportRow }
type Reader = { workspace: string; db: Db }

const tables = (reader: Reader) => reader.db.withTables<Tables>()

export const importById = (from: Reader, id: string) =>
  tables(from)
    .selectFrom('history_import')
    .selectAll()
    .where('workspace', '=', from.workspace)
    .where('id', '=', id)
    .executeTakeFirst()

/** Begins an import; one that was begun stays as it is. */
export const insertImport = (to: Reader, given: { id: string; source: HistorySource; path: string; now: number }) =>
  tables(to)
    .insertInto('history_import')
    .values({
      ...{ workspace: to.workspace, id: given.id, source: given.source, path: given.path, started_at: given.now },
      ...{ cursor: 0, rows_read: 0, created: 0, duplicates: 0, skipped: '{}' },
      ...{ first_visit: null, last_visit: null, finished_at: null },
    })
    .onConflict((conflict) => conflict.columns(['workspace', 'id']).doNothing())
    .execute()

export const updateImport = (to: Reader, id: string, change: Partial<Omit<ImportRow, 'workspace' | 'id'>>) =>
  tables(to)
    .updateTable('history_import')
    .set(change)
    .where('workspace', '=', to.workspace)
    .where('id', '=', id)
    .execute()

export const inputOf = async (from: Reader, job: string) => {
  const row = await from.db
    .withTables<JobTables>()
    .selectFrom('jobs')
    .select('input')
    .where('workspace', '=', from.workspace)
    .where('id', '=', job)
    .executeTakeFirst()
  return row ? (JSON.parse(row.input) as Record<string, unknown>) : null
}

/** Is the same upload wanted by another job that has not ended? */
export const othersWith = async (from: Reader, type: string, upload: string, except: string | null) => {
  const rows = await from.db
    .withTables<JobTables>()
    .selectFrom('jobs')
    .select(['id', 'input'])
    .where('workspace', '=', from.workspace)
    .where('type', '=', type)
    .where('completed_at', 'is', null)
    .execute()
  return rows.some(({ id, input }) => id !== except && (JSON.parse(input) as { upload?: string }).upload === upload)
}
