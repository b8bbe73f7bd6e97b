/** Words and numbers as people read them in a terminal. */
import pc from 'picocolors'
import { dateLanguage, spokenLanguages } from './config.ts'

/** Where the person is, and what they speak: dates in words are meant so. */
export const speaker = { zone: Intl.DateTimeFormat().resolvedOptions().timeZone, languages: spokenLanguages() }

/** Control characters, bidirectional overrides included, made visible: text from outside must not steer a terminal. */
export const harmless = (text: string) =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '�')

export const oneLine = (text: string, width: number) => {
  const flat = harmless(text).replace(/\s+/g, ' ').trim()
  return flat.length > width ? `${flat.slice(0, width - 1)}…` : flat
}

/** `src/a.ts:3-9`, or the address alone. */
export const placed = (uri: string, place: { start_line: number; end_line: number } | null, kind: string) =>
  kind === 'file' && place ? `${harmless(uri)}:${place.start_line}-${place.end_line}` : harmless(uri)

const language = dateLanguage()
const two = '2-digit' as const
const date = { year: 'numeric', month: two, day: two } as const
const minutes = { hour: two, minute: two } as const
const seconds = { ...minutes, second: two } as const
const by = (options: Intl.DateTimeFormatOptions) => {
  const format = new Intl.DateTimeFormat(language, options)
  return (time: string) => format.format(new Date(time))
}

/** `2026-11-20 10:11:12` by the clock on this person's wall, as people write it there. */
export const local = by({ ...date, ...seconds })
/** `2026-11-20 10:11` */
export const day = by({ ...date, ...minutes })
/** `10:11:12` */
export const clock = by(seconds)
export const number = (value: number) => value.toLocaleString('en')

/** `1 visit`, `1,204 visits`. */
export const counted = (value: number, one: string) => `${number(value)} ${one}${value === 1 ? '' : 's'}`

export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const step = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(value, 1)) / 3)))
  return `${(value / 1000 ** step).toFixed(step === 0 ? 0 : 1)} ${units[step]}`
}

const colours = {
  succeeded: pc.green,
  failed: pc.red,
  cancelled: pc.yellow,
  running: pc.cyan,
  queued: pc.dim,
  waiting: pc.dim,
  in_progress: pc.cyan,
  blocked: pc.yellow,
  completed: pc.green,
}
export const coloured = (status: string) => (colours[status as keyof typeof colours] ?? pc.reset)(status)
export { pc }
