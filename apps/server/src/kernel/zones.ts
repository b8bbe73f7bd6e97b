/** Time zones: what clocks show somewhere, and when days begin there. */
import { fail } from '@cairn/api/errors'

/** Milliseconds that clocks are ahead of UTC at an instant. */
export type Offset = (at: number) => number

const day = 86_400_000

/** The clocks of an IANA time zone. INVALID_INPUT, at `path`, for one that is none. */
export function offsetIn(zone: string, path: string): Offset {
  const format = formatOf(zone, path)
  return (at) => {
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]))
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000
  }
}

export function isZone(name: string): boolean {
  try {
    return Boolean(formatOf(name, ''))
  } catch {
    return false
  }
}

/** INVALID_INPUT, at `path`, for a time zone that is none. */
export const checkZone = (zone: string, path: string): void => void formatOf(zone, path)

/** By name: making one takes as long as a hundred uses of it. There are some 600 zones, in any spelling. */
const formats = new Map<string, Intl.DateTimeFormat>()
const formatsKept = 1_000

function formatOf(timeZone: string, path: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone)
  if (known) return known
  const numeric = 'numeric' as const
  const shown = { year: numeric, month: numeric, day: numeric, hour: numeric, minute: numeric, second: numeric }
  try {
    const format = new Intl.DateTimeFormat('en-US', { ...shown, hourCycle: 'h23', timeZone })
    if (formats.size >= formatsKept) formats.clear()
    formats.set(timeZone, format)
    return format
  } catch {
    throw fail('INVALID_INPUT', {}, [{ path, message: 'is not a time zone, such as Europe/Berlin' }])
  }
}

/** From the instant `from` on, clocks are `offset` milliseconds ahead of UTC. */
export type Change = { from: number; offset: number }

/** How clocks stand from an instant to another: at its beginning, and wherever they are put forward or back. */
export function changesIn(offset: Offset, from: number, to: number): Change[] {
  const changes: Change[] = [{ from, offset: offset(from) }]
  // No zone has put its clocks back within the week.
  for (let at = from; at < to; at += 7 * day) {
    const end = Math.min(at + 7 * day, to)
    const then = offset(end)
    if (then === (changes.at(-1) as Change).offset) continue
    let [before, after] = [at, end]
    while (after - before > 1) {
      const middle = Math.floor((before + after) / 2)
      if (offset(middle) === then) after = middle
      else before = middle
    }
    changes.push({ from: after, offset: then })
  }
  return changes
}

/** The date of a time where clocks of a zone hang (UTC unless said), as `2026-11-21`. */
export const dayIn = (time: string, zone = 'UTC') =>
  new Date(dateAt(Date.parse(time), offsetIn(zone, '/zone'))).toISOString().slice(0, 10)

/** The day of an instant: midnight of the same date in UTC. */
export const dateAt = (at: number, offset: Offset) => Math.floor((at + offset(at)) / day) * day

/**
 * The first instant of a date (as `dateAt` says it). Where clocks go forward at midnight that is no midnight, and where
 * they go back over it, it is the first of two.
 */
export function dayStart(date: number, offset: Offset): number {
  const [early, late] = [date - offset(date - day), date - offset(date + day)].sort((a, b) => a - b) as [number, number]
  return dateAt(early, offset) >= date ? early : late
}

/**
 * The instant at which clocks show a time (as `Date.UTC` says it): the first of two where they go back over it, and where
 * they leave it out, the one at which they show as much more as was left out.
 */
export function instantOf(wall: number, offset: Offset): number {
  const [before, after] = [wall - offset(wall - day), wall - offset(wall + day)]
  return before + offset(before) === wall || after + offset(after) !== wall ? before : after
}
