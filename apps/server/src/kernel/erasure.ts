/**
 * Erasing for good: what a person wants gone, and how a feature takes its part of it away. The `erase` slot of a feature
 * names a module that exports an `eraser`; its functions run in a worker thread, inside transactions that privacy opens.
 */
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import type { Db } from './database/dialect.ts'
import { contains } from './database/like.ts'
import type { Scope, Tx } from './scope.ts'
import { namesOf, siteOf } from './sites.ts'

/**
 * Times are epoch ms, `from` inclusive, `to` exclusive. A site stands for what lies below it, too. Of a person goes what
 * rows say they made or did; with `owns` the workspace is their personal one, and what it remembers is theirs.
 */
export type Erasure =
  | { by: 'site'; site: string }
  | { by: 'period'; from: number; to: number }
  | { by: 'thread'; id: string }
  | { by: 'tab'; id: string }
  | { by: 'source'; kind: string; id: string }
  | { by: 'person'; id: string; owns: boolean }
  | { by: 'everything' }

/** Rows by part: `{ visits: 12, pages: 3 }`. */
export type Counts = Record<string, number>
/** Sources that are no more, by the kind that `passages` and `refer` know them under. */
export type Gone = { kind: string; ids: readonly string[] }
export type EraseReader = Pick<Scope, 'workspace' | 'db'>
export type EraseTx = Omit<Tx, 'after'>
export type Erased = {
  counts: Counts
  gone?: readonly Gone[]
  /** Files that nothing needs any more; they go once the batch is committed. */
  blobs?: readonly string[]
  /** Where to go on; null when nothing of this feature is left. */
  cursor: string | null
}

export type Eraser = {
  /** What it would remove. Cheap at any size: it is asked for a preview. */
  count(from: EraseReader, erasure: Erasure): Promise<Counts>
  /**
   * Removes a batch of at most about 50 ms, and answers exactly what; `cursor` is what the call before answered, null at
   * the first. After a crash it goes on from the last cursor whose batch was committed.
   */
  some(tx: EraseTx, erasure: Erasure, cursor: string | null): Promise<Erased>
  /** Takes along what this feature keeps of sources of others, in the transaction that removes them. */
  release?(tx: EraseTx, gone: Gone): Promise<{ counts: Counts; gone?: readonly Gone[] }>
  /** Jobs that are a person's among others although the system began them. */
  begun?(from: EraseReader, person: string): Promise<string[]>
  /** Words that only what is erased should hold (a title, the beginning of a text): the proof looks for them afterwards. */
  marks?(from: EraseReader, erasure: Erasure): Promise<string[]>
}

/** Where a feature has nothing to do. */
export const none: Counts = {}
export const nothing: Erased = { counts: none, cursor: null }

/** Of each kind of thing, so many marks are looked for. */
export const marksOfEach = 5

/** Does all go that the workspace remembers? With everything, and with the one whose personal workspace it is. */
export const takesAll = (erasure: Erasure): boolean =>
  erasure.by === 'everything' || (erasure.by === 'person' && erasure.owns)

/** The person whose part goes where that of others stays. */
export const partOf = (erasure: Erasure): string | null =>
  erasure.by === 'person' && !erasure.owns ? erasure.id : null

/** Is this address one of the site, or of what lies below it? */
export function isOnSite(site: string, address: string | null): boolean {
  const url = address === null ? null : URL.parse(address)
  return url !== null && url.host !== '' && namesOf(siteOf(url.host)).includes(site)
}

/** The same for a column that holds sites. */
export function onSite(column: string, site: string): RawBuilder<SqlBool> {
  const name = sql.ref(column)
  const below = likeText(`.${site}`)
  const ports = /:\d+$/.test(site)
    ? sql``
    : sql` or ${name} like ${`${likeText(site)}:%`} escape '\\' or ${name} like ${`%${below}:%`} escape '\\'`
  return sql<SqlBool>`(${name} = ${site} or ${name} like ${`%${below}`} escape '\\'${ports})`
}
const likeText = (text: string) => text.replace(/[\\%_]/g, (sign) => `\\${sign}`)

