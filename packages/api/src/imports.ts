/** Imports: what other programs know of the person, brought in once and again. */
import { operation, operations } from './operation.ts'
import { Accepted, count, list, nullable, oneOf, optional, type Static, shape, Time, Type, text } from './shapes.ts'

const browsers = ['chrome', 'edge', 'brave', 'chromium', 'firefox'] as const
export const BrowserName = oneOf(...browsers)
export type BrowserName = Static<typeof BrowserName>
export const HistorySource = oneOf(...browsers, 'jsonl')
export type HistorySource = Static<typeof HistorySource>

export const Profile = shape({
  source: HistorySource,
  /** As the browser shows it. */
  name: Type.String(),
  /** Folder of the profile. */
  path: Type.String(),
  /** Size of its history. */
  bytes: count,
  changed_at: Time,
})
export type Profile = Static<typeof Profile>

/** What the job `imports.history` ends with. */
export const HistoryImported = shape({
  source: HistorySource,
  path: Type.String(),
  /** Rows that were read; the sum of the other three. */
  read: count,
  created: count,
  duplicates: count,
  /** Reason → rows: `subframe`, `redirect`, `scheme`, `address`, `time`, `too_long`, `not_json`. */
  skipped: Type.Record(Type.String(), count),
  /** Times of the oldest and the newest visit that was not skipped. */
  from: nullable(Time),
  to: nullable(Time),
})
export type HistoryImported = Static<typeof HistoryImported>

/** Largest export file that is taken. */
export const maxChatsBytes = 1_073_741_824

/** What the job `imports.chats` ends with. */
export const ChatsImported = shape({
  /** Conversations in the file. */
  conversations: count,
  /** Threads that are new. */
  threads: count,
  /** Messages that are new. */
  messages: count,
  /** Messages that were there already. */
  duplicates: count,
  /** Reason → how many were left out: `hidden`, `empty` (messages), `unknown`, `too_long` (conversations). */
  skipped: Type.Record(Type.String(), count),
  /** Messages that were longer than 5 MB, of which the beginning is kept. */
  cut: count,
})
export type ChatsImported = Static<typeof ChatsImported>

export const imports = operations('imports', {
  history: operation({
    method: 'POST',
    path: '/api/import/history',
    summary: "Bring in a browser's history",
    description:
      'Reads a copy of the database that the browser keeps, also while the browser runs. Without a path the only profile of that browser on this machine is taken. Running it again adds what is new. `jsonl` takes a file with one visit a line ({url, title, visited_at}) or a Takeout file.',
    effect: 'write',
    role: 'owner',
    callers: ['people'],
    body: {
      source: HistorySource,
      /** Database file or folder of the profile, on the machine that Cairn runs on. */
      path: optional(text(4_096, 1)),
    },
    output: Accepted,
    status: 202,
    idempotent: true,
    errors: ['CALLER_NOT_ALLOWED', 'PROFILE_NOT_READABLE', 'WORKSPACE_NOT_PERSONAL'],
  }),
  bookmarks: operation({
    method: 'POST',
    path: '/api/import/profile-bookmarks',
    summary: "Bring in the bookmarks of a browser's profile",
    description:
      'Reads the file that the browser keeps, also while the browser runs. Without a path the only profile of that browser on this machine is taken. Folders are joined with those of the same name; running it again adds what is new. The job ends as `bookmarks.import` does.',
    effect: 'write',
    role: 'owner',
    callers: ['people'],
    body: {
      source: BrowserName,
      /** The browser's file (`Bookmarks`, `places.sqlite`) or folder of the profile, on the machine that Cairn runs on. */
      path: optional(text(4_096, 1)),
    },
    output: Accepted,
    status: 202,
    idempotent: true,
    errors: ['CALLER_NOT_ALLOWED', 'PROFILE_NOT_READABLE', 'WORKSPACE_NOT_PERSONAL'],
  }),
  chats: operation({
    method: 'POST',
    path: '/api/import/chats',
    summary: 'Bring in conversations with ChatGPT or Claude',
    description:
      'Takes the `conversations.json` of an export, as multipart field `file`. Branches are kept; running it again adds what is new.',
    effect: 'write',
    input: 'upload',
    output: Accepted,
    status: 202,
    idempotent: true,
    maxBytes: maxChatsBytes,
    errors: ['CHATS_NOT_READABLE'],
  }),
  profiles: operation({
    method: 'GET',
    path: '/api/import/profiles',
    summary: 'List the browser profiles on this machine',
    effect: 'read',
    role: 'owner',
    callers: ['people'],
    output: shape({ items: list(Profile) }),
  }),
})
