/** Rows of memories and their audit; the only SQL of this feature. */
import type { Db } from '../../../kernel/database/dialect.ts'
import { newestFirst, type Page } from '../../../kernel/database/pages.ts'
import { contains } from '../../../kernel/database/like.ts'
import { prepared } from '../../../kernel/database/prepared.ts'

export type MemoryRow = {
  workspace: string
  id: string
  scope: string
  scope_ref: string | null
  key: string
  value: string
  source: string | null
  metadata: string
  strength: number
  last_accessed: number | null
  thread_id: string | null
  task_id: string | null
  source_message_id: string | null
  version: number
  created_at: number
  updated_at: number
}
export type MemoryAuditRow = {
  workspace: string
  id: string
  memory_id: string
  action: string
  detail: string
  created_at: number
}
export type MemoryVersionRow = Pick<MemoryRow, 'workspace' | 'version' | 'key' | 'value' | 'source'> & {
  memory_id: string
  replaced_at: number
}

type Tables = { memories: MemoryRow; memory_audit: MemoryAuditRow; memory_version: MemoryVersionRow }
type Reader = { workspace: string; db: Db }

const tables = (reader: Reader) => reader.db.withTables<Tables>()

/** Undefined when the workspace has a memory of this id already. */
export const insertMemory = (to: Reader, row: MemoryRow) =>
  tables(to)
    .insertInto('memories')
    .values(row)
    .onConflict((conflict) => conflict.columns(['workspace', 'id']).doNothing())
    .returning('id')
    .executeTakeFirst()

const byId = prepared((db, { workspace, id }: { workspace: string; id: string }) =>
  db.withTables<Tables>().selectFrom('memories').selectAll().where('workspace', '=', workspace).where('id', '=', id),
)
export async function memoryById({ db, workspace }: Reader, id: string): Promise<MemoryRow | undefined> {
  const [row] = await byId(db, { workspace, id })
  return row
}

export const memoriesByIds = (from: Reader, ids: readonly string[]) =>
  tables(from)
    .selectFrom('memories')
    .selectAll()
    .where('workspace', '=', from.workspace)
    .where('id', 'in', [...ids])
    .execute()

export type MemoryFilter = Page<number> & {
  scope?: string | undefined
  scope_ref?: string | undefined
  q?: string | undefined
}

/** A page of memories, newest first; `q` looks into key and value. */
export function memoryPage(from: Reader, filter: MemoryFilter) {
  const { scope, scope_ref, q } = filter
  let query = tables(from).selectFrom('memories').selectAll().where('workspace', '=', from.workspace)
  if (scope !== undefined) query = query.where('scope', '=', scope)
  if (scope_ref !== undefined) query = query.where('scope_ref', '=', scope_ref)
  if (q) query = query.where((row) => row.or([contains('key', q), contains('value', q)]))
  return newestFirst(query, 'created_at', filter).execute()
}

export const memoryIdsAfter = (from: Reader, after: string, limit: number) =>
  tables(from)
    .selectFrom('memories')
    .select('id')
    .where('workspace', '=', from.workspace)
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .execute()

/** Notes a use; ids that are gone are left out. */
export const touchMemories = (to: Reader, ids: readonly string[], now: number) =>
  tables(to)
    .updateTable('memories')
    .set({ last_accessed: now })
    .where('workspace', '=', to.workspace)
    .where('id', 'in', [...ids])
    .execute()

export const deleteMemory = (to: Reader, id: string) =>
  tables(to).deleteFrom('memories').where('workspace', '=', to.workspace).where('id', '=', id).executeTakeFirst()

/** Deletes up to `limit` memories of a thread; answers which. */
export const deleteOfThread = (to: Reader, thread: string, limit: number) =>
  tables(to)
    .deleteFrom('memories')
    .where('workspace', '=', to.workspace)
    .where('id', 'in', (from) =>
      from
        .selectFrom('memories')
        .select('id')
        .where('workspace', '=', to.workspace)
        .where('scope', '=', 'thread')
        .where('scope_ref', '=', thread)
        .limit(limit),
    )
    .returning('id')
    .execute()

export const insertAudit = (to: Reader, rows: MemoryAuditRow[]) =>
  tables(to).insertInto('memory_audit').values(rows).execute()

/** What happened to a memory, newest first. */
export function auditPage(from: Reader, memory: string, page: Page<number>) {
  const audits = tables(from).selectFrom('memory_audit').selectAll().where('workspace', '=', from.workspace)
  return newestFirst(audits.where('memory_id', '=', memory), 'created_at', page).execute()
}

/** The one that says something under a key in its scope; the newest, should there be several. */
export const memoryByKey = (from: Reader, { scope, scope_ref, key }: Pick<MemoryRow, 'scope' | 'scope_ref' | 'key'>) =>
  tables(from)
    .selectFrom('memories')
    .selectAll()
    .where('workspace', '=', from.workspace)
    .where('key', '=', key)
    .where('scope', '=', scope)
    .where('scope_ref', scope_ref === null ? 'is' : '=', scope_ref)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()

/** Whether the row still had the version that was seen. */
export async function updateMemory(to: Reader, id: string, seen: number, change: Partial<MemoryRow>): Promise<boolean> {
  const { numUpdatedRows } = await tables(to)
    .updateTable('memories')
    .set(change)
    .where('workspace', '=', to.workspace)
    .where('id', '=', id)
    .where('version', '=', seen)
    .executeTakeFirstOrThrow()
  return Number(numUpdatedRows) > 0
}

export const insertVersion = (to: Reader, row: MemoryVersionRow) =>
  tables(to).insertInto('memory_version').values(row).execute()

/** Earlier versions of a memory, of these numbers. */
export const versionsOf = (from: Reader, memory: string, numbers: readonly number[]) =>
  tables(from)
    .selectFrom('memory_version')
    .selectAll()
    .where('workspace', '=', from.workspace)
    .where('memory_id', '=', memory)
    .where('version', 'in', [...numbers])
    .execute()

export const deleteVersions = (to: Reader, ids: readonly string[]) =>
  tables(to)
    .deleteFrom('memory_version')
    .where('workspace', '=', to.workspace)
    .where('memory_id', 'in', [...ids])
    .execute()
