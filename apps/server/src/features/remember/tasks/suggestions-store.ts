/** Rows of tasks that are suggested; their only SQL beside the erasing. */
import { sql } from 'kysely'
import type { Db } from '../../../kernel/database/dialect.ts'
import { newestFirst, type Page, unindexed } from '../../../kernel/database/pages.ts'

export type SuggestionRow = {
  workspace: string
  id: string
  source_kind: string
  source_id: string
  thread_id: string | null
  title: string
  due_at: number | null
  found_by: string
  fingerprint: string
  state: string
  task_id: string | null
  created_at: number
  updated_at: number
}
type Tables = { task_suggestion: SuggestionRow }
type Reader = { workspace: string; db: Db }

const tables = (reader: Reader) => reader.db.withTables<Tables>()

/** Undefined when the same was suggested before. */
export const insertSuggestion = (to: Reader, row: SuggestionRow) =>
  tables(to)
    .insertInto('task_suggestion')
    .values(row)
    .onConflict((conflict) => conflict.columns(['workspace', 'fingerprint']).doNothing())
    .returning('id')
    .executeTakeFirst()

export const suggestionById = (from: Reader, id: string) =>
  tables(from)
    .selectFrom('task_suggestion')
    .selectAll()
    .where('workspace', '=', from.workspace)
    .where('id', '=', id)
    .executeTakeFirst()

export type SuggestionFilter = Partial<Pick<SuggestionRow, 'state' | 'source_kind' | 'source_id'>> & {
  thread_id?: string | undefined
}

/** A page, newest first. */
export function suggestionPage(from: Reader, filter: SuggestionFilter, page: Page<number>) {
  let query = tables(from).selectFrom('task_suggestion').selectAll().where('workspace', '=', from.workspace)
  for (const column of ['state', 'source_kind', 'source_id', 'thread_id'] as const) {
    const value = filter[column]
    // A kind alone fits many.
    const wide = column === 'source_kind' && filter.source_id === undefined
    if (value !== undefined) query = query.where(wide ? unindexed<string>(column) : sql.ref<string>(column), '=', value)
  }
  return newestFirst(query, 'created_at', page).execute()
}

/** Changes a suggestion that nobody has decided on meanwhile; undefined when somebody has. */
export const updateSuggestion = (to: Reader, id: string, seen: string, change: Partial<SuggestionRow>) =>
  tables(to)
    .updateTable('task_suggestion')
    .set(change)
    .where('workspace', '=', to.workspace)
    .where('id', '=', id)
    .where('state', '=', seen)
    .returning('id')
    .executeTakeFirst()

/** A task is no more; that it was suggested stays. */
export const letGoOfTask = (to: Reader, task: string) =>
  tables(to)
    .updateTable('task_suggestion')
    .set({ task_id: null })
    .where('workspace', '=', to.workspace)
    .where('task_id', '=', task)
    .execute()

/** Removes what a thread suggested; answers how many. */
export const deleteOfThread = async (to: Reader, thread: string): Promise<number> => {
  const gone = await tables(to)
    .deleteFrom('task_suggestion')
    .where('workspace', '=', to.workspace)
    .where('thread_id', '=', thread)
    .executeTakeFirstOrThrow()
  return Number(gone.numDeletedRows)
}
