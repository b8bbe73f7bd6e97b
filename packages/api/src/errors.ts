/** What is thrown on purpose: a code from the table, with what it says. */
import { type ErrorEntry, errors } from './error-codes.ts'

export { errors }

export type ErrorCode = keyof typeof errors
export type FieldError = { path: string; message: string }

/** RFC 9457 problem document as Cairn sends it. */
export type Problem = {
  type: string
  title: string
  status: number
  detail: string
  code: ErrorCode
  request_id: string
  errors?: FieldError[]
}

/** A refusal with a code from the table. The only class of error that Cairn throws on purpose. */
export class CairnError extends Error {
  readonly code: ErrorCode
  readonly status: number
  readonly title: string
  readonly fields: FieldError[]
  readonly parameters: Record<string, string | number>

  constructor(
    code: ErrorCode,
    parameters: Record<string, string | number> = {},
    fields: FieldError[] = [],
    cause?: unknown,
  ) {
    const entry: ErrorEntry = errors[code]
    super(
      entry.detail.replace(/\{(\w+)\}/g, (_, name: string) => String(parameters[name] ?? '…')),
      { cause },
    )
    this.name = 'CairnError'
    this.code = code
    this.status = entry.status
    this.title = entry.title
    this.fields = fields
    this.parameters = parameters
  }
}

/** Builds the error to throw: `throw fail('THREAD_NOT_FOUND')`. */
export const fail = (
  code: ErrorCode,
  parameters: Record<string, string | number> = {},
  fields: FieldError[] = [],
  cause?: unknown,
) => new CairnError(code, parameters, fields, cause)
