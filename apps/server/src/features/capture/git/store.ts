/** Rows of repositories and of what happened in them; the only SQL of this feature. */
import type { GitEventType, GitRepositoryState } from '@cairn/api/git'
import type { Db } from '../../../kernel/database/dialect.ts'
import { newestFirst, unindexed } from '../../../kernel/database/pages.ts'
import type { Scope } from '../../../kernel/scope.ts'

export type RepositoryRow = {
  workspace: string
  id: string
  root: string
  /** Below the root; empty is the root itself. */
  path: string
  state: GitRepositoryState
  reason: string | null
  branch: string | null
  /** JSON: `{ [ref]: sha }` as of the last scan. */
  refs: string
  commits: number
  scanned_at: number | null
  created_at: number
}
export type EventRow = {
  workspace: string
  id: string
  repository: string
  root: string
  type: GitEventType
  key: string
  sha: string | null
  ref: string | null
  /** JSON lists. */
  parents: string
  author: string | null
  message: string | null
  files: string
  files_changed: number
  insertions: number | null
  deletions: number | null
  at: number
}
export type EventFilter = { repository?: string; root?: string; type?: GitEventType; from?: number; to?: number }
type Tables = { git_repository: RepositoryRow; git_events: EventRow }
type From = Pick<Scope, 'workspace' | 'db'>

const tables = (db: Db) => db.withTables<Tables>()
const repositories = ({ workspace, db }: From) =>
  tables(db).selectFrom('git_repository').where('workspace', '=', workspace)
const events = ({ workspace, db }: From) => tables(db).selectFrom('git_events').where('workspace', '=', workspace)

export const repositoryById = (from: From, id: string) =>
  repositories(from).selectAll().where('id', '=', id).executeTakeFirst()

export const repositoriesOf = (from: From, root: string) =>
  repositories(from).selectAll().where('root', '=', root).orderBy('path').execute()

/** Repositories by root and path. */
export const repositoryPage = (
  from: From,
  root: string | null,
  after: readonly [string, string] | null,
  limit: number,
) =>
  repositories(from)
    .selectAll()
    .$if(root !== null, (query) => query.where('root', '=', root as string))
    .$if(after !== null, (query) =>
      query.where((eb) => {
        const [of, path] = after as readonly [string, string]
        return eb(eb.refTuple('root', 'path'), '>', eb.tuple(of, path))
      }),
    )
    .orderBy('root')
    .orderBy('path')
    .limit(limit)
    .execute()

export const countRepositories = (from: From) =>
  repositories(from)
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()

export const insertRepository = ({ db }: From, row: RepositoryRow) =>
  tables(db)
    .insertInto('git_repository')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .execute()

export const updateRepository = ({ workspace, db }: From, id: string, changes: Partial<RepositoryRow>) =>
  tables(db)
    .updateTable('git_repository')
    .set(changes)
    .where('workspace', '=', workspace)
    .where('id', '=', id)
    .execute()

/** A repository that stays until this transaction ends; undefined when it was removed. */
export const holdRepository = ({ workspace, db }: From, id: string) =>
  tables(db)
    .updateTable('git_repository')
    .set(({ ref }) => ({ state: ref('state') }))
    .where('workspace', '=', workspace)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst()

export const deleteRepository = ({ workspace, db }: From, id: string) =>
  tables(db).deleteFrom('git_repository').where('workspace', '=', workspace).where('id', '=', id).execute()

/** Which of these keys a repository has already. */
export const knownKeys = (from: From, repository: string, keys: readonly string[]) =>
  events(from).select('key').where('repository', '=', repository).where('key', 'in', keys).execute()

/** Writes events that are not there yet; answers the ids of those that were written. */
export const insertEvents = ({ db }: From, rows: readonly EventRow[]) =>
  tables(db)
    .insertInto('git_events')
    .values(rows)
    .onConflict((conflict) => conflict.columns(['workspace', 'repository', 'key']).doNothing())
    .returning(['id', 'type'])
    .execute()

export const eventsByIds = (from: From, ids: readonly string[]) =>
  events(from).selectAll().where('id', 'in', ids).execute()

/** Ids of commits in a stable order, for a rebuild. */
export const commitIdsAfter = (from: From, after: string, limit: number) =>
  events(from)
    .select('id')
    .where(unindexed<string>('type'), 'in', ['commit', 'merge'])
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .execute()

/** Newest first. */
export const eventPage = (from: From, filter: EventFilter, after: readonly [number, string] | null, limit: number) =>
  newestFirst(
    events(from)
      .selectAll()
      .$if(filter.repository !== undefined, (query) => query.where('repository', '=', filter.repository as string))
      .$if(filter.root !== undefined, (query) => query.where('root', '=', filter.root as string))
      .$if(filter.type !== undefined, (query) => query.where('type', '=', filter.type as GitEventType))
      .$if(filter.from !== undefined, (query) => query.where('at', '>=', filter.from as number))
      .$if(filter.to !== undefined, (query) => query.where('at', '<', filter.to as number)),
    'at',
    { limit, after },
  ).execute()

/** Some events of a repository. */
export const someEvents = (from: From, repository: string, limit: number) =>
  events(from).select(['id', 'type']).where('repository', '=', repository).limit(limit).execute()

export const deleteEvents = ({ workspace, db }: From, ids: readonly string[]) =>
  tables(db).deleteFrom('git_events').where('workspace', '=', workspace).where('id', 'in', ids).execute()
