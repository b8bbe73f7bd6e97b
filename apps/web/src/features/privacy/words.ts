/** Parts of receipts and rules in words. */
import type { ErasedPart, ErasureKind, Receipt, RetentionRule } from '@cairn/api/privacy'
import { full, number } from '../../lib/format.ts'

/** Names of parts that their own words do not give away, of one and of many. */
const parts: Record<string, readonly [one: string, many: string]> = {
  answers_kept: ['stored answer of a call', 'stored answers of calls'],
  attachments: ['message that no longer names a document', 'messages that no longer name a document'],
  contexts: ['record of what an answer was made from', 'records of what answers were made from'],
  events: ['event without its data now', 'events without their data now'],
  page_texts: ['text of a page', 'texts of pages'],
  quoting_answers: ['answer that quoted it, without its words now', 'answers that quoted it, without their words now'],
  referrers: ['visit that no longer says where it came from', 'visits that no longer say where they came from'],
  requests: ['request in the log of what left', 'requests in the log of what left'],
  task_suggestions: ['suggested task', 'suggested tasks'],
  task_sources: ['task that no longer says where it came from', 'tasks that no longer say where they came from'],
  thread_titles: ['thread without its title now', 'threads without their titles now'],
  tabs_detached: ['tab without its thread now', 'tabs without their thread now'],
  tasks_detached: ['task without its thread now', 'tasks without their thread now'],
}
function nameOf(part: string, count: number): string {
  const said = parts[part]
  if (said) return said[count === 1 ? 0 : 1]
  const many = part.replaceAll('_', ' ')
  return count === 1 ? many.replace(/ies$/, 'y').replace(/s$/, '') : many
}

/** Each part that is something, the largest first: `12 visits`. */
export function linesOf(erased: readonly ErasedPart[]): string[] {
  const all = erased.flatMap(({ counts }) => Object.entries(counts))
  return all
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([part, count]) => `${number(count)} ${nameOf(part, count)}`)
}

const scopes: Record<ErasureKind, string> = {
  site: 'A site',
  period: 'A period',
  thread: 'A thread',
  tab: 'A tab',
  source: 'One source',
  person: 'A person',
  everything: 'Everything',
}
export function scopeOf({ scope, from, to }: Pick<Receipt, 'scope' | 'from' | 'to'>): string {
  if (scope !== 'period') return scopes[scope]
  if (from && Date.parse(from) > 0) return `From ${full(from)}${to ? ` to ${full(to)}` : ''}`
  return to ? `Up to ${full(to)}` : scopes.period
}

const rules: Record<string, string> = {
  visits: 'Browser history',
  page_texts: 'Texts of pages',
  'jobs.housekeeping': 'Jobs: housekeeping that went well',
  'jobs.succeeded': 'Jobs that went well, with their logs',
  'jobs.others': 'Jobs that failed or were cancelled',
  events: 'Events',
  requests: 'Log of what left this machine',
  model_calls: 'Log of calls of models',
  answers: 'Stored answers of calls',
}
export const ruleName = ({ rule }: Pick<RetentionRule, 'rule'>) => rules[rule] ?? rule
