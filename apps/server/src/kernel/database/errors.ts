/**
 * What the two databases report, as one vocabulary. Faults of the machine become errors with a code; broken
 * constraints stay as they were thrown, and `violation` says which kind they are.
 *
 * Numbers are SQLite's result codes (sqlite.org/rescode.html) and PostgreSQL's SQLSTATE classes
 * (postgresql.org/docs/current/errcodes-appendix.html).
 */
import { CairnError, type ErrorCode, fail } from '@cairn/api/errors'

export type Violation = 'unique' | 'foreign' | 'check' | 'missing'

type Raw = { code?: unknown; errcode?: unknown; message?: unknown; errstr?: unknown }

const sqliteViolations: Record<number, Violation> = {
  275: 'check',
  787: 'foreign',
  1299: 'missing',
  1555: 'unique',
  2067: 'unique',
  2579: 'unique',
}
const postgresViolations: Record<string, Violation> = {
  23502: 'missing',
  23503: 'foreign',
  23505: 'unique',
  23514: 'check',
}

/**
 * Which constraint an error broke, or null when it is another error. On PostgreSQL the transaction is lost after it:
 * catch it around `scope.write`, or avoid it with `on conflict`.
 */
export function violation(error: unknown): Violation | null {
  const raw = error as Raw | null
  if (typeof raw?.errcode === 'number') return sqliteViolations[raw.errcode] ?? null
  return typeof raw?.code === 'string' ? (postgresViolations[raw.code] ?? null) : null
}

export const isUniqueViolation = (error: unknown) => violation(error) === 'unique'

/** Is it worth running the same body again? PostgreSQL's serialization failures and deadlocks. */
export const isRetryable = (error: unknown) => {
  const code = (error as Raw | null)?.code
  return code === '40001' || code === '40P01'
}

/** To be thrown by a body that sees somebody else having written the same meanwhile: run again, it finds that there. */
export const overtaken = () => Object.assign(new Error('Somebody else wrote the same meanwhile.'), { code: '40001' })

/** Did the connection to PostgreSQL go, or never come up? */
export const isConnectionLost = (error: unknown) => postgresFault(error as Raw) === 'DATABASE_UNAVAILABLE'

/** A fault of the machine as an error with a code; anything else as it is. */
export function databaseError(error: unknown): unknown {
  if (error instanceof CairnError || typeof error !== 'object' || error === null) return error
  const raw = error as Raw
  const code = typeof raw.errcode === 'number' ? sqliteFault(raw) : postgresFault(raw)
  return code ? fail(code, {}, [], error) : error
}

function sqliteFault(raw: Raw): ErrorCode | null {
  const extended = raw.errcode as number
  // Out of space while growing the shared-memory file is reported as an input/output error.
  if (extended === 4874) return 'DISK_FULL'
  switch (extended & 0xff) {
    case 5:
    case 6:
      return 'DATABASE_BUSY'
    case 8:
      return 'DATABASE_READ_ONLY'
    case 11:
    case 26:
      return 'DATABASE_DAMAGED'
    case 13:
      return 'DISK_FULL'
    case 10:
    case 14:
      return 'DATABASE_UNAVAILABLE'
    default:
      return null
  }
}

const away = new Set(['53300', '57P01', '57P02', '57P03', '57P05', '25006', '25P03', '3D000'])
const socketAway = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT',
  'EHOSTUNREACH',
])
const poolMessages =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed)/

function postgresFault(raw: Raw): ErrorCode | null {
  const code = typeof raw?.code === 'string' ? raw.code : ''
  if (code === '53100') return 'DISK_FULL'
  if (code === '57014' || code === '55P03') return 'DATABASE_BUSY'
  if (code.startsWith('XX00')) return 'DATABASE_DAMAGED'
  if (away.has(code) || /^(08|28)/.test(code) || socketAway.has(code)) return 'DATABASE_UNAVAILABLE'
  return typeof raw?.message === 'string' && poolMessages.test(raw.message) ? 'DATABASE_UNAVAILABLE' : null
}
