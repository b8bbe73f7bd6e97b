/** Reads, compares and writes rows of any one table for a bundle. Runs in worker threads; the only SQL of travelling. */
import { type RawBuilder, sql } from 'kysely'
import { overtaken } from '../database/errors.ts'
import { rowsOf } from '../database/lists.ts'
import type { ReadApart, Scope, WriteApart } from '../scope.ts'
import { type Cell, linesOf, type Row, rowReader, sameRow, textOf, toLine } from './line.ts'
import type { Fault, Hook, Page, PortableTable, ReadPage, Tally, WriteLines, Written } from './portable.ts'

type From = Pick<Scope, 'workspace' | 'db'>
type To = Parameters<WriteApart<unknown, unknown>>[0]
/** Rows that are not there, and rows that are later than what is there. */
export type Sorted = { fresh: Row[]; newer: { stored: Row; given: Row }[]; skipped: number; faults: Fault[] }

/** A page of rows as lines, in the order of their keys. */
export const readLines: ReadApart<ReadPage, Page> = async (from, { table, after, since, limit }) => {
  const order = table.order ?? table.key
  const { rows } = await sql<Row>`
    select ${list(Object.keys(table.columns))} from ${sql.ref(table.table)} where workspace = ${from.workspace}
    ${after ? sql`and ${tuple(order)} > (${sql.join(after.map((value) => sql`${value}`))})` : sql``}
    ${since !== null && table.time !== null ? sql`and ${sql.ref(table.time)} >= ${since}` : sql``}
    order by ${list(order)} limit ${limit}`.execute(from.db)
  const last = rows.length === limit ? rows.at(-1) : undefined
  return {
    text: textOf(rows.map((row) => toLine(table.columns, row))),
    rows: rows.length,
    after: last ? order.map((name) => last[name] as string | number) : null,
  }
}

/** What would become of these lines. Changes nothing. */
export const sortLines: ReadApart<WriteLines, Written> = async (from, given) => {
  const { fresh, newer, skipped, faults } = await sorted(from, given, given.components)
  return { created: fresh.length, updated: newer.length, skipped, failed: faults.length, faults }
}

/** Writes what is new and what is later. One event, unless nothing was. */
export const writeLines: WriteApart<WriteLines, Written> = async (tx, given) => {
  const { table } = given
  const sort = await sorted(tx, given, [])
  if (table.before && sort.fresh.length + sort.newer.length > 0) await call(table.before, tx, sort)
  const { fresh, newer, faults } = sort
  const created = await insert(tx, table, fresh)
  const made = new Set(created)
  const rest = fresh.filter((row) => !made.has(keyOf(table, row)))
  if ((await storedRows(tx, table, rest)).size > 0) throw overtaken()
  await replace(tx, table, newer)
  const changed = [...created, ...newer.map(({ given: row }) => keyOf(table, row))]
  if (!table.twin)
    faults.push(...rest.map((row) => ({ id: keyOf(table, row), reason: 'something else stands in its place' })))
  const skipped = sort.skipped + (table.twin ? rest.length : 0)
  const tally: Tally = { created: created.length, updated: newer.length, skipped, failed: faults.length }
  if (changed.length > 0) {
    if (table.after) await call(table.after, tx, sort)
    if (table.reindex) await tx.reindex(table.reindex, changed)
    const { component } = table
    tx.event({
      type: table.event,
      subject: tx.workspace,
      data: { component, created: tally.created, updated: tally.updated },
    })
  }
  return { ...tally, faults }
}

const call = async ({ module, name }: Hook, ...values: unknown[]): Promise<unknown> => {
  const loaded = (await import(module)) as Record<string, (...values: unknown[]) => unknown>
  return loaded[name]?.(...values)
}

