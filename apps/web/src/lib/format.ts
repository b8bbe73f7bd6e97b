/** Numbers, sizes and times as people read them. Everything takes its `now`, so that it can be tested. */

const whole = new Intl.NumberFormat('en')
const compactNumber = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })

/** 12,345 */
export const number = (value: number) => whole.format(value)
/** 12.3K */
export const compact = (value: number) => compactNumber.format(value)
/** "1 file", "2 files" */
export const plural = (value: number, one: string, many = `${one}s`) =>
  `${whole.format(value)} ${value === 1 ? one : many}`

const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const

/** Bytes with three figures: 512 B, 1.5 kB, 23.4 MB (powers of 1000). */
export function bytes(value: number): string {
  let at = 0
  let rest = value
  while (rest >= 999.5 && at < units.length - 1) {
    rest /= 1000
    at += 1
  }
  return `${at === 0 || rest >= 100 ? Math.round(rest) : rest.toFixed(1)} ${units[at]}`
}

/** Seconds as 8 s, 2 min, 1 h 5 min. */
export function duration(seconds: number): string {
  if (seconds < 1) return '< 1 s'
  if (seconds < 90) return `${Math.round(seconds)} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 90) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours >= 48) return `${Math.round(hours / 24)} days`
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`
}

/** How long ago, shortly: now, 5m, 3h, yesterday, 12 Oct, 3 Mar 2024. */
export function ago(time: string, now: number): string {
  const at = Date.parse(time)
  const seconds = (now - at) / 1000
  if (seconds < 45) return 'now'
  if (seconds < 3_570) return `${Math.max(1, Math.round(seconds / 60))}m`
  if (dayKey(at) === dayKey(now)) return `${Math.round(seconds / 3600)}h`
  if (dayKey(at) === dayKey(now - 86_400_000)) return 'yesterday'
  return shortDate(at, now)
}

const dayMonth = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })
const dayMonthYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })
const weekday = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long' })
const weekdayYear = new Intl.DateTimeFormat('en-GB', {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
})
const clockTime = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })
const fullTime = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' })

export const shortDate = (at: number, now: number) =>
  (new Date(at).getFullYear() === new Date(now).getFullYear() ? dayMonth : dayMonthYear).format(at)

/** Today, Yesterday, Monday 3 November. */
export function dayTitle(at: number, now: number): string {
  if (dayKey(at) === dayKey(now)) return 'Today'
  if (dayKey(at) === dayKey(now - 86_400_000)) return 'Yesterday'
  return (new Date(at).getFullYear() === new Date(now).getFullYear() ? weekday : weekdayYear).format(at)
}
/** 14:05 */
export const clock = (time: string) => clockTime.format(Date.parse(time))
/** 21 Nov 2026, 14:05:09 */
export const full = (time: string) => fullTime.format(Date.parse(time))

/** Local day as 2026-11-21. */
export function dayKey(at: number): string {
  const date = new Date(at)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

/** Start of a local day given as 2026-11-21, in ISO 8601 UTC; `add` days later. Null for anything else. */
export function dayStart(day: string, add = 0): string | null {
  const [, year, month, date] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day) ?? []
  if (!year) return null
  const at = new Date(Number(year), Number(month) - 1, Number(date) + add)
  return Number.isNaN(at.getTime()) ? null : at.toISOString()
}
