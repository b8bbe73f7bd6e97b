/** Dates in words, read by chrono-node in the languages and the time zone of whoever wrote them. */
import type { Chrono, ParsedResult } from 'chrono-node'
import { iso } from '../../../kernel/clock.ts'
import { instantOf, offsetIn } from '../../../kernel/zones.ts'
import { english, type Language, languages as known } from './languages.ts'

export type ReadDate = { due_at: string | null; timed: boolean; words: string; title: string }
/** The last date that a text holds, seen from an instant. A day without a time means its last minute. */
export type DateReader = (text: string, now: number) => ReadDate
/** Where somebody's clocks hang, and what they speak, best first: BCP 47 tags, or what a system calls them (`de_AT@euro`). */
export type Speaker = { zone: string; languages?: readonly string[] | undefined }

type Reader = { language: Language; chronos: readonly Chrono[] }
type Found = { result: ParsedResult; language: Language }

/**
 * Of what the readers of all these languages find, the reading that takes in the most of the text counts, of equal ones
 * that of the first language. English is always read, after the others; tags that are not known are passed over.
 * INVALID_INPUT for a zone that is none.
 */
export async function dateReader({ zone, languages = [] }: Speaker): Promise<DateReader> {
  const offset = offsetIn(zone, '/zone')
  const spoken = languages.flatMap((tag) => known.get(tag.toLowerCase().split(/[^a-z]/, 1)[0] as string) ?? [])
  const readers = await Promise.all(
    [...new Set([...spoken, english])].map(async (language) => ({ language, chronos: await language.load() })),
  )

  return (given, now) => {
    // Runs of spaces make some of the readers search for minutes.
    const text = given.replace(/\s+/g, ' ')
    const clocks = clocksAt(now + offset(now))
    const found = bestOf(readers, text, clocks)
    if (!found) return { due_at: null, timed: false, words: '', title: given.trim() }
    const { index, start, text: words } = found.result
    const timed = start.isCertain('hour') || found.language.dayTime.test(words)
    const part = (name: 'year' | 'month' | 'day' | 'hour' | 'minute') => start.get(name) ?? 0
    const [hour, minute] = timed ? [part('hour'), part('minute')] : [23, 59]
    const wall = Date.UTC(part('year'), part('month') - 1, part('day'), hour, minute)
    const tags = start.tags()
    const at =
      !timed || !start.isCertain('timezoneOffset')
        ? instantOf(wall, offset)
        : tags.has('result/relativeDateAndTime') || tags.has('casualReference/now')
          ? now + (start.date().getTime() - clocks.getTime())
          : start.date().getTime()
    const title = titleAround(text.slice(0, index), text.slice(index + words.length), found.language)
    return { due_at: iso(at), timed, words, title }
  }
}

/**
 * The instant at which the clocks of this machine show what those of the person show (as `Date.UTC` says it). Most of the
 * readers can be told a zone, and some go by the clocks of the machine all the same.
 */
function clocksAt(wall: number): Date {
  const at = new Date(wall)
  const day = [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()] as const
  return new Date(...day, at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds(), at.getUTCMilliseconds())
}

function bestOf(readers: readonly Reader[], text: string, clocks: Date): Found | undefined {
  let best: Found | undefined
  let vague: Found | undefined
  for (const { language, chronos } of readers) {
    const last = chronos.flatMap((chrono) => lastOf(chrono.parse(text, clocks, { forwardDate: true }), text, language))
    const result = last.find((one) => isExact(one, language))
    if (result && result.text.length > (best?.result.text.length ?? 0)) best = { result, language }
    // English takes a month alone for a date where nothing better is found.
    if (last[0] && language === english) vague = { result: last[0], language }
  }
  return best ?? vague
}

const lastOf = (all: readonly ParsedResult[], text: string, language: Language) =>
  (language === english ? all : all.filter((one) => isDate(one, text, language))).slice(-1)

const isExact = ({ start, text }: ParsedResult, { dayTime }: Language) =>
  (['day', 'weekday', 'hour'] as const).some((part) => start.isCertain(part)) || dayTime.test(text)

/** No piece of a word (fr in "früh"), and none of the short words that are days as well ("do", "mar") unless written like one. */
function isDate({ index, text: words, start }: ParsedResult, text: string, { dense }: Language): boolean {
  if (dense) return true
  const [before, after] = [text.slice(0, index), text.slice(index + words.length)]
  if (/[\p{L}\p{M}]$/u.test(before) && /^\p{L}/u.test(words)) return false
  if (/^[\p{L}\p{M}]/u.test(after) && /[\p{L}\p{M}]$/u.test(words)) return false
  const short = /^\p{L}{1,3}$/u.test(words) && start.isCertain('weekday') && !start.isCertain('day')
  return !short || (/^\p{Lu}/u.test(words) && before.trim() !== '')
}

/** What is left of a title around a date: "Report by", ", call Anna". */
function titleAround(before: string, after: string, { before: leads, after: follows }: Language): string {
  let start = before
  for (let length = -1; length !== start.length; ) {
    length = start.length
    start = start.replace(leads, '')
  }
  return `${start} ${follows ? after.replace(follows, '') : after}`
    .replace(/\s+/g, ' ')
    .replace(/^[\s,;:–、，：；-]+|[\s,;:–、，：；-]+$/g, '')
    .trim()
}
