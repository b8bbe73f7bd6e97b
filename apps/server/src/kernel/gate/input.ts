/** Turns what arrived into the one flat input of an operation, checked against its declared shapes. */
import { type FieldError, fail } from '@cairn/api/errors'
import type { Operation, Properties } from '@cairn/api/operation'
import { Type } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'

export type RawInput = { params: Record<string, string>; query: Record<string, unknown>; body: unknown }
export type Decoder = (raw: RawInput) => Record<string, unknown>

/** Builds the decoder of one operation; schemas are compiled when the first call comes. */
export function makeDecoder(operation: Operation): Decoder {
  const { params, query, body } = operation
  const open = Object.entries({ ...query, ...body }).flatMap(([name, schema]) => (isClosed(schema) ? [] : [name]))
  // An upload may come without a file where there is another way to say which one.
  const takesJson = operation.input === 'json' || (operation.input === 'upload' && Object.keys(body).length > 0)
  let validator: Validator | undefined
  return (raw) => {
    const fields: FieldError[] = []
    const given = takesJson ? bodyFields(raw.body, fields) : {}
    unknownFields(given, body, fields)
    unknownFields(raw.query, query, fields)
    const input = { ...decoded(raw.params, params), ...decoded(raw.query, query), ...given }
    for (const name of open) if (isTooDeep(input[name])) fields.push({ path: `/${name}`, message: tooDeep })
    validator ??= Compile(Type.Object({ ...params, ...query, ...body }, { additionalProperties: false }))
    if (fields.length === 0 && validator.Check(input)) return input
    throw fail('INVALID_INPUT', {}, fields.length > 0 ? fields : explain(validator, input))
  }
}

/** More than anybody writes, and far from where whoever walks through it would run out of stack. */
const deepest = 100
const tooDeep = `must not be nested deeper than ${deepest} levels`

function isTooDeep(value: unknown): boolean {
  let level = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > deepest) return true
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []))
  }
  return false
}

type Part = { type?: string; enum?: unknown; const?: unknown; anyOf?: unknown[]; items?: unknown }
type ObjectPart = Part & { properties?: Record<string, unknown>; additionalProperties?: unknown }

/** Does a schema itself say how deep a value may be? What holds things of any kind does not. */
function isClosed(schema: unknown): boolean {
  const { type, anyOf, items, properties, additionalProperties, ...rest } = schema as ObjectPart
  if (anyOf) return anyOf.every(isClosed)
  if (type === 'array') return items !== undefined && isClosed(items)
  if (type === 'object') return additionalProperties === false && Object.values(properties ?? {}).every(isClosed)
  return type !== undefined || rest.enum !== undefined || rest.const !== undefined
}

function bodyFields(body: unknown, fields: FieldError[]): Record<string, unknown> {
  if (body === undefined || body === null) return {}
  if (typeof body === 'object' && !Array.isArray(body)) return body as Record<string, unknown>
  fields.push({ path: '', message: 'must be a JSON object' })
  return {}
}

function unknownFields(given: Record<string, unknown>, known: Properties, fields: FieldError[]): void {
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(known, name) && fields.length < 20)
      fields.push({ path: `/${name.slice(0, 100)}`, message: 'is not known here' })
  }
}

/** Paths and queries are text: numbers, booleans and lists among them are read by their declared type. */
function decoded(given: Record<string, unknown>, known: Properties): Record<string, unknown> {
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, decodedValue(value, known[name])]))
}

function decodedValue(value: unknown, schema: unknown): unknown {
  const type = (schema as { type?: string } | undefined)?.type
  if (type === 'array') return Array.isArray(value) ? value : String(value).split(',').filter(Boolean)
  if (typeof value !== 'string') return value
  if ((type === 'integer' || type === 'number') && /^-?\d{1,15}(\.\d{1,15})?$/.test(value)) return Number(value)
  if (type === 'boolean' && (value === 'true' || value === 'false')) return value === 'true'
  return value
}

function explain(validator: Validator, input: unknown): FieldError[] {
  const seen = new Map<string, string>()
  for (const { instancePath, keyword, params, message } of validator.Errors(input)) {
    if (keyword === 'boolean' || seen.size >= 20) continue
    const missing =
      keyword === 'required' ? (params as { requiredProperties?: string[] }).requiredProperties : undefined
    if (missing) for (const name of missing) seen.set(`${instancePath}/${name}`, 'is required')
    else if (!seen.has(instancePath)) seen.set(instancePath, message)
  }
  return [...seen].map(([path, message]) => ({ path, message }))
}
