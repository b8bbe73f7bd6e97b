/** Days, weeks and months as a calendar on the wall has them. */
import type { ActivitySpan } from '@cairn/api/overview'
import { dateAt, dayStart, type Offset } from '../../../kernel/zones.ts'

/** `date` is midnight of its first day in UTC; `from` and `to` are instants. */
export type Stretch = { date: number; from: number; to: number }

const day = 86_400_000

/** The first date of the day, week (which begins on `weekStart`, 1 is Monday) or month that a date lies in. */
export function firstOf(by: ActivitySpan, date: number, weekStart: number): number {
  if (by === 'day') return date
  if (by === 'week') return date - ((new Date(date).getUTCDay() + 7 - (weekStart % 7)) % 7) * day
  const { year, month } = yearAndMonth(date)
  return Date.UTC(year, month)
}

/** First date of a stretch that comes `steps` after (before, where negative) the one that begins with `first`. */
export function moved(by: ActivitySpan, first: number, steps: number): number {
  if (by !== 'month') return first + steps * (by === 'week' ? 7 : 1) * day
  const { year, month } = yearAndMonth(first)
  return Date.UTC(year, month + steps)
}

/** The stretches from the one that holds the instant `from` to the one that holds `to`; one more than `most` at the most. */
export function stretches(
  by: ActivitySpan,
  { from, to, weekStart, offset, most }: { from: number; to: number; weekStart: number; offset: Offset; most: number },
): Stretch[] {
  const last = firstOf(by, dateAt(to, offset), weekStart)
  const all: Stretch[] = []
  let date = firstOf(by, dateAt(from, offset), weekStart)
  let start = dayStart(date, offset)
  while (date <= last && all.length <= most) {
    const next = moved(by, date, 1)
    const end = dayStart(next, offset)
    all.push({ date, from: start, to: end })
    date = next
    start = end
  }
  return all
}

const yearAndMonth = (date: number) => {
  const at = new Date(date)
  return { year: at.getUTCFullYear(), month: at.getUTCMonth() }
}
