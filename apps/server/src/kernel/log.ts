/** Structured logs (pino) on standard error. Secrets are redacted by name; contents are not logged. */
import { isatty } from 'node:tty'
import { type DestinationStream, pino } from 'pino'
import { prettyFactory } from 'pino-pretty'

export type Log = {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
  child(fields: object): Log
}

const secretFields = ['authorization', 'cookie', 'api_key', 'key', 'secret', 'password', 'token']

/** A line of progress that stands there is written again when it next changes. */
const clearLine = '\r\u001b[2K'
const hidden = '[hidden]'

/** Hides login codes, which are `code` everywhere but in errors: theirs (`ECONNRESET`, `23505`) say what happened. */
function withoutCodes(fields: Record<string, unknown>): Record<string, unknown> {
  const shown = Object.entries(fields).map(([name, value]): [string, unknown] => {
    if (name === 'code') return [name, hidden]
    const holds = typeof value === 'object' && value !== null && !(value instanceof Error) && 'code' in value
    return [name, holds ? { ...value, code: hidden } : value]
  })
  return Object.fromEntries(shown)
}

type LogSettings = {
  format: 'pretty' | 'json'
  level: string
  /** Whether somebody watches, who may be shown a line of progress as well. */
  terminal?: boolean
}

/** `to` is standard error unless a test listens. */
export function makeLog(settings: LogSettings, to: DestinationStream = pino.destination(2)): Log {
  const { format, level, terminal = isatty(2) } = settings
  const paths = secretFields.flatMap((name) => [name, `*.${name}`])
  const redact = { paths, censor: hidden }
  const options = { level, redact, formatters: { log: withoutCodes }, base: undefined }
  const words = { ignore: 'hostname,pid', translateTime: 'HH:MM:ss', singleLine: true }
  const inWords = format === 'pretty' && level !== 'silent' ? prettyFactory(words) : (line: string) => line
  const clear = terminal ? clearLine : ''
  return pino(options, { write: (line) => void to.write(`${clear}${inWords(line)}`) }) as Log
}
