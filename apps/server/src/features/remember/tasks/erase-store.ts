/**
 * How tasks are erased, with their history and what was suggested. A task that a page of an erased site led to stays and
 * forgets where it came from.
 */
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { contains } from '../../../kernel/database/like.ts'
import { among, dialectOf } from '../../../kernel/database/lists.ts'
import {
  add,
  type Counts,
  between,
  countRows,
  type Eraser,
  type EraseReader,
  type EraseTx,
  type Erasure,
  isOnSite,
  markOf,
  marksOfEach,
  namesSite,
  none,
  takeRows,
  takesAll,
} from '../../../kernel/erasure.ts'

export const eraseModule = new URL(import.meta.url)

const atOnce = 200

function which(erasure: Erasure): RawBuilder<SqlBool> | null {
  if (takesAll(erasure)) return sql<SqlBool>`1 = 1`
  if (erasure.by === 'period') return between('created_at', erasure)
  if (erasure.by === 'person') return sql<SqlBool>`owner = ${erasure.id}`
  return erasure.by === 'source' && erasure.kind === 'task' ? sql<SqlBool>`id = ${erasure.id}` : null
}

/** Suggestions that go by themselves; others go with the message, the thread or the task that they are of. */
function suggestions(erasure: Erasure): RawBuilder<SqlBool> | null {
  if (takesAll(erasure)) return sql<SqlBool>`1 = 1`
  if (erasure.by === 'period') return between('created_at', erasure)
  return erasure.by === 'thread' ? sql<SqlBool>`thread_id = ${erasure.id}` : null
}

type Found = { id: string; title: string; description: string }
async function doomed({ db, workspace }: EraseReader, erasure: Erasure, limit: number): Promise<Found[]> {
  const where = which(erasure)
  if (where === null) return []
  const { rows } = await sql<Found>`select id, title, description from tasks
    where workspace = ${workspace} and ${where} limit ${limit}`.execute(db)
  return rows
}

/** Entries in the history of tasks that stay: those of the period, those that name the site, those of the person. */
async function entries({ db, workspace }: EraseReader, erasure: Erasure): Promise<string[]> {
  if (erasure.by !== 'period' && erasure.by !== 'site' && erasure.by !== 'person') return []
  const where = entriesOf(erasure)
  const { rows } = await sql<{ id: string; payload: string }>`select id, payload from task_events
    where workspace = ${workspace} and ${where}`.execute(db)
  return rows.filter(({ payload }) => erasure.by !== 'site' || namesSite(erasure.site, payload)).map(({ id }) => id)
}

function entriesOf(erasure: Erasure & { by: 'period' | 'site' | 'person' }): RawBuilder<SqlBool> {
  if (erasure.by === 'period') return between('created_at', erasure)
  // A task that was handed to somebody names them in its history.
  if (erasure.by === 'person') return sql<SqlBool>`(person = ${erasure.id} or ${contains('payload', erasure.id)})`
  return contains('payload', erasure.site)
}

/** The same, with those of the tasks that go. */
async function countEntries(from: EraseReader, erasure: Erasure): Promise<number> {
  const tasks = which(erasure)
  if (tasks === null) return (await entries(from, erasure)).length
  const along = sql`task_id in (select id from tasks where workspace = ${from.workspace} and ${tasks})`
  const own = erasure.by === 'period' || erasure.by === 'person' ? sql` or ${entriesOf(erasure)}` : sql``
  return countRows(from, { table: 'task_events', where: sql<SqlBool>`(${along}${own})` })
}

/** Tasks that came from a page of the site. */
async function sourced({ db, workspace }: EraseReader, erasure: Erasure): Promise<string[]> {
  if (erasure.by !== 'site') return []
  const { rows } = await sql<{ id: string; source: string }>`select id, source from tasks
    where workspace = ${workspace} and ${contains('source', erasure.site)}`.execute(db)
  return rows.filter((row) => isOnSite(erasure.site, row.source)).map(({ id }) => id)
}

export const eraser: Eraser = {
  async count(from, erasure) {
    const tasks = (await doomed(from, erasure, 1_000_000)).length
    const task_entries = await countEntries(from, erasure)
    const where = suggestions(erasure)
    const task_suggestions = where === null ? 0 : await countRows(from, { table: 'task_suggestion', where })
    return { tasks, task_entries, task_sources: (await sourced(from, erasure)).length, task_suggestions }
  },
  async some(tx, erasure) {
    const ids = (await doomed(tx, erasure, atOnce)).map(({ id }) => id)
    const counts = await take(tx, ids)
    if (ids.length === atOnce) return { counts, gone: [{ kind: 'task', ids }], cursor: 'more' }
    const where = suggestions(erasure)
    const gone = where === null ? [] : await takeRows(tx, { table: 'task_suggestion', where }, atOnce)
    if (gone.length === atOnce) {
      add(counts, { task_suggestions: gone.length })
      return { counts, gone: [{ kind: 'task', ids }], cursor: 'more' }
    }
    const from = await sourced(tx, erasure)
    if (from.length > 0)
      await sql`update tasks set source = null, version = version + 1
        where workspace = ${tx.workspace} and id in ${among(dialectOf(tx.db), from)}`.execute(tx.db)
    if (erasure.by === 'person')
      await sql`update tasks set assignee = null, version = version + 1
        where workspace = ${tx.workspace} and assignee = ${`person:${erasure.id}`}`.execute(tx.db)
    const left = await entries(tx, erasure)
    if (left.length > 0)
      await sql`delete from task_events
        where workspace = ${tx.workspace} and id in ${among(dialectOf(tx.db), left)}`.execute(tx.db)
    const task_entries = (counts.task_entries ?? 0) + left.length
    return {
      counts: { ...counts, task_entries, task_sources: from.length, task_suggestions: gone.length },
      gone: [{ kind: 'task', ids }],
      cursor: null,
    }
  },
  async release(tx, { kind, ids }) {
    const these = among(dialectOf(tx.db), ids)
    const of = kind === 'thread' ? 'thread_id' : kind === 'task' ? 'task_id' : null
    const where =
      of === null
        ? sql<SqlBool>`source_kind = ${kind} and source_id in ${these}`
        : sql<SqlBool>`${sql.ref(of)} in ${these}`
    const { length } = await takeRows(tx, { table: 'task_suggestion', where }, Number.MAX_SAFE_INTEGER)
    const column = kind === 'thread' ? 'thread_id' : kind === 'task' ? 'parent_id' : null
    const counts: Counts = { task_suggestions: length }
    if (column === null) return { counts }
    const changed = await sql`update tasks set ${sql.ref(column)} = null, version = version + 1
      where workspace = ${tx.workspace} and ${sql.ref(column)} in ${these}`.execute(tx.db)
    return { counts: add(counts, { tasks_detached: Number(changed.numAffectedRows ?? 0) }) }
  },
  async marks(from, erasure) {
    const rows = await doomed(from, erasure, marksOfEach)
    return rows.flatMap(({ title, description }) => [...markOf(title), ...markOf(description)])
  },
}

async function take(tx: EraseTx, ids: readonly string[]): Promise<Record<string, number>> {
  if (ids.length === 0) return none
  const these = among(dialectOf(tx.db), ids)
  const entries = await sql`delete from task_events
    where workspace = ${tx.workspace} and task_id in ${these}`.execute(tx.db)
  await sql`delete from tasks where workspace = ${tx.workspace} and id in ${these}`.execute(tx.db)
  for (const id of ids) tx.event({ type: 'task.removed', subject: id, data: { tasks: 1 } })
  return { tasks: ids.length, task_entries: Number(entries.numAffectedRows ?? 0) }
}