/** `together`: components of which it is taken for granted that they come in, too. */
async function sorted(from: From, given: WriteLines, together: readonly string[]): Promise<Sorted> {
  const { table, persons } = given
  const faults: Fault[] = []
  const rows = new Map<string, Row>()
  let skipped = 0
  const amend = table.amend && (await loadedAmend(table.amend))
  const read = rowReader(table.columns, persons)
  for (const line of linesOf(given.text)) {
    const made = read(line)
    const row = amend ? amend(made, { workspace: from.workspace, person: persons.to }) : made
    const key = keyOf(table, made)
    if (typeof row === 'string') faults.push({ id: key, reason: row })
    else if (rows.has(key)) {
      if (sameRow(table, rows.get(key) as Row, row)) skipped += 1
      else faults.push({ id: key, reason: 'twice in the bundle, with other content' })
    } else rows.set(key, row)
  }
  for (const need of table.needs ?? []) {
    if (!together.includes(need.component)) await supply(from, need, table, rows, faults)
  }
  const elsewhere = await identified(from, table, rows)
  const stored = await storedRows(from, table, [...rows.values()])
  const result: Sorted = { fresh: [], newer: [], skipped: skipped + elsewhere.doubles, faults }
  for (const [key, row] of rows) {
    const known = stored.get(key)
    const later = known && table.newest && table.time !== null ? compareTimes(row[table.time], known[table.time]) : 0
    if (!known) result.fresh.push(row)
    else if (later > 0) result.newer.push({ stored: known, given: row })
    else if (later < 0 || elsewhere.ids.has(key) || sameRow(table, known, row)) result.skipped += 1
    else faults.push({ id: key, reason: 'something else is stored under this id' })
  }
  return result
}

const compareTimes = (one: Cell | undefined, other: Cell | undefined) => Number(one ?? 0) - Number(other ?? 0)

/** Rows that are here under another id take that one; of two that do, the later comes on. */
async function identified(from: From, table: PortableTable, rows: Map<string, Row>) {
  const ids = new Set<string>()
  let doubles = 0
  if (!table.identify) return { ids, doubles }
  const known = (await call(table.identify, from, [...rows.values()])) as Map<string, string>
  for (const [key, id] of known) {
    const row: Row = { ...rows.get(key), id }
    const other = rows.get(id)
    rows.delete(key)
    if (other) doubles += 1
    else ids.add(id)
    if (!other || compareTimes(row[table.time as string], other[table.time as string]) > 0) rows.set(id, row)
  }
  return { ids, doubles }
}

type Amend = (row: Row, by: { workspace: string; person: string }) => Row | string
async function loadedAmend({ module, name }: Hook): Promise<Amend> {
  return ((await import(module)) as Record<string, Amend>)[name] as Amend
}

/** Lets go of what rows refer to and is not there, or leaves them out. */
async function supply(
  from: From,
  { column, table: other, otherwise }: NonNullable<PortableTable['needs']>[number],
  table: PortableTable,
  rows: Map<string, Row>,
  faults: Fault[],
): Promise<void> {
  const wanted = [...new Set([...rows.values()].flatMap((row) => row[column] ?? []))]
  if (wanted.length === 0) return
  const found = await sql<{ id: string }>`
    select id from ${sql.ref(other)} where workspace = ${from.workspace}
      and id in (select value ->> 0 from ${rowsOf(from.db, JSON.stringify(wanted.map((id) => [id])))})`.execute(from.db)
  const there = new Set<Cell>(found.rows.map(({ id }) => id))
  for (const [key, row] of rows) {
    const ref = row[column] ?? null
    const missing = ref !== null && !there.has(ref)
    if (missing && otherwise === 'refuse') {
      rows.delete(key)
      faults.push({ id: key, reason: `what it belongs to is not here (${column})` })
      continue
    }
    if (missing) row[column] = null
    // What hangs in a row of the same table comes behind it.
    if (other === table.table) there.add(row.id ?? null)
  }
}

