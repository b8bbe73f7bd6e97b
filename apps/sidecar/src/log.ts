/** Log lines on standard error; standard output carries nothing but the line that says where the sidecar listens. */
import { isatty } from 'node:tty'
import { type DestinationStream, type Logger, pino } from 'pino'
import type { Config } from './config.ts'

export type Log = Logger

/** JSON lines, or for a person at a terminal one line of words each. */
export const makeLog = ({ form, level }: Config['log']): Log => {
  const errors = pino.destination({ fd: 2, sync: true })
  // Who read the log may be gone; that is no reason to end in the middle of a write.
  errors.on('error', () => undefined)
  return pino({ name: 'sidecar', base: null, level }, form === 'json' ? errors : inWords(errors))
}

const levels: Record<number, string> = { 10: 'trace', 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' }

/** In a terminal the core may have left a line of progress where this one is to stand. */
const clear = isatty(2) ? '\r\u001b[2K' : ''

const inWords = (to: DestinationStream): DestinationStream => ({
  write: (line) => {
    const { time, level, msg, name: _name, err, ...rest } = JSON.parse(line) as Record<string, unknown>
    const clock = new Date(Number(time)).toISOString().slice(11, 23)
    const about = Object.entries(rest).map(([key, value]) => ` ${key}=${JSON.stringify(value)}`)
    const cause = err ? ` (${(err as { message?: string }).message ?? ''})` : ''
    to.write(`${clear}${clock} ${levels[Number(level)] ?? ''} ${String(msg)}${about.join('')}${cause}\n`)
  },
})
