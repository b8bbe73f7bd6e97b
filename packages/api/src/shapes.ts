/** Shapes that several features share. Every object refuses unknown fields. */
import { type Static, type TObject, type TProperties, type TSchema, Type } from 'typebox'

export { Type }
export type { Static, TSchema }

/** An object that refuses fields it does not know. */
export const shape = <T extends TProperties>(properties: T): TObject<T> =>
  Type.Object(properties, { additionalProperties: false })

/** One of a few words. */
export const oneOf = <const T extends readonly string[]>(...words: T) =>
  Type.Unsafe<T[number]>({ type: 'string', enum: [...words] })

export const optional = Type.Optional
export const nullable = <T extends TSchema>(type: T) => Type.Union([type, Type.Null()])
export const list = <T extends TSchema>(type: T, options: { minItems?: number; maxItems?: number } = {}) =>
  Type.Array(type, options)

/** UUID in lower case; Cairn makes version 7, a client may bring its own of any version. */
export const Id = Type.String({ format: 'uuid', description: 'UUID' })
/** ISO 8601 in UTC with milliseconds. The format allows a leap second, which no clock of ours can hold: the pattern does not. */
export const Time = Type.String({
  format: 'date-time',
  pattern: '^.{17}[0-5]',
  description: 'ISO 8601, UTC',
  maxLength: 40,
})
/** Text of bounded length without NUL, which PostgreSQL cannot hold. */
export const text = (maxLength: number, minLength = 0) =>
  Type.String({ maxLength, minLength, pattern: '^[^\\u0000]*$' })
/** What somebody speaks, best first, as a browser's `navigator.languages` says it. A hint: what is no language is passed over. */
export const Languages = list(text(100), { maxItems: 10 })
/** Any JSON object. */
export const Json = Type.Record(Type.String(), Type.Unknown())
export const count = Type.Integer({ minimum: 0 })

/** Query fields of every list. */
export const paging = {
  limit: optional(Type.Integer({ minimum: 1, maximum: 200, description: 'default 50' })),
  cursor: optional(text(500)),
}
/** One page of a list; `next_cursor` is null on the last. */
export const page = <T extends TSchema>(item: T) =>
  shape({ items: Type.Array(item), next_cursor: nullable(Type.String()) })

/** Answer of long work: where to look for it. */
export const Accepted = shape({ job_id: Id })
/** Answer of a removal: how much went, by kind. */
export const Removed = shape({ removed: Type.Record(Type.String(), count) })
/** The same where much may have to go: null when that goes on as a job for longer than a call should wait. */
export const removedOrGoing = <S extends TSchema>(removed: S) =>
  shape({ removed: nullable(removed), job_id: optional(Id) })
/** Reply that carries nothing. */
export const Nothing = Type.Null()
