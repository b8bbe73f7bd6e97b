/**
 * How rows travel: out of a workspace as lines of JSON, page by page, and into another one. A feature says what its rows
 * look like on the way; how they are read, compared and written is done here for all of them.
 */
import type { Readable } from 'node:stream'
import type { TSchema } from 'typebox'
import type { Scope } from '../scope.ts'
import { type Column, lineOf } from './line.ts'

/** A row that has to be there before: `refuse` leaves the row out that lacks it, `null` only lets go of it. */
export type Need = { column: string; table: string; component: string; otherwise: 'refuse' | 'null' }
/** An export of a module that runs beside the database. */
export type Hook = { module: string; name: string }

/** Rows of one table, as plain data: it crosses to worker threads. */
export type PortableTable = {
  component: string
  table: string
  /** Besides the workspace. */
  key: readonly string[]
  /** The order that rows travel in, where it is another than that of their keys: one and only one row for each. */
  order?: readonly string[]
  columns: Record<string, Omit<Column, 'schema'>>
  /** Columns that stay at home, and what they are where a row comes in. */
  constants?: Record<string, string | number | null>
  /** The column that says when a row last changed, or was made; null where nothing does, and every row travels always. */
  time: string | null
  /** Of two rows with one key the one that changed later stands; without it the one that is there does. */
  newest: boolean
  /** A row whose place another one has taken says what that one says: it is left out, and nothing is wrong with it. */
  twin?: true
  /** Columns that stay as they are in a row that is there, and are not compared. */
  stays?: readonly string[]
  needs?: readonly Need[]
  /** `(row, { workspace, person }) => row | string`: what the feature makes of a row that comes in, or why it does not. */
  amend?: Hook
  /** `(from, rows) => Map`: rows that are here already under another id, and under which. */
  identify?: Hook
  /** `(tx, Sorted)`: what the feature does before rows are written; may change them, or take some out with a fault. */
  before?: Hook
  /** `(tx, Sorted)`: what it does after. */
  after?: Hook
  /** The kind of passages that these rows are the sources of. */
  reindex?: string
  /** Told once for every batch in which something came in. */
  event: string
}

export type Portable = {
  /** Its name in a bundle, and of its file there: `threads` is `threads.ndjson`. */
  component: string
  /** What a line looks like; checked for every line before the first one is written. */
  line: TSchema
  table: PortableTable
  /** Exports `readLines`, `sortLines` and `writeLines`, as `table.ts` does for whatever one table can hold. */
  module: string
  /** Its lines are taken down while they are checked, and come in from there in the order that is best for the database. */
  gather?: Gathering
  /** Brings lines in on the core's loop, where files have to be looked at; instead of the module's `writeLines`. */
  bring?(scope: Scope, given: WriteLines, files: TravellingFiles): Promise<Written>
  /** Each line names a file, by its SHA-256 in `sha256`, that travels along once: at most `most` bytes long. */
  files?: { most: number; read(scope: Scope, sha256: string): Promise<Readable | null> }
  /** Comes into a personal workspace only. */
  personal?: true
  /** Comes in only where somebody names it: it widens what may be read, run or asked. */
  named?: true
  /** Once, after all of its lines came in; may be repeated. */
  finish?(scope: Scope, told: (done: number, total: number) => void): Promise<void>
}

/**
 * Lines of JSON in UTF-8 that nobody looked at yet, behind how many others, and what each has to look like, as plain data;
 * bytes, since text would fill the heaps of three threads.
 */
export type TakenLines = { bytes: Uint8Array; before: number; schema: TSchema }
export type Gathering = {
  /**
   * Takes lines down in `file`, two calls at once. Nothing of them comes in yet. Answers the number of the first line that
   * is none, from 1 on, or null.
   */
  take(scope: Scope, file: string, given: WriteLines, lines: TakenLines): Promise<number | null>
  /**
   * Brings in what was taken down, behind the first `done` lines. `write` hands `prepared` to `writeLines` in one transaction
   * with the note of how far it is; it answers false where that answered null, and nothing was written.
   */
  bring(
    scope: Scope,
    file: string,
    done: number,
    write: (prepared: unknown, lines: number) => Promise<boolean>,
    told: (phase: string, done: number, total: number) => void,
  ): Promise<void>
}

/** Files that came with the lines. */
export type TravellingFiles = { open(sha256: string): Promise<Readable> }

/** What became of lines. `skipped`: there already, or an older state of what is there. */
export type Tally = { created: number; updated: number; skipped: number; failed: number }
export type Fault = { id: string; reason: string }
export type Written = Tally & { faults: Fault[] }

export type Page = { text: string; rows: number; after: Key | null }
export type Key = readonly (string | number)[]
export type ReadPage = { table: PortableTable; after: Key | null; since: number | null; limit: number }
export type WriteLines = {
  table: PortableTable
  /** Lines of JSON; empty where they were taken down before. */
  text: string
  /** Where they were. */
  prepared?: unknown
  /** Who took the bundle out, and who brings it in. */
  persons: { from: string; to: string }
  /** Components that come in together: what they hold counts as there when it is only asked what would happen. */
  components: readonly string[]
}

type HookName = 'amend' | 'identify' | 'before' | 'after'
type Declared = Omit<PortableTable, 'columns' | HookName> & { columns: Record<string, Column> } & {
  [K in HookName]?: readonly [module: URL, name: string]
}

const generic = new URL('./table.ts', import.meta.url).href
const hook = ([module, name]: readonly [URL, string]): Hook => ({ module: module.href, name })

/** Declares how the rows of one table travel. */
export function portable(
  declared: Declared,
  rest: Pick<Portable, 'personal' | 'named' | 'finish' | 'bring' | 'files' | 'gather'> & { module?: URL } = {},
): Portable {
  const { columns, amend, identify, before, after, ...table } = declared
  const { module, ...options } = rest
  const plain = Object.entries(columns).map(([name, { schema: _, ...column }]) => [name, column] as const)
  return {
    component: table.component,
    line: lineOf(columns),
    module: module?.href ?? generic,
    table: {
      ...table,
      columns: Object.fromEntries(plain),
      ...(amend && { amend: hook(amend) }),
      ...(identify && { identify: hook(identify) }),
      ...(before && { before: hook(before) }),
      ...(after && { after: hook(after) }),
    },
    ...options,
  }
}
