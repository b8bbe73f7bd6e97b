/** When a crawl is done again. */
import { fail } from '@cairn/api/errors'
import { dateAt, instantOf, offsetIn } from '../../../../kernel/zones.ts'
import type { ScheduleRow } from './rows.ts'

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000]

export type Rhythm = Pick<ScheduleRow, 'every_hours' | 'at' | 'time_zone'>

/** INVALID_INPUT for a time of day without whole days between, and for a zone that is none. */
export function rhythmOf(asked: { every_hours?: number; at?: string; time_zone?: string }): Rhythm | null {
  const { every_hours, at = null, time_zone = 'UTC' } = asked
  offsetIn(time_zone, '/time_zone')
  if (at !== null && (every_hours === undefined || every_hours % 24 !== 0))
    throw fail('INVALID_INPUT', {}, [
      { path: '/at', message: 'goes with every_hours of whole days, such as 24 or 168' },
    ])
  return every_hours === undefined ? null : { every_hours, at, time_zone }
}

/**
 * The next time after `now`: so many hours later, or when clocks over there show the time of day, on the day of `begun` or so
 * many days after it. Days are those of the calendar, whether they have 23, 24 or 25 hours.
 */
export function nextTime({ every_hours, at, time_zone }: Rhythm, begun: number, now: number): number {
  if (at === null) return now + every_hours * hour
  const offset = offsetIn(time_zone, '/time_zone')
  const [hours = 0, minutes = 0] = at.split(':').map(Number)
  const step = (every_hours / 24) * day
  const first = dateAt(begun, offset)
  // One step is little more than what has gone by, since no clock is off by more than a day.
  let date = first + Math.max(0, Math.floor((now - day - first) / step)) * step
  let next = instantOf(date + hours * hour + minutes * minute, offset)
  while (next <= now) {
    date += step
    next = instantOf(date + hours * hour + minutes * minute, offset)
  }
  return next
}

/** The first time after it was begun, which with a time of day may be sooner or later, but not before half of the hours. */
export const firstTime = (rhythm: Rhythm, begun: number): number =>
  nextTime(rhythm, begun, rhythm.at === null ? begun : begun + (rhythm.every_hours * hour) / 2)
