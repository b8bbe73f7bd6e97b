/** Rows as lines of a bundle: times as ISO 8601, JSON as JSON, secrets masked; and back. */
import { Id, Json, nullable as orNull, oneOf, optional, shape, Time, Type, text as words } from '@cairn/api/shapes'
import type { TSchema } from 'typebox'
import { iso } from '../clock.ts'
import { stableJson } from '../json.ts'
import { maskSecrets } from '../masking.ts'
import type { PortableTable } from './portable.ts'

export type Cell = string | number | null
export type Row = Record<string, Cell>
export type Line = Record<string, unknown>

export type Column = {
  kind: 'text' | 'integer' | 'real' | 'time' | 'json'
  schema: TSchema
  /** What people wrote: secrets in it do not travel. */
  mask?: true
  /** Names persons: who takes a bundle out is, where it comes in, who brings it in. */
  person?: true
  /** Changes without being a change: not compared. A time never goes back. */
  loose?: true
  /** What a row has here whose bundle was made before there was such a column. */
  unsaid?: Cell
}

const column = (kind: Column['kind'], schema: TSchema): Column => ({ kind, schema })
export const id = column('text', Id)
export const text = (longest: number, shortest = 0) => column('text', words(longest, shortest))
export const word = (...all: readonly string[]) => column('text', oneOf(...all))
export const integer = column('integer', Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }))
export const real = column('real', Type.Number())
export const time = column('time', Time)
export const json = (schema: TSchema = Json) => column('json', schema)
export const nullable = (of: Column): Column => ({ ...of, schema: orNull(of.schema) })
/** A SHA-256 in hexadecimal digits. */
export const sum = column('text', Type.String({ pattern: '^[0-9a-f]{64}$' }))
export const masked = (of: Column): Column => ({ ...of, mask: true })
/** A column that came later than bundles that are about, and what it holds where they say nothing. */
export const later = (of: Column, unsaid: Cell = null): Column => ({ ...of, schema: optional(of.schema), unsaid })
export const loose = (of: Column): Column => ({ ...of, loose: true })
export const personal = (of: Column): Column => ({ ...of, person: true })
export const person = personal(column('text', words(200)))
/** Whose a row is. Of bundles that did not say so yet it is whoever brings them in; of a row that is here it stays. */
export const maker = later(personal(nullable(column('text', words(200)))))

export const lineOf = (columns: Record<string, Column>): TSchema =>
  shape(Object.fromEntries(Object.entries(columns).map(([name, { schema }]) => [name, schema])))

type Columns = PortableTable['columns']

/** A row of the database as it travels. */
export function toLine(columns: Columns, row: Row): Line {
  const line: Line = {}
  for (const [name, { kind, mask }] of Object.entries(columns)) {
    const value = row[name] ?? null
    if (value === null) line[name] = null
    else if (kind === 'time') line[name] = iso(value as number)
    else if (kind === 'json') line[name] = mask ? maskedJson(JSON.parse(value as string)) : JSON.parse(value as string)
    else line[name] = mask ? maskSecrets(value as string) : value
  }
  return line
}

/** Makes lines that were checked rows. What cannot be stored as text is replaced, as it is wherever text comes in. */
export function rowReader(columns: Columns, { from, to }: { from: string; to: string }): (line: Line) => Row {
  const own = (text: string, isPerson = false) => (isPerson && from !== '' ? text.replaceAll(from, to) : text)
  const cell = (value: unknown, { kind, mask, person: isPerson, unsaid = null }: Columns[string]): Cell => {
    if (value === undefined && isPerson) return to
    if (value === null || value === undefined) return unsaid
    if (kind === 'time') return Date.parse(value as string)
    if (kind === 'json') return own(JSON.stringify(mask ? maskedJson(value) : value), isPerson)
    if (kind !== 'text') return value as number
    const sound = own((value as string).toWellFormed(), isPerson)
    return mask ? maskSecrets(sound) : sound
  }
  const all = Object.entries(columns)
  return (line) => {
    const row: Row = {}
    for (const [name, column] of all) row[name] = cell(line[name], column)
    return row
  }
}

/** Do two rows say the same? Compared as they travel, so that a secret at home makes no difference. */
export function sameRow(
  { columns, stays = [] }: Pick<PortableTable, 'columns' | 'stays'>,
  stored: Row,
  given: Row,
): boolean {
  for (const [name, { kind, mask, loose: isLoose }] of Object.entries(columns)) {
    if (isLoose || stays.includes(name)) continue
    const [one, other] = [stored[name] ?? null, given[name] ?? null]
    if (one === other) continue
    if (one === null || other === null) return false
    if (kind === 'json' && travelling(one, mask) === travelling(other, mask)) continue
    if (kind === 'text' && mask && maskSecrets(one as string) === other) continue
    return false
  }
  return true
}

const travelling = (value: Cell, mask: boolean | undefined) => {
  const parsed: unknown = JSON.parse(value as string)
  return stableJson(mask ? maskedJson(parsed) : parsed)
}

function maskedJson(value: unknown): unknown {
  if (typeof value === 'string') return maskSecrets(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(maskedJson)
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, maskedJson(one)]))
}

export const textOf = (lines: readonly Line[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join('')
export const linesOf = (text: string) =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line)
