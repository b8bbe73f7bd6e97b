/** Errors between threads: a structured clone would keep the message and lose the code. */
import { CairnError, type ErrorCode, type FieldError } from '@cairn/api/errors'

export type Packed = {
  message: string
  stack: string | undefined
  /** Of a CairnError. */
  refusal: { code: ErrorCode; parameters: Record<string, string | number>; fields: FieldError[] } | null
  /** Of the database: what `violation` looks at. */
  code: unknown
  errcode: unknown
}

export function pack(error: unknown): Packed {
  const { message, stack, code, errcode } =
    error instanceof Error
      ? (error as Error & Record<string, unknown>)
      : (new Error(String(error)) as Error & Record<string, unknown>)
  const refusal =
    error instanceof CairnError ? { code: error.code, parameters: error.parameters, fields: error.fields } : null
  return {
    message,
    stack,
    refusal,
    code: typeof code === 'string' ? code : null,
    errcode: typeof errcode === 'number' ? errcode : null,
  }
}

export function unpack(packed: Packed): Error {
  const { message, stack, refusal, code, errcode } = packed
  const error = refusal ? new CairnError(refusal.code, refusal.parameters, refusal.fields) : new Error(message)
  if (stack !== undefined) error.stack = stack
  if (!refusal && code !== null) Object.assign(error, { code })
  if (!refusal && errcode !== null) Object.assign(error, { errcode })
  return error
}
