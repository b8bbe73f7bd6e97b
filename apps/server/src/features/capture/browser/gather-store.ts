/**
 * A file of SQLite beside the data in which visits of a bundle lie until they may come in: batches as the database takes
 * them, and each page once. Pages are then written in the order of their ids: by the time of their visits each batch would
 * touch thousands of places. The file holds nothing that cannot be read again, so nothing of it waits for the disk.
 */
import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { Fault } from '../../../kernel/portable/portable.ts'

export type Taken = { visits: string; size: number; given: number; buckets: number[]; faults: Fault[] }
/** `[id, url, site, title]` */
export type TakenPage = readonly [id: string, url: string, site: string, title: string | null]

function open<T>(file: string, use: (db: DatabaseSync) => T, readOnly = true): T {
  const db = new DatabaseSync(file, { readOnly, timeout: 20_000 })
  try {
    db.exec('pragma synchronous = off; pragma journal_mode = off; pragma cache_size = -16384')
    return use(db)
  } finally {
    db.close()
  }
}

/** Adds the batch behind `before` lines, and its pages; of one page the last title stands. */
export function takeDown(
  file: string,
  { visits, size, given, buckets, faults }: Taken,
  pages: readonly TakenPage[],
  before: number,
): void {
  open(
    file,
    (db) => {
      db.exec(`begin immediate;
        create table if not exists page(id text primary key, url text, site text, title text, titled integer) without rowid;
        create table if not exists batch(number integer primary key, until integer, visits blob, rest text)`)
      const put = db.prepare(`insert into page values (?, ?, ?, ?, ${before})
        on conflict (id) do update set title = excluded.title, titled = excluded.titled
        where excluded.title is not null and (title is null or excluded.titled > titled)`)
      for (const page of pages) put.run(...page)
      const rest = JSON.stringify({ size, given, buckets, faults })
      const add = db.prepare('insert into batch values (?, ?, ?, ?)')
      add.run(before, before + given, Buffer.from(visits), rest)
      db.exec('commit')
    },
    false,
  )
}

/** The first batch that ends behind so many lines, and how many lines it holds. */
export function batchAfter(file: string, done: number): { number: number; lines: number } | null {
  // Where there was no line there is no file.
  if (!existsSync(file)) return null
  return open(file, (db) => {
    const found = db.prepare('select number, rest from batch where until > ? order by number limit 1').get(done)
    if (!found) return null
    return { number: found.number as number, lines: (JSON.parse(found.rest as string) as Taken).given }
  })
}

export const readBatch = (file: string, number: number): Omit<Taken, 'visits'> & { visits: Uint8Array } =>
  open(file, (db) => {
    const found = db.prepare('select visits, rest from batch where number = ?').get(number)
    return { ...(JSON.parse(found?.rest as string) as Taken), visits: found?.visits as Uint8Array }
  })

/** Pages behind one, as `putPages` takes them. */
export const pagesAfter = (file: string, after: string, limit: number): { json: string; last: string; rows: number } =>
  open(file, (db) => {
    const found = db
      .prepare(`select json_group_array(json_array(id, url, site, title)) as json, max(id) as last, count(*) as rows
        from (select id, url, site, title from page where id > ? order by id limit ?)`)
      .get(after, limit)
    return { json: found?.json as string, last: (found?.last ?? '') as string, rows: Number(found?.rows) }
  })

export const pagesTaken = (file: string): number =>
  open(file, (db) => Number(db.prepare('select count(*) as pages from page').get()?.pages))
