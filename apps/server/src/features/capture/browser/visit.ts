/** A visit as somebody hands it in, checked and masked. */
import { setImmediate as turn } from 'node:timers/promises'
import type { NewVisit } from '@cairn/api/browser'
import { type FieldError, fail } from '@cairn/api/errors'
import { maskText } from '../../../kernel/masking.ts'
import { type Address, addressReader, longestAddress, type Refusal, visitId } from './address.ts'
import type { CaptureRules } from '../../ground/capture/index.ts'
import { soundText } from './page-text.ts'
import type { TextFields } from './text-store.ts'
import type { VisitFields } from './write-store.ts'

/** Visits ready to be kept, in the order of their ids, each once, and their pages. Can cross to a worker. */
export type SoundVisits = {
  given: number
  /** How many of the given ones are not to be kept: paused, or private. */
  leftOut: number
  /** Why the first of them is not, in words. */
  why: string | null
  visits: VisitFields[]
  pages: Map<string, Address>
  /** What pages said, the latest of each. */
  texts: TextFields[]
}
/** What of visits is kept, as capture and the tabs say it. */
export type VisitRules = Pick<CaptureRules, 'pausedFor' | 'keepsText'> & {
  /** Tabs whose pages are not read. */
  silent: ReadonlySet<string>
}

/** No browser saw a page before; epoch milliseconds. */
export const earliest = Date.UTC(1990, 0, 1)
/** How far ahead another machine's clock may be. */
export const ahead = 86_400_000
export const longestTitle = 1_000
const mostFaults = 20
const atOnce = 500

const refusals: Record<Refusal, string> = {
  scheme: 'must begin with http:// or https://',
  address: 'is not an address',
  too_long: `is longer than ${longestAddress} characters`,
}

/**
 * Checks visits and masks what is secret in them. INVALID_INPUT with the path of each field that is not as expected
 * (the first 20); nothing is kept then. What is paused or private is left out. Other work of the loop has its turn between hundreds of visits.
 */
export async function soundVisits(
  given: readonly NewVisit[],
  now: number,
  pathOf: (at: number) => string,
  rules: VisitRules,
): Promise<SoundVisits> {
  const faults: FieldError[] = []
  const read = addressReader()
  const visits = new Map<string, VisitFields>()
  const pages = new Map<string, Address>()
  const texts = new Map<string, TextFields>()
  const reasons: string[] = []
  for (const [at, visit] of given.entries()) {
    if (at % atOnce === atOnce - 1) await turn()
    const address = read(visit.url)
    if (typeof address === 'string') faults.push({ path: `${pathOf(at)}/url`, message: refusals[address] })
    const time = visit.visited_at === undefined ? now : Date.parse(visit.visited_at)
    const inTime = time >= earliest && time <= now + ahead
    if (!inTime) faults.push({ path: `${pathOf(at)}/visited_at`, message: 'must lie between 1990 and tomorrow' })
    if (typeof address === 'string' || !inTime) continue
    const reason = visit.incognito ? 'private windows' : rules.pausedFor(address.site)
    if (reason !== null) {
      reasons.push(reason)
      continue
    }
    const referrer = visit.referrer ? read(visit.referrer) : 'address'
    const fields = fieldsOf(visit, address, time, typeof referrer === 'string' ? null : referrer.url)
    visits.set(fields[0], fields)
    pages.set(address.page, address)
    if (!visit.text || !rules.keepsText(address.site) || rules.silent.has(visit.tab_id ?? '')) continue
    if ((texts.get(address.page)?.[4] ?? 0) > time) continue
    await turn()
    const said = soundText(visit.text)
    if (said) texts.set(address.page, [address.page, fields[0], said.text, said.truncated ? 1 : 0, time])
  }
  if (faults.length > 0) throw fail('INVALID_INPUT', {}, faults.slice(0, mostFaults))
  return {
    ...{ given: given.length, leftOut: reasons.length, why: reasons[0] ?? null, pages },
    visits: [...visits.values()].sort(([a], [b]) => (a < b ? -1 : 1)),
    texts: [...texts.values()].sort(([a], [b]) => (a < b ? -1 : 1)),
  }
}

function fieldsOf(visit: NewVisit, { page, bucket }: Address, time: number, referrer: string | null): VisitFields {
  return [
    ...([visitId(time, page), page, bucket, time, referrer, visit.duration_ms ?? null] as const),
    ...([visit.source ?? 'api', soundTitle(visit.title), visit.tab_id ?? null] as const),
    ...([visit.status_code ?? null, visit.content_type?.toWellFormed() ?? null] as const),
  ]
}

/** A title in one line, without what is no text and without secrets; null when nothing is left. */
export function soundTitle(title: string | null | undefined): string | null {
  if (!title) return null
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  const line = title.slice(0, 4 * longestTitle).replace(/[\u0000-\u0020\u007f-\u009f\u2028\u2029]+/g, ' ')
  const kept = maskText(line.trim()).slice(0, longestTitle).toWellFormed().trimEnd()
  return kept === '' ? null : kept
}