async function storedRows(from: From, table: PortableTable, rows: readonly Row[]): Promise<Map<string, Row>> {
  if (rows.length === 0) return new Map()
  const keys = rows.map((row) => table.key.map((name) => row[name]))
  const names = [...new Set([...table.key, ...Object.keys(table.columns)])]
  const found = await sql<Row>`
    select ${list(names)} from ${sql.ref(table.table)} where workspace = ${from.workspace}
      and ${tuple(table.key)} in (
        select ${cells(table, table.key)} from ${rowsOf(from.db, JSON.stringify(keys))}
      )`.execute(from.db)
  return new Map(found.rows.map((row) => [keyOf(table, row), row]))
}

/** Answers the keys of the rows that were made. */
async function insert(to: To, table: PortableTable, rows: readonly Row[]): Promise<string[]> {
  if (rows.length === 0) return []
  const inserted = sql<Row>`${insertion(to, table, rows)} on conflict do nothing returning ${list(table.key)}`
  const made = await inserted.execute(to.db)
  return made.rows.map((row) => keyOf(table, row))
}

async function replace(to: To, table: PortableTable, newer: Sorted['newer']): Promise<void> {
  if (newer.length === 0) return
  const rows = newer.map(({ given }) => given)
  const stays = [...table.key, ...(table.stays ?? [])]
  const names = Object.keys(rows[0] ?? {}).filter((name) => !stays.includes(name))
  const own = (name: string) => sql.ref(`${table.table}.${name}`)
  const set = names.map((name) => {
    const [stored, given] = [own(name), sql.ref(`excluded.${name}`)]
    // Whoever saw the row before has to notice that it is another one now.
    if (name === 'version') return sql`version = case when ${stored} >= ${given} then ${stored} + 1 else ${given} end`
    const { kind, loose } = table.columns[name] ?? {}
    if (!loose || kind !== 'time') return sql`${sql.ref(name)} = ${given}`
    return sql`${sql.ref(name)} = case when ${stored} > coalesce(${given}, 0) then ${stored} else ${given} end`
  })
  await sql`${insertion(to, table, rows)} on conflict (workspace, ${list(table.key)})
    do update set ${sql.join(set)}`.execute(to.db)
}

function insertion(to: To, table: PortableTable, rows: readonly Row[]): RawBuilder<unknown> {
  const constants = Object.entries(table.constants ?? {})
  const names = Object.keys(table.columns)
  const derived = Object.keys(rows[0] ?? {}).filter((name) => !names.includes(name))
  const all = [...names, ...derived]
  const values = rows.map((row) => all.map((name) => row[name] ?? null))
  const fixed = constants
    .filter(([name]) => !derived.includes(name))
    .map(([name, value]) => [name, typeof value === 'number' ? sql`cast(${value} as bigint)` : sql`${value}`] as const)
  return sql`insert into ${sql.ref(table.table)} (workspace, ${list([...all, ...fixed.map(([name]) => name)])})
    select ${sql.join([sql`${to.workspace}`, cells(table, all, rows[0]), ...fixed.map(([, value]) => value)])}
    from ${rowsOf(to.db, JSON.stringify(values))} where true`
}

/** The fields of a row of `rowsOf`, each as its column's type. */
function cells(table: PortableTable, names: readonly string[], example: Row = {}): RawBuilder<unknown> {
  const typeOf = (name: string) => table.columns[name]?.kind ?? (typeof example[name] === 'number' ? 'integer' : 'text')
  return sql.join(
    names.map((name, at) => {
      const field = sql`value ->> ${sql.lit(at)}`
      const kind = typeOf(name)
      if (kind === 'integer' || kind === 'time') return sql`cast(${field} as bigint)`
      return kind === 'real' ? sql`cast(${field} as double precision)` : field
    }),
  )
}

const list = (names: readonly string[]) => sql.join(names.map((name) => sql.ref(name)))
const tuple = (names: readonly string[]) => sql`(${list(names)})`
const keyOf = (table: PortableTable, row: Row) => table.key.map((name) => row[name]).join(' ')
