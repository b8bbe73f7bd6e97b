/** Which scope a person means. */
import { fail } from '@cairn/api/errors'
import type { ErasableSource, ErasureKind } from '@cairn/api/privacy'
import type { Erasure } from '../../../kernel/erasure.ts'
import { readSite } from '../../../kernel/sites.ts'

export type ScopeInput = {
  site?: string
  from?: string
  to?: string
  thread_id?: string
  tab_id?: string
  source?: { kind: ErasableSource; id: string }
  person?: string
  everything?: true
}

/** `owns`: is this the person's personal workspace? */
type Asked = { now: number; owns(person: string): Promise<boolean> }

/** Exactly one scope, or INVALID_INPUT. A period without an end is up to now. */
export async function readScope(input: ScopeInput, { now, owns }: Asked): Promise<Erasure> {
  const given: Erasure[] = []
  if (input.site !== undefined) given.push({ by: 'site', site: readSite(input.site, '/site') })
  if (input.from !== undefined || input.to !== undefined) given.push(periodOf(input, now))
  if (input.thread_id !== undefined) given.push({ by: 'thread', id: input.thread_id })
  if (input.tab_id !== undefined) given.push({ by: 'tab', id: input.tab_id })
  if (input.source !== undefined) given.push(sourceOf(input.source))
  if (input.person !== undefined) given.push({ by: 'person', id: input.person, owns: await owns(input.person) })
  if (input.everything) given.push({ by: 'everything' })
  const [erasure] = given
  if (erasure && given.length === 1) return erasure
  const message = 'takes exactly one of site, from and to, thread_id, tab_id, source, person, everything=true'
  throw fail('INVALID_INPUT', {}, [{ path: '', message }])
}

function periodOf({ from, to }: ScopeInput, now: number): Erasure {
  const period = { from: timeOf(from, '/from') ?? 0, to: timeOf(to, '/to') ?? now + 1 }
  if (period.from < period.to) return { by: 'period', ...period }
  throw fail('INVALID_INPUT', {}, [{ path: '/to', message: 'must be later than from' }])
}

function timeOf(text: string | undefined, path: string): number | undefined {
  if (text === undefined) return undefined
  const time = Date.parse(text)
  if (Number.isFinite(time)) return Math.max(time, 0)
  throw fail('INVALID_INPUT', {}, [{ path, message: 'is not a time' }])
}

/** A thread and a tab are scopes of their own. */
const sourceOf = ({ kind, id }: { kind: ErasableSource; id: string }): Erasure =>
  kind === 'thread' || kind === 'tab' ? { by: kind, id } : { by: 'source', kind, id }

export const kindOf = (erasure: Erasure): ErasureKind => erasure.by

/** What a fingerprint is made of; null where the scope names nothing. */
export const nameOf = (erasure: Erasure): string | null =>
  erasure.by === 'site' ? erasure.site : 'id' in erasure ? erasure.id : null
