/** Rows of files; the only SQL of this feature. Reads the index's tables to tell what still waits for it. */
import type { FileReason, FileState } from '@cairn/api/files'
import { sql } from 'kysely'
import type { Db } from '../../../kernel/database/dialect.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { Range } from './walk.ts'

export type FileRow = {
  workspace: string
  id: string
  root: string
  /** Empty, or ending in `/`. */
  folder: string
  name: string
  size: number
  mtime: number
  stamp: string
  sha256: string | null
  language: string | null
  /** `pending` is never stored: it is `indexed` while the index still has it on its list. */
  state: Exclude<FileState, 'pending'>
  reason: FileReason | null
  last_indexed: number | null
}
export type Place = Pick<FileRow, 'folder' | 'name'>
export type Known = Pick<FileRow, 'id' | 'folder' | 'name' | 'size' | 'stamp' | 'sha256' | 'state' | 'reason'>

type Tables = {
  file_index: FileRow
  passage_pending: { workspace: string; kind: string; id: string }
  passage_source: { workspace: string; kind: string; id: string; passages: number }
}
type From = Pick<Scope, 'workspace' | 'db'>

const tables = (db: Db) => db.withTables<Tables>()
const select = ({ workspace, db }: From) => tables(db).selectFrom('file_index').where('workspace', '=', workspace)
const ofRoot = (from: From, root: string) => select(from).where('root', '=', root)

/** Rows of a folder, or of everything below it, in the order of a walk. */
export const knownAfter = (from: From, root: string, range: Range, after: Place | null, limit: number) =>
  ofRoot(from, root)
    .select(['id', 'folder', 'name', 'size', 'stamp', 'sha256', 'state', 'reason'])
    .$if(!range.deep, (query) => query.where('folder', '=', range.folder))
    // `0` is what comes after `/`: everything that begins with the folder lies between.
    .$if(range.deep && range.folder !== '', (query) =>
      query.where('folder', '>=', range.folder).where('folder', '<', `${range.folder.slice(0, -1)}0`),
    )
    .$if(after !== null, (query) =>
      query.where((eb) => {
        const { folder, name } = after as Place
        return eb(eb.refTuple('folder', 'name'), '>', eb.tuple(folder, name))
      }),
    )
    .orderBy('folder')
    .orderBy('name')
    .limit(limit)
    .execute()

export const fileById = (from: From, id: string) => select(from).selectAll().where('id', '=', id).executeTakeFirst()

export const filesByIds = (from: From, ids: readonly string[]) =>
  select(from).selectAll().where('id', 'in', ids).execute()

export const filesByNames = (from: From, root: string, folder: string, names: readonly string[]) =>
  ofRoot(from, root).selectAll().where('folder', '=', folder).where('name', 'in', names).execute()

export const filesByContent = (from: From, root: string, hashes: readonly string[]) =>
  ofRoot(from, root).select(['id', 'folder', 'name', 'sha256']).where('sha256', 'in', hashes).limit(2_000).execute()

export const anyFile = (from: From, root: string) => ofRoot(from, root).select('id').limit(1).executeTakeFirst()

/** Folders that hold a git repository. */
export const repositoryFolders = (from: From, root: string) =>
  ofRoot(from, root).select('folder').where('reason', '=', 'repository').orderBy('folder').limit(1_000).execute()

export type Filter = { state?: FileRow['state']; reason?: FileReason; pending?: boolean }

/** Files of a root by path. */
export const filePage = (
  from: From,
  root: string,
  filter: Filter,
  after: readonly [string, string] | null,
  limit: number,
) =>
  ofRoot(from, root)
    .selectAll()
    .$if(filter.state !== undefined, (query) => query.where('state', '=', filter.state as FileRow['state']))
    .$if(filter.reason !== undefined, (query) => query.where('reason', '=', filter.reason as FileReason))
    .$if(filter.pending !== undefined, (query) =>
      query.where((eb) => {
        const waits = eb.exists(
          eb
            .selectFrom('passage_pending')
            .select('passage_pending.id')
            .where('passage_pending.workspace', '=', from.workspace)
            .where('passage_pending.kind', '=', 'file')
            .whereRef('passage_pending.id', '=', 'file_index.id'),
        )
        return filter.pending ? waits : eb.not(waits)
      }),
    )
    .$if(after !== null, (query) =>
      query.where((eb) => {
        const [folder, name] = after as readonly [string, string]
        return eb(eb.refTuple('folder', 'name'), '>', eb.tuple(folder, name))
      }),
    )
    .orderBy('folder')
    .orderBy('name')
    .limit(limit)
    .execute()

/** Which of these files the index still has on its list. */
export const waiting = ({ workspace, db }: From, ids: readonly string[]) =>
  tables(db)
    .selectFrom('passage_pending')
    .select('id')
    .where('workspace', '=', workspace)
    .where('kind', '=', 'file')
    .where('id', 'in', ids)
    .execute()

