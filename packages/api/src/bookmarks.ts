/** Bookmarks: addresses that a person keeps, in folders, in an order of their own. */
import { operation, operations } from './operation.ts'
import {
  Accepted,
  count,
  Id,
  list,
  nullable,
  oneOf,
  optional,
  page,
  paging,
  removedOrGoing,
  type Static,
  shape,
  Time,
  Type,
  text,
} from './shapes.ts'

/** Any address with a scheme. Only http and https are ever made a link; what else there is stays text. */
const Address = text(16_384, 1)
/** In lower case; more than one word is fine, as `slow food`. */
export const BookmarkTag = Type.String({
  pattern: '^(?!\\s)[^,"\\\\\\u0000-\\u001f\\u007f]{1,50}(?<!\\s)$',
  maxLength: 50,
})
const Tags = list(BookmarkTag, { maxItems: 50 })
/** `top` is outside of every folder. */
const InFolder = Type.String({
  pattern: '^(top|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$',
  description: 'UUID of a folder, or `top`',
})
/** Largest file of bookmarks in bytes, and how many entries one may hold. */
export const bookmarkFile = { bytes: 67_108_864, entries: 100_000 } as const
/** Folders hang at most this deep. */
export const deepestFolder = 32

export const Bookmark = shape({
  id: Id,
  /** Null: outside of every folder. */
  folder_id: nullable(Id),
  url: Type.String({ description: 'secrets in it are masked' }),
  /** Empty where nobody gave one. */
  title: Type.String(),
  tags: list(Type.String()),
  /** Host without `www.`; null for what is no web page. */
  site: nullable(Type.String()),
  /** Sorts its folder, smallest first, compared by code units. */
  position: Type.String(),
  /** Its ETag is this number in quotes; send it as `If-Match` to change only what you have seen. */
  version: Type.Integer({ minimum: 1 }),
  created_at: Time,
  updated_at: Time,
})
export type Bookmark = Static<typeof Bookmark>

const folder = {
  id: Id,
  /** Null: at the top. */
  parent_id: nullable(Id),
  title: Type.String(),
  position: Type.String(),
  version: Type.Integer({ minimum: 1 }),
  created_at: Time,
  updated_at: Time,
}
export const BookmarkFolder = shape(folder)
export type BookmarkFolder = Static<typeof BookmarkFolder>

export const FolderInTree = shape({
  id: Id,
  parent_id: nullable(Id),
  title: Type.String(),
  /** 1 at the top. */
  depth: Type.Integer({ minimum: 1 }),
  version: Type.Integer({ minimum: 1 }),
  /** Right in it, without those in folders below. */
  bookmarks: count,
})
export type FolderInTree = Static<typeof FolderInTree>

/** What the job `bookmarks.import` ends with. */
export const BookmarksImported = shape({
  /** Bookmarks in the file; the sum of created, known and skipped. */
  read: count,
  created: count,
  /** Were there already, in that folder. */
  known: count,
  /** Reason → bookmarks: `address` (none at all), `too_long`. */
  skipped: Type.Record(Type.String(), count),
  /** Folders that were made. */
  folders: count,
  /** Folders that hung too deep: what was in them went into the deepest one that there can be. */
  flattened: count,
})
export type BookmarksImported = Static<typeof BookmarksImported>

const spot = { before: optional(Id), after: optional(Id), to: optional(oneOf('top', 'bottom')) }

