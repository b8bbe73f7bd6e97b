/** Dates in words, read by chrono-node in the time zone of whoever wrote them. */
import { GB, casual, type ParsedResult } from 'chrono-node/en'
import { iso } from '../../../kernel/clock.ts'
import { type Offset, offsetIn } from '../../../kernel/zones.ts'

export type ReadDate = { due_at: string | null; timed: boolean; words: string; title: string }

const partOfDay = /\b(morning|noon|afternoon|evening|tonight|night|midnight)\b/i

/** The last date that a text holds. A day without a time means its last minute. INVALID_INPUT for a zone that is none. */
export function readDate(text: string, zone: string | undefined, now: number): ReadDate {
  const offset = offsetIn(zone, '/zone')
  const found = lastDate(text, now, Math.round(offset(now) / 60_000))
  if (!found) return { due_at: null, timed: false, words: '', title: text.trim() }
  const { start } = found
  const timed = start.isCertain('hour') || partOfDay.test(found.text)
  const part = (name: 'year' | 'month' | 'day' | 'hour' | 'minute') => start.get(name) ?? 0
  const [hour, minute] = timed ? [part('hour'), part('minute')] : [23, 59]
  const wall = Date.UTC(part('year'), part('month') - 1, part('day'), hour, minute)
  const at = start.isCertain('timezoneOffset') && timed ? start.date().getTime() : instantOf(wall, offset)
  const rest = `${text.slice(0, found.index)} ${text.slice(found.index + found.text.length)}`
  return { due_at: iso(at), timed, words: found.text, title: tidy(rest) }
}

/** Day before month in figures; where that makes an odd thing of "dec 24", the month's name comes first. */
function lastDate(text: string, now: number, timezone: number): ParsedResult | undefined {
  const reference = { instant: new Date(now), timezone }
  const [british, other] = [GB, casual].map((reader) => reader.parse(text, reference, { forwardDate: true }).at(-1))
  const exact = (one: ParsedResult | undefined) =>
    one && (['day', 'weekday', 'hour'] as const).some((part) => one.start.isCertain(part))
  return exact(british) ? british : exact(other) ? other : british
}

/** What is left of a title around a date: "Report by", ", call Anna". */
const tidy = (rest: string) =>
  rest
    .replace(/\s+/g, ' ')
    .replace(/^[\s,;:–-]+|[\s,;:–-]+$/g, '')
    .replace(/\s+(by|on|at|due|until|till|before|for)$/i, '')
    .replace(/^(by|on|at|due|until|till|before)\s+/i, '')
    .trim()

/** The instant at which the clocks of a zone show a time; within the hour that is left out in spring, one hour later. */
function instantOf(wall: number, offset: Offset): number {
  const guess = wall - offset(wall)
  return wall - offset(guess)
}