/** Ids of indexed files in a stable order, for a rebuild. */
export const indexedIdsAfter = (from: From, after: string, limit: number) =>
  select(from).select('id').where('state', '=', 'indexed').where('id', '>', after).orderBy('id').limit(limit).execute()

/** Files and bytes of a root by state. */
export const countsOf = (from: From, root: string) =>
  ofRoot(from, root)
    .select((eb) => ['state', eb.fn.countAll<number>().as('files'), eb.fn.sum<number>('size').as('bytes')])
    .groupBy('state')
    .execute()

/**
 * How many files of a root wait for the index. Each is looked up by its key in a query of its own: joined, PostgreSQL may
 * compare all with all while a table is too new to have statistics.
 */
export const pendingOf = ({ workspace, db }: From, root: string) =>
  tables(db)
    .selectFrom('passage_pending')
    .select((eb) => eb.fn.countAll<number>().as('files'))
    .where('workspace', '=', workspace)
    .where('kind', '=', 'file')
    .where(
      (eb) =>
        eb
          .selectFrom('file_index')
          .select((of) => of.case().when('state', '=', 'indexed').then(of.ref('root')).end().as('root'))
          .whereRef('file_index.workspace', '=', 'passage_pending.workspace')
          .whereRef('file_index.id', '=', 'passage_pending.id'),
      '=',
      root,
    )
    .executeTakeFirstOrThrow()

/** How many passages the files of a root have, looked up as in `pendingOf`. */
export const passagesOf = (from: From, root: string) =>
  ofRoot(from, root)
    .select((eb) =>
      eb.fn
        .sum<number | null>(
          eb
            .selectFrom('passage_source')
            .select('passages')
            .whereRef('passage_source.workspace', '=', 'file_index.workspace')
            .where('passage_source.kind', '=', 'file')
            .whereRef('passage_source.id', '=', 'file_index.id'),
        )
        .as('passages'),
    )
    .executeTakeFirstOrThrow()

/** Paths that hold the letters of `pattern` (for LIKE, lower case) in their order; not in a certain order themselves. */
export const namesLike = (from: From, roots: readonly string[], pattern: string, limit: number) =>
  select(from)
    .select(['id', 'root', 'folder', 'name', 'language'])
    .where('root', 'in', roots)
    .where('name', '!=', '')
    .where(sql<boolean>`lower(folder || name) like ${pattern} escape '\\'`)
    .where((eb) =>
      eb.or([eb('reason', 'is', null), eb('reason', 'not in', ['repository', 'name', 'special', 'too_deep'])]),
    )
    .limit(limit)
    .execute()

/** Writes rows under their path; a row that is there keeps its id. Answers ids and paths. */
export const saveRows = ({ db }: From, rows: readonly FileRow[]) =>
  tables(db)
    .insertInto('file_index')
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns(['workspace', 'root', 'folder', 'name']).doUpdateSet((eb) => ({
        size: eb.ref('excluded.size'),
        mtime: eb.ref('excluded.mtime'),
        stamp: eb.ref('excluded.stamp'),
        sha256: eb.ref('excluded.sha256'),
        language: eb.ref('excluded.language'),
        state: eb.ref('excluded.state'),
        reason: eb.ref('excluded.reason'),
        last_indexed: eb.ref('excluded.last_indexed'),
      })),
    )
    .returning(['id', 'folder', 'name'])
    .execute()

/** Gives a row another path; false when that path is taken or the row has gone. */
export async function moveRow({ workspace, db }: From, id: string, row: FileRow): Promise<boolean> {
  const { folder, name, size, mtime, stamp, sha256, language, state, reason, last_indexed } = row
  const done = await tables(db)
    .updateTable('file_index')
    .set({ folder, name, size, mtime, stamp, sha256, language, state, reason, last_indexed })
    .where('workspace', '=', workspace)
    .where('id', '=', id)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('file_index as other')
            .select('other.id')
            .where('other.workspace', '=', workspace)
            .where('other.root', '=', row.root)
            .where('other.folder', '=', folder)
            .where('other.name', '=', name),
        ),
      ),
    )
    .executeTakeFirst()
  return Number(done.numUpdatedRows) === 1
}

/** Removes a row if it still stands under this path. */
export async function deleteRow({ workspace, db }: From, known: Pick<FileRow, 'id'> & Place): Promise<boolean> {
  const done = await tables(db)
    .deleteFrom('file_index')
    .where('workspace', '=', workspace)
    .where('id', '=', known.id)
    .where('folder', '=', known.folder)
    .where('name', '=', known.name)
    .executeTakeFirst()
  return Number(done.numDeletedRows) === 1
}

/** Some ids of a root's files. */
export const someIds = (from: From, root: string, limit: number) =>
  ofRoot(from, root).select(['id', 'state']).limit(limit).execute()

export const deleteRows = ({ workspace, db }: From, ids: readonly string[]) =>
  tables(db).deleteFrom('file_index').where('workspace', '=', workspace).where('id', 'in', ids).execute()
