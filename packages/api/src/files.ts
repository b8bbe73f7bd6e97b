/** Files below registered folders: look at them, read them, find them by name. */
import { operation, operations } from './operation.ts'
import {
  count,
  Id,
  list,
  nullable,
  oneOf,
  optional,
  page,
  paging,
  type Static,
  shape,
  Time,
  Type,
  text,
} from './shapes.ts'

/** `pending` waits for the index; `skipped` is left out on purpose; `failed` could not be read. */
export const FileState = oneOf('indexed', 'pending', 'skipped', 'failed')
export type FileState = Static<typeof FileState>

/** Why a file is skipped or failed. */
export const FileReason = oneOf(
  /** Its content is not text. */
  'binary',
  /** Text of more than two million bytes. */
  'too_large',
  /** Likely holds keys or passwords, by its name. */
  'secret',
  /** Squeezed for machines: very long lines. */
  'minified',
  /** Written by a tool: lock files, source maps. */
  'generated',
  /** A link: what it points to is indexed where it is, if it lies below a root. */
  'link',
  /** A device, a pipe or a socket. */
  'special',
  /** Its name is not UTF-8. */
  'name',
  /** The data of a git repository: its commits are indexed, its files are not. */
  'repository',
  /** Not allowed to read it, or reading failed. */
  'unreadable',
  /** A folder that cannot be opened; what is known of its files stays. */
  'folder_unreadable',
  /** Its path is longer than 4,096 bytes. */
  'too_deep',
)
export type FileReason = Static<typeof FileReason>

export const GitFileState = oneOf('added', 'modified', 'deleted', 'renamed', 'untracked', 'conflicted')
export type GitFileState = Static<typeof GitFileState>

/** Below its root, `/` between folders, no `/` at the start; empty is the root itself. */
export const FilePath = text(4_096)

export const IndexedFile = shape({
  id: Id,
  root: Id,
  path: FilePath,
  size: count,
  modified_at: Time,
  /** Null for what was not read. */
  sha256: nullable(text(64)),
  language: nullable(text(50)),
  state: FileState,
  reason: nullable(FileReason),
  last_indexed_at: nullable(Time),
})
export type IndexedFile = Static<typeof IndexedFile>

export const TreeEntry = shape({
  name: text(1_024, 1),
  path: FilePath,
  kind: oneOf('folder', 'file', 'link', 'other'),
  /** Bytes; null for folders. */
  size: nullable(count),
  modified_at: nullable(Time),
  /** Its name begins with a dot. */
  hidden: Type.Boolean(),
  /** Left out by `.gitignore`, `.cairnignore` or the built-in list. */
  ignored: Type.Boolean(),
  /** False where the name is not UTF-8: it can be seen and not opened. */
  openable: Type.Boolean(),
  /** What the index knows of it; null for folders and what it has not met. */
  state: nullable(FileState),
  reason: nullable(FileReason),
  /** Of a folder: the strongest below it. Null where nothing changed, or no repository is, or git is slow. */
  git: nullable(GitFileState),
})
export type TreeEntry = Static<typeof TreeEntry>

export const FileContent = shape({
  root: Id,
  path: FilePath,
  size: count,
  modified_at: Time,
  /** Of the bytes on disk, for a later save to compare with. Null where more than `text` allows would have to be read. */
  sha256: nullable(text(64)),
  language: nullable(text(50)),
  encoding: nullable(oneOf('utf-8', 'utf-16le', 'utf-16be', 'latin-1')),
  binary: Type.Boolean(),
  /** Null where the file is binary or over five million bytes. */
  text: nullable(Type.String()),
  lines: nullable(count),
})
export type FileContent = Static<typeof FileContent>

export const FoundFile = shape({
  id: Id,
  root: Id,
  path: FilePath,
  name: text(1_024, 1),
  language: nullable(text(50)),
  /** Positions in `path` (UTF-16) that matched, for highlighting. */
  matches: list(count),
  score: Type.Number(),
})
export type FoundFile = Static<typeof FoundFile>

export const files = operations('files', {
  tree: operation({
    method: 'GET',
    path: '/api/files/tree',
    summary: 'List one folder below a root: folders first, then files, by name',
    effect: 'read',
    query: {
      root: Id,
      path: optional(FilePath),
      limit: optional(Type.Integer({ minimum: 1, maximum: 5_000, description: 'default 2000' })),
      cursor: optional(text(4_096)),
    },
    output: shape({
      root: Id,
      path: FilePath,
      items: list(TreeEntry),
      total: count,
      next_cursor: nullable(Type.String()),
    }),
    errors: ['ROOT_NOT_FOUND', 'FILE_NOT_FOUND', 'FILE_NOT_READABLE', 'PATH_NOT_ALLOWED'],
  }),
  content: operation({
    method: 'GET',
    path: '/api/files/content',
    summary: 'Read a text file below a root',
    description: 'Binary files and text over five million bytes answer with what is known of them and no text.',
    effect: 'read',
    query: { root: Id, path: text(4_096, 1) },
    output: FileContent,
    errors: ['ROOT_NOT_FOUND', 'FILE_NOT_FOUND', 'FILE_NOT_READABLE', 'PATH_NOT_ALLOWED'],
  }),
  find: operation({
    method: 'GET',
    path: '/api/files/find',
    summary: 'Find files by parts of their name, best first',
    effect: 'read',
    query: {
      q: text(200, 1),
      root: optional(Id),
      limit: optional(Type.Integer({ minimum: 1, maximum: 100, description: 'default 20' })),
    },
    output: shape({ items: list(FoundFile) }),
  }),
  list: operation({
    method: 'GET',
    path: '/api/roots/{id}/files',
    summary: 'List what became of the files of a root, and why',
    effect: 'read',
    params: { id: Id },
    query: { ...paging, state: optional(FileState), reason: optional(FileReason) },
    output: page(IndexedFile),
    errors: ['ROOT_NOT_FOUND'],
  }),
  get: operation({
    method: 'GET',
    path: '/api/files/{id}',
    summary: 'See what the index knows of one file',
    effect: 'read',
    params: { id: Id },
    output: IndexedFile,
    errors: ['FILE_NOT_FOUND'],
  }),
})
