/**
 * The timeline as rows without holding them: each day is a heading and as many rows as it has visits, whether they have
 * been read or not. So the scroll bar tells the truth at any length, and only days in sight are read.
 */
export type DaySpan = { day: string; count: number; start: number }
export type Timeline = { days: readonly DaySpan[]; rows: number }
export type TimelineRow = { day: string; at: number }

/** Lays days one under the other. `counts` are visits by day, newest day first. */
export function layOut(counts: readonly { day: string; visits: number }[]): Timeline {
  const days: DaySpan[] = []
  let start = 0
  for (const { day, visits } of counts) {
    if (visits < 1) continue
    days.push({ day, count: visits, start })
    start += visits + 1
  }
  return { days, rows: start }
}

/** Which day, and which of its visits, stands at a row; `at` −1 is the day's heading. */
export function rowAt(timeline: Timeline, row: number): TimelineRow | null {
  if (row < 0 || row >= timeline.rows) return null
  let low = 0
  let high = timeline.days.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((timeline.days[middle] as DaySpan).start <= row) low = middle
    else high = middle - 1
  }
  const span = timeline.days[low] as DaySpan
  return { day: span.day, at: row - span.start - 1 }
}

/** The row of a day's heading, or of the newest day before it. */
export function rowOfDay(timeline: Timeline, day: string): number {
  return timeline.days.find((span) => span.day <= day)?.start ?? 0
}
