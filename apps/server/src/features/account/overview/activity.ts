/** What came in and was done over time, out of the tallies. */
import type { Activity, ActivitySpan } from '@cairn/api/overview'
import { fail } from '@cairn/api/errors'
import { type Clock, iso } from '../../../kernel/clock.ts'
import type { ReadApart, Scope } from '../../../kernel/scope.ts'
import { talliedIn } from '../../../kernel/tallies.ts'
import { dateAt, offsetIn } from '../../../kernel/zones.ts'
import { firstOf, moved, type Stretch, stretches } from './calendar.ts'

type Input = { by?: ActivitySpan; from?: string; to?: string; time_zone?: string; week_start?: number }

const most = 400
const usual: Record<ActivitySpan, number> = { day: 30, week: 26, month: 12 }
const here = new URL(import.meta.url)

/** By day, week or month of a person's calendar. INVALID_INPUT for a zone or a period that is none, or a very long one. */
export async function readActivity(scope: Scope, clock: Clock, kinds: readonly string[], input: Input) {
  const { by = 'day', time_zone = 'UTC', week_start: weekStart = 1 } = input
  const offset = offsetIn(time_zone, '/time_zone')
  const to = timeOf(input.to, '/to') ?? clock.now()
  const start = () => moved(by, firstOf(by, dateAt(to, offset), weekStart), 1 - usual[by])
  // Noon, so that the date is the same on every clock.
  const from = timeOf(input.from, '/from') ?? start() - offset(start()) + 43_200_000
  if (from > to) throw fail('INVALID_INPUT', {}, [{ path: '/from', message: 'is after the end' }])
  const all = stretches(by, { from, to, weekStart, offset, most })
  if (all.length > most)
    throw fail('INVALID_INPUT', {}, [{ path: '/from', message: `is more than ${most} ${by}s before the end` }])
  const question: Question = { kinds, stretches: all }
  const counts = await scope.apart.read<number[][]>(here, 'countStretches', question)
  const countsAt = (at: number) => Object.fromEntries(kinds.map((kind, row) => [kind, counts[row]?.[at] ?? 0]))
  const sum = (row: number) => (counts[row] ?? []).reduce((total, amount) => total + amount, 0)
  const activity: Activity = {
    ...{ by, time_zone, kinds: [...kinds] },
    items: all.map(({ date, ...stretch }, at) => ({
      ...{ day: iso(date).slice(0, 10), from: iso(stretch.from), to: iso(stretch.to) },
      counts: countsAt(at),
    })),
    total: Object.fromEntries(kinds.map((kind, row) => [kind, sum(row)])),
  }
  return activity
}

type Question = { kinds: readonly string[]; stretches: readonly Stretch[] }

/** For each kind the rows of each stretch. */
export const countStretches: ReadApart<Question, number[][]> = async (from, { kinds, stretches: all }) => {
  const counts: number[][] = []
  for (const kind of kinds) counts.push(await talliedIn(from, kind, all))
  return counts
}

/** Years that every calendar here can write down. */
const [earliest, latest] = [Date.UTC(1970, 0, 1), Date.UTC(9000, 0, 1)]

function timeOf(text: string | undefined, path: string): number | undefined {
  if (text === undefined) return undefined
  const time = Date.parse(text)
  if (time >= earliest && time <= latest) return time
  throw fail('INVALID_INPUT', {}, [{ path, message: 'is not a time after 1970' }])
}
