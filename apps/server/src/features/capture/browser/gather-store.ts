/**
 * A file of SQLite beside the data, and files beside it, in which visits of a bundle lie until they may come in: batches as
 * the database takes them, and their pages by bucket. Pages are then written in the order of their ids: by the time of their
 * visits each batch would touch thousands of places. They hold nothing that cannot be read again, so nothing of it waits
 * for the disk.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { Fault } from '../../../kernel/portable/portable.ts'

/** `visits`: as `insertManyVisits` takes them; `lines`: how many they were read from. */
export type Taken = { visits: Uint8Array; size: number; lines: number; buckets: number[]; faults: Fault[] }
type Rest = Omit<Taken, 'visits'>
/** `[id, url, site, title]` */
export type TakenPage = readonly [id: string, url: string, site: string, title: string | null]

const visitsFile = (file: string, number: number) => `${file}.${number}`

function open<T>(file: string, use: (db: DatabaseSync) => T, readOnly = true): T {
  const db = new DatabaseSync(file, { readOnly, timeout: 20_000 })
  try {
    db.exec('pragma synchronous = off; pragma journal_mode = off; pragma cache_size = -16384')
    return use(db)
  } finally {
    db.close()
  }
}

/** Adds the batch behind `before` lines, and its pages by bucket. */
export function takeDown(
  file: string,
  { visits, ...rest }: Taken,
  pages: ReadonlyMap<number, Uint8Array>,
  before: number,
): void {
  writeFileSync(visitsFile(file, before), visits, { mode: 0o600 })
  open(
    file,
    (db) => {
      db.exec(`begin immediate;
        create table if not exists page(bucket integer, number integer, list blob, primary key(bucket, number)) without rowid;
        create table if not exists batch(number integer primary key, until integer, rest text)`)
      const put = db.prepare('insert into page values (?, ?, ?)')
      for (const [bucket, list] of pages) put.run(bucket, before, list)
      const add = db.prepare('insert into batch values (?, ?, ?)')
      add.run(before, before + rest.lines, JSON.stringify(rest))
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
    return { number: found.number as number, lines: (JSON.parse(found.rest as string) as Rest).lines }
  })
}

export const readBatch = (file: string, number: number): Taken =>
  open(file, (db) => {
    const found = db.prepare('select rest from batch where number = ?').get(number)
    return { ...(JSON.parse(found?.rest as string) as Rest), visits: readFileSync(visitsFile(file, number)) }
  })

/** Pages of a bucket, each once, in the order of their ids; of one page the last title stands. */
export function pagesOf(file: string, bucket: number): TakenPage[] {
  const pages = new Map<string, TakenPage>()
  const decoder = new TextDecoder()
  open(file, (db) => {
    for (const { list } of db.prepare('select list from page where bucket = ? order by number').iterate(bucket))
      for (const page of JSON.parse(decoder.decode(list as Uint8Array)) as TakenPage[])
        if (page[3] !== null || !pages.has(page[0])) pages.set(page[0], page)
  })
  return [...pages.values()].sort(([a], [b]) => (a < b ? -1 : 1))
}
