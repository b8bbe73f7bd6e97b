/** What people and agents ask of files. */
import { fail } from '@cairn/api/errors'
import type {
  FileContent,
  FileReason,
  FileState,
  FoundFile,
  GitFileState,
  IndexedFile,
  TreeEntry,
} from '@cairn/api/files'
import { iso, isoOrNull } from '../../../kernel/clock.ts'
import { decodeCursor, encodeCursor, pageSize, toPage } from '../../../kernel/paging.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { RootRow, Roots } from '../../ground/roots/index.ts'
import { type Find, type FoundRow, module } from './bulk.ts'
import type { Ask } from './disk.ts'
import { reasonByName } from './kinds.ts'
import type { LevelEntry } from './level.ts'
import { splitPath } from './order.ts'
import { type Bounds, cleanPath } from './paths.ts'
import * as store from './store.ts'

type Reader = Pick<Scope, 'workspace' | 'db'>
/** What git says of the names in a folder (empty, or ending in `/`); names that did not change are left out. */
export type Annotate = (
  scope: Reader,
  root: RootRow,
  folder: string,
  names: readonly string[],
) => Promise<ReadonlyMap<string, GitFileState>>
export type FileParts = { ask: Ask; roots: Pick<Roots, 'row' | 'all'>; boundsOf(root: RootRow): Bounds }

const levelSize = 2_000
const namesAtOnce = 500

export function makeFileService({ ask, roots, boundsOf }: FileParts) {
  let annotate: Annotate = async () => new Map()

  /** One folder. Codes of the door, ROOT_NOT_FOUND. */
  async function tree(scope: Reader, input: { root: string; path?: string; limit?: number; cursor?: string }) {
    const root = await roots.row(scope, input.root)
    const limit = input.limit ?? levelSize
    const [after] = decodeCursor(input.cursor, [''] as [string]) ?? [null]
    const level = await ask('level', { bounds: boundsOf(root), path: input.path ?? '', after, limit })
    const names = level.entries.map((entry) => entry.name)
    const [rows, states] = await Promise.all([
      rowsOf(scope, root.id, level.folder, names),
      annotate(scope, root, level.folder, names),
    ])
    const last = level.entries.at(-1)
    return {
      root: root.id,
      path: level.folder.slice(0, -1),
      items: level.entries.map((entry) => toEntry(level.folder, entry, rows.get(entry.name), states.get(entry.name))),
      total: level.total,
      next_cursor: level.more && last ? encodeCursor([`${last.kind === 'folder' ? 0 : 1}${last.name}`]) : null,
    }
  }

  /** Rows of a folder by name, with their state as people see it. */
  async function rowsOf(scope: Reader, root: string, folder: string, names: readonly string[]) {
    const rows = new Map<string, { state: FileState; reason: FileReason | null }>()
    for (let at = 0; at < names.length; at += namesAtOnce) {
      const found = await store.filesByNames(scope, root, folder, names.slice(at, at + namesAtOnce))
      const pending = await waiting(scope, found)
      for (const row of found) rows.set(row.name, { state: stateOf(row, pending), reason: row.reason })
    }
    return rows
  }

  async function waiting(scope: Reader, rows: readonly store.FileRow[]): Promise<Set<string>> {
    const ids = rows.filter((row) => row.state === 'indexed').map((row) => row.id)
    return new Set(ids.length > 0 ? (await store.waiting(scope, ids)).map(({ id }) => id) : [])
  }

  /** A file's text. Agents get no file that holds secrets by its name, and no secrets out of others. */
  async function content(scope: Scope, input: { root: string; path: string }): Promise<FileContent> {
    const root = await roots.row(scope, input.root)
    const path = cleanPath(input.path)
    const agent = scope.principal.kind === 'agent'
    if (agent && reasonByName(splitPath(path).name) === 'secret') throw fail('PATH_NOT_ALLOWED')
    const { mtime, ...rest } = await ask('content', { bounds: boundsOf(root), path, mask: agent })
    return { root: root.id, ...rest, modified_at: iso(mtime) }
  }

  /** Files by parts of their names, best first. */
  async function find(scope: Scope, input: { q: string; root?: string; limit?: number }) {
    const within = input.root ? [await roots.row(scope, input.root)] : await roots.all(scope)
    const wanted: Find = { q: input.q, roots: within.map((root) => root.id), limit: input.limit ?? 20 }
    if (wanted.q.trim() === '' || wanted.roots.length === 0) return { items: [] }
    const rows = await scope.apart.read<FoundRow[]>(module, 'findFiles', wanted)
    return { items: rows.map(toFound) }
  }

  /** What became of the files of a root, by path. */
  async function list(
    scope: Reader,
    input: { id: string; state?: FileState; reason?: FileReason; limit?: number; cursor?: string },
  ) {
    const root = await roots.row(scope, input.id)
    const limit = pageSize(input.limit)
    const after = decodeCursor(input.cursor, ['', ''] as [string, string])
    const rows = await store.filePage(scope, root.id, filterOf(input.state, input.reason), after, limit + 1)
    const pending = await waiting(scope, rows)
    return toPage(
      rows,
      limit,
      (row) => [row.folder, row.name],
      (row) => toFile(row, pending),
    )
  }

  /** What the index knows of one file; FILE_NOT_FOUND. */
  async function get(scope: Reader, id: string): Promise<IndexedFile> {
    const row = await store.fileById(scope, id)
    if (!row) throw fail('FILE_NOT_FOUND')
    return toFile(row, await waiting(scope, [row]))
  }

  return {
    tree,
    content,
    find,
    list,
    get,
    byIds: store.filesByIds,
    /** Folders (empty, or ending in `/`) of a root that hold a git repository. */
    repositories: async (scope: Reader, root: string) =>
      (await store.repositoryFolders(scope, root)).map(({ folder }) => folder),
    /** The real path behind a path below a root; codes of the door. */
    locate: (root: RootRow, path: string) => ask('locate', { bounds: boundsOf(root), path }),
    /** Lets git say what it knows of the entries of a tree. */
    annotateWith(reader: Annotate) {
      annotate = reader
    },
  }
}

const filterOf = (state: FileState | undefined, reason: FileReason | undefined): store.Filter => ({
  ...(reason && { reason }),
  ...(state === 'pending' ? { state: 'indexed', pending: true } : {}),
  ...(state === 'indexed' ? { state, pending: false } : {}),
  ...(state === 'skipped' || state === 'failed' ? { state } : {}),
})

const stateOf = (row: store.FileRow, pending: ReadonlySet<string>): FileState =>
  row.state === 'indexed' && pending.has(row.id) ? 'pending' : row.state

const toFile = (row: store.FileRow, pending: ReadonlySet<string>): IndexedFile => ({
  id: row.id,
  root: row.root,
  path: row.folder + row.name,
  size: row.size,
  modified_at: iso(row.mtime),
  sha256: row.sha256,
  language: row.language,
  state: stateOf(row, pending),
  reason: row.reason,
  last_indexed_at: isoOrNull(row.last_indexed),
})

const toFound = (row: FoundRow): FoundFile => ({
  id: row.id,
  root: row.root,
  path: row.folder + row.name,
  name: row.name,
  language: row.language,
  matches: row.matches,
  score: row.score,
})

const toEntry = (
  folder: string,
  { mtime, ...entry }: LevelEntry,
  known: { state: FileState; reason: FileReason | null } | undefined,
  git: GitFileState | undefined,
): TreeEntry => ({
  ...entry,
  path: folder + entry.name,
  modified_at: isoOrNull(mtime),
  state: known?.state ?? null,
  reason: known?.reason ?? null,
  git: git ?? null,
})