/** Does this text name the site, and not merely one whose name holds the same letters? */
export function namesSite(site: string, text: string | null): boolean {
  if (text === null) return false
  const lower = text.toLowerCase()
  for (let at = lower.indexOf(site); at >= 0; at = lower.indexOf(site, at + 1)) {
    const [before, after] = [lower[at - 1] ?? ' ', lower.slice(at + site.length, at + site.length + 2)]
    if (!/[\p{L}\p{N}_-]/u.test(before) && !/^[\p{L}\p{N}_-]|^\.[\p{L}\p{N}]/u.test(after)) return true
  }
  return false
}

/** What a text must hold to be about what is erased: the site's name, or an id. None for a period and for everything. */
export const wordOf = (erasure: Erasure): string | null =>
  erasure.by === 'site' ? erasure.site : 'id' in erasure ? erasure.id : null

/**
 * Which rows of a log go: all, those of a period by their time, those that speak of what is erased in one of `columns`
 * (rows that only look like it are for the caller to leave, see `speaksOf`).
 */
export function logged(erasure: Erasure, time: string, columns: readonly string[]): RawBuilder<SqlBool> {
  if (erasure.by === 'everything') return sql<SqlBool>`1 = 1`
  if (erasure.by === 'period') return between(time, erasure)
  const word = wordOf(erasure) as string
  return sql<SqlBool>`(${sql.join(
    columns.map((column) => contains(column, word)),
    sql` or `,
  )})`
}
export const speaksOf = (erasure: Erasure, texts: readonly (string | null)[]): boolean =>
  erasure.by !== 'site' || texts.some((text) => namesSite(erasure.site, text))

export const between = (column: string, { from, to }: { from: number; to: number }) =>
  sql<SqlBool>`(${sql.ref(column)} >= ${from} and ${sql.ref(column)} < ${to})`

type Rows = { table: string; where: RawBuilder<SqlBool> }

/** How many rows of the workspace fit. */
export async function countRows({ db, workspace }: EraseReader, { table, where }: Rows): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*) as count from ${sql.table(table)}
    where workspace = ${workspace} and ${where}`.execute(db)
  return Number(rows[0]?.count ?? 0)
}

/** Removes at most `limit` rows of the workspace that fit; answers their ids (`key`). */
export async function takeRows(
  { db, workspace }: { db: Db; workspace: string },
  { table, where, key = 'id' }: Rows & { key?: string },
  limit: number,
): Promise<string[]> {
  const [name, id] = [sql.table(table), sql.ref(key)]
  const { rows } = await sql<{ id: string }>`delete from ${name} where workspace = ${workspace} and ${id} in (
    select ${id} from ${name} where workspace = ${workspace} and ${where} limit ${limit}) returning ${id} as id`.execute(
    db,
  )
  return rows.map((row) => String(row.id))
}

/** Empties a table for the workspace in batches: for what only `everything` removes. */
export async function takeAll(tx: EraseTx, table: string, key: string, limit = 500): Promise<string[]> {
  return takeRows(tx, { table, where: sql<SqlBool>`1 = 1`, key }, limit)
}

/** Counts without the parts that are nothing. */
export const present = (counts: Counts): Counts =>
  Object.fromEntries(Object.entries(counts).filter(([, number]) => number > 0))

/** Adds counts to others, in place. */
export function add(to: Counts, counts: Counts): Counts {
  for (const [part, number] of Object.entries(counts)) if (number > 0) to[part] = (to[part] ?? 0) + number
  return to
}

/** A stretch of a text that is stored everywhere as it stands here: without signs that JSON would write otherwise. */
export function markOf(text: string | null): string[] {
  const stretches = (text ?? '').slice(0, 2_000).match(/[^\p{C}"\\<>&]{16,80}/gu) ?? []
  const [longest] = stretches.map((each) => each.trim()).sort((a, b) => b.length - a.length)
  return longest !== undefined && longest.length >= 12 ? [longest] : []
}
