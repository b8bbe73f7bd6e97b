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

/** The time zone that days go by here. */
export const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
/** Of names of languages those that `Intl` takes: some browsers name the system's, as `en-US@posix`. */
export const localesOf = (names: readonly string[]) =>
  names.flatMap((name) => {
    try {
      return Intl.getCanonicalLocales(name.split(/[.@]/, 1)[0])
    } catch {
      return []
    }
  })
/** What the person speaks, best first. */
export const locales = localesOf(navigator.languages)
/** How words that are written here are read as dates. */
export const speaker = { zone, languages: locales.slice(0, 10) }

/** Dates and times as people write them who speak one of these languages, the first the best; words around them are English. */
export function makeDates(languages: readonly string[]) {
  const as = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat([...languages], options)
  const short = { day: 'numeric', month: 'short' } as const
  const long = { weekday: 'long', day: 'numeric', month: 'long' } as const
  const dayMonth = as(short)
  const dayMonthYear = as({ ...short, year: 'numeric' })
  const weekday = as(long)
  const weekdayYear = as({ ...long, year: 'numeric' })
  const monthYear = as({ month: 'short', year: 'numeric' })
  const clockTime = as({ hour: '2-digit', minute: '2-digit' })
  const fullTime = as({ dateStyle: 'medium', timeStyle: 'medium' })

  const shortDate = (at: number, now: number) => (sameYear(at, now) ? dayMonth : dayMonthYear).format(at)
  return {
    /** 12 Oct, 3 Mar 2024 */
    shortDate,
    /** Mar 2024 */
    month: (at: number) => monthYear.format(at),
    /** 14:05 */
    clock: (time: string) => clockTime.format(Date.parse(time)),
    /** 21 Nov 2026, 14:05:09 */
    full: (time: string) => fullTime.format(Date.parse(time)),

    /** How long ago, shortly: now, 5m, 3h, yesterday, 12 Oct, 3 Mar 2024. */
    ago(time: string, now: number): string {
      const at = Date.parse(time)
      const seconds = (now - at) / 1000
      if (seconds < 45) return 'now'
      if (seconds < 3_570) return `${Math.max(1, Math.round(seconds / 60))}m`
      if (dayKey(at) === dayKey(now)) return `${Math.round(seconds / 3600)}h`
      if (dayKey(at) === dayKey(now, -1)) return 'yesterday'
      return shortDate(at, now)
    },

    /** Today, Yesterday, Monday 3 November. */
    dayTitle(at: number, now: number): string {
      if (dayKey(at) === dayKey(now)) return 'Today'
      if (dayKey(at) === dayKey(now, -1)) return 'Yesterday'
      return (sameYear(at, now) ? weekday : weekdayYear).format(at)
    },
  }
}
export type Dates = ReturnType<typeof makeDates>

export const here = makeDates(locales)
export const { ago, clock, dayTitle, full, month, shortDate } = here

const sameYear = (at: number, now: number) => new Date(at).getFullYear() === new Date(now).getFullYear()

/** Local day as 2026-11-21, `add` days later. */
export function dayKey(at: number, add = 0): string {
  const date = new Date(at)
  if (add !== 0) date.setDate(date.getDate() + add)
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