export const bookmarks = operations('bookmarks', {
  list: operation({
    method: 'GET',
    path: '/api/browser/bookmarks',
    summary: 'List bookmarks',
    description: 'With `folder_id` those right in a folder, in its order; else all of them, newest first.',
    effect: 'read',
    query: {
      ...paging,
      folder_id: optional(InFolder),
      /** Every word has to be in title, address or tags, letter case aside. */
      q: optional(text(500)),
      tag: optional(BookmarkTag),
      /** Exactly this address. */
      url: optional(Address),
    },
    output: page(Bookmark),
    errors: ['BOOKMARK_FOLDER_NOT_FOUND'],
  }),
  create: operation({
    method: 'POST',
    path: '/api/browser/bookmarks',
    summary: 'Keep an address; it comes last in its folder',
    description:
      'With an id of your own the call can be repeated: same id and content returns the row, other content is 409.',
    effect: 'write',
    body: {
      id: optional(Id),
      folder_id: optional(nullable(Id)),
      url: Address,
      /** The first 1,000 characters are kept, in one line. */
      title: optional(text(10_000)),
      tags: optional(Tags),
    },
    output: Bookmark,
    status: 201,
    errors: ['BOOKMARK_FOLDER_NOT_FOUND', 'CONFLICT', 'WORKSPACE_NOT_PERSONAL'],
  }),
  tags: operation({
    method: 'GET',
    path: '/api/browser/bookmark-tags',
    summary: 'List tags of bookmarks, most used first',
    effect: 'read',
    query: { limit: optional(Type.Integer({ minimum: 1, maximum: 1_000, description: 'default 100' })) },
    output: shape({ items: list(shape({ tag: Type.String(), bookmarks: count })) }),
  }),
  get: operation({
    method: 'GET',
    path: '/api/browser/bookmarks/{id}',
    summary: 'Read one bookmark',
    effect: 'read',
    params: { id: Id },
    output: Bookmark,
    errors: ['BOOKMARK_NOT_FOUND'],
  }),
  update: operation({
    method: 'PATCH',
    path: '/api/browser/bookmarks/{id}',
    summary: 'Change a bookmark; in another folder it comes last',
    description:
      "With `If-Match` (the bookmark's version in quotes) it is changed only when nobody else did meanwhile.",
    effect: 'write',
    params: { id: Id },
    body: {
      folder_id: optional(nullable(Id)),
      url: optional(Address),
      title: optional(text(10_000)),
      tags: optional(Tags),
    },
    output: Bookmark,
    errors: ['BOOKMARK_FOLDER_NOT_FOUND', 'BOOKMARK_NOT_FOUND', 'PRECONDITION_FAILED'],
  }),
  move: operation({
    method: 'POST',
    path: '/api/browser/bookmarks/{id}/move',
    summary: 'Move a bookmark within its folder, or into another one',
    description: 'Right before or right after another bookmark there, or to the top or bottom (the default).',
    effect: 'write',
    params: { id: Id },
    /** Null is outside of every folder; where it stands unless said. */
    body: { folder_id: optional(nullable(Id)), ...spot },
    output: Bookmark,
    errors: ['BOOKMARK_FOLDER_NOT_FOUND', 'BOOKMARK_NOT_FOUND'],
  }),
  remove: operation({
    method: 'DELETE',
    path: '/api/browser/bookmarks/{id}',
    summary: 'Remove one bookmark',
    effect: 'write',
    params: { id: Id },
    output: shape({ removed: shape({ bookmarks: count }) }),
    errors: ['BOOKMARK_NOT_FOUND', 'PRECONDITION_FAILED'],
  }),
  listFolders: operation({
    method: 'GET',
    path: '/api/browser/bookmark-folders',
    summary: 'List the folders right in another one, or at the top, in their order',
    effect: 'read',
    query: { ...paging, parent_id: optional(InFolder) },
    output: page(BookmarkFolder),
    errors: ['BOOKMARK_FOLDER_NOT_FOUND'],
  }),
  tree: operation({
    method: 'GET',
    path: '/api/browser/bookmark-folders/tree',
    summary: 'Read all folders at once, each right behind the one that it hangs in',
    effect: 'read',
    output: shape({
      /** At most 10,000. */
      items: list(FolderInTree),
      total: shape({ folders: count, bookmarks: count }),
      /** Bookmarks outside of every folder. */
      top: count,
    }),
  }),
  createFolder: operation({
    method: 'POST',
    path: '/api/browser/bookmark-folders',
    summary: 'Make a folder; it comes last among its neighbours',
    effect: 'write',
    body: { id: optional(Id), parent_id: optional(nullable(Id)), title: text(1_000, 1) },
    output: BookmarkFolder,
    status: 201,
    errors: ['BOOKMARK_FOLDER_NOT_FOUND', 'CONFLICT', 'WORKSPACE_NOT_PERSONAL'],
  }),
  getFolder: operation({
    method: 'GET',
    path: '/api/browser/bookmark-folders/{id}',
    summary: 'Read one folder, and the folders that it hangs in',
    effect: 'read',
    params: { id: Id },
    /** `path`: from the top down, without the folder itself. */
    output: shape({ ...folder, path: list(shape({ id: Id, title: Type.String() })) }),
    errors: ['BOOKMARK_FOLDER_NOT_FOUND'],
  }),
  updateFolder: operation({
    method: 'PATCH',
    path: '/api/browser/bookmark-folders/{id}',
    summary: 'Give a folder another title',
    description: "With `If-Match` (the folder's version in quotes) it is changed only when nobody else did meanwhile.",
    effect: 'write',
    params: { id: Id },
    body: { title: text(1_000, 1) },
    output: BookmarkFolder,
    errors: ['BOOKMARK_FOLDER_NOT_FOUND', 'PRECONDITION_FAILED'],
  }),
  moveFolder: operation({
    method: 'POST',
    path: '/api/browser/bookmark-folders/{id}/move',
    summary: 'Move a folder with all that is in it',
    description:
      'Right before or right after another folder there, or to the top or bottom (the default). Never into itself.',
    effect: 'write',
    params: { id: Id },
    /** Null is the top; where it hangs unless said. */
    body: { parent_id: optional(nullable(Id)), ...spot },
    output: BookmarkFolder,
    errors: ['BOOKMARK_FOLDER_NOT_FOUND'],
  }),
  removeFolder: operation({
    method: 'DELETE',
    path: '/api/browser/bookmark-folders/{id}',
    summary: 'Remove a folder with all that is in it',
    effect: 'write',
    params: { id: Id },
    output: removedOrGoing(shape({ folders: count, bookmarks: count })),
    errors: ['BOOKMARK_FOLDER_NOT_FOUND', 'JOB_FAILED'],
  }),
  import: operation({
    method: 'POST',
    path: '/api/import/bookmarks',
    summary: 'Bring in a file of bookmarks, as every browser exports it',
    description:
      'Takes one Netscape bookmarks file (HTML, up to 64 MiB and 100,000 entries) as a part of `multipart/form-data`. Its folders are joined with those of the same name; bookmarks that are there already stay as they are, so that a file can be brought in again and again.',
    effect: 'write',
    input: 'upload',
    query: { folder_id: optional(InFolder) },
    output: Accepted,
    status: 202,
    idempotent: true,
    maxBytes: bookmarkFile.bytes,
    errors: ['BODY_TOO_LARGE', 'BOOKMARK_FOLDER_NOT_FOUND', 'BOOKMARKS_NOT_READABLE', 'WORKSPACE_NOT_PERSONAL'],
  }),
  export: operation({
    method: 'GET',
    path: '/api/export/bookmarks',
    summary: 'All bookmarks, or those of a folder, as a file that every browser takes',
    effect: 'read',
    query: { folder_id: optional(InFolder) },
    reply: ['bytes'],
    output: Type.String({ description: 'Netscape bookmarks file (HTML)' }),
    errors: ['BOOKMARK_FOLDER_NOT_FOUND'],
  }),
})
