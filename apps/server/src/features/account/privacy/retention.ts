/** How long things are kept: the rules of all features, what a person said of them, and the job that carries them out. */
import { fail } from '@cairn/api/errors'
import type { RetentionRule } from '@cairn/api/privacy'
import { shape } from '@cairn/api/shapes'
import type { Clock } from '../../../kernel/clock.ts'
import { add, type Counts } from '../../../kernel/erasure.ts'
import { type JobContext, job } from '../../../kernel/jobs/definition.ts'
import type { Jobs } from '../../../kernel/jobs/jobs.ts'
import type { Passages } from '../../../kernel/passages/passages.ts'
import type { Scope, Tx } from '../../../kernel/scope.ts'
import type { RuleOf } from './retain.ts'
import type { EraserOf } from './count.ts'
import * as store from './retention-store.ts'

const day = 86_400_000
const retainApart = new URL('./retain.ts', import.meta.url)
/** Each night, and whenever somebody asks for it. */
const nightly = { cron: '17 3 * * *', input: {} }

export type RetentionParts = {
  clock: Clock
  jobs: Pick<Jobs, 'quiet'>
  passages: Pick<Passages, 'kinds'>
  erasers: readonly EraserOf[]
  retainers: readonly EraserOf[]
}
/** A rule as it holds now. */
type Held = { rule: string; feature: string; days: number | null; usual: number | null }

export function makeRetention({ clock, jobs, passages, erasers, retainers }: RetentionParts) {
  async function held(scope: Scope): Promise<Held[]> {
    const rules = await scope.apart.read<RuleOf[]>(retainApart, 'listRules', { retainers })
    const said = new Map((await store.said(scope)).map((row) => [row.rule, row.days]))
    return rules.map((rule) => ({ ...rule, days: said.has(rule.rule) ? (said.get(rule.rule) ?? null) : rule.usual }))
  }

  const dueBy = (days: number) => ({ before: clock.now() - days * day, housekeeping: jobs.quiet() })

  /** Every rule, and what it would remove now. */
  async function list(scope: Scope): Promise<{ items: RetentionRule[] }> {
    const items: RetentionRule[] = []
    for (const rule of await held(scope)) {
      const argument = { retainers, rule: rule.rule, due: rule.days === null ? null : dueBy(rule.days) }
      const due = rule.days === null ? {} : await scope.apart.read<Counts>(retainApart, 'countDue', argument)
      items.push({ ...rule, due })
    }
    return { items }
  }

  /** Says how long something is kept from now on; null for ever. INVALID_INPUT for a rule that there is none of. */
  async function change(scope: Scope, name: string, days: number | null): Promise<{ items: RetentionRule[] }> {
    const rule = (await held(scope)).find((each) => each.rule === name)
    if (!rule) throw fail('INVALID_INPUT', {}, [{ path: '/rule', message: 'is no rule' }])
    if (rule.days !== days)
      await scope.write(async (tx) => {
        await store.say(tx, name, days, tx.now)
        tx.event({ type: 'privacy.retention_changed', subject: tx.workspace, data: { rule: name, days } })
      })
    return list(scope)
  }

  const request = async (tx: Tx) => ({
    job_id: await tx.enqueue({ type: 'privacy.retain', input: {}, unique: 'retain', concurrency: 'privacy.retain' }),
  })

  /** One event with what went, unless nothing did. */
  async function run({ scope, progress }: JobContext<unknown>) {
    const removed: Record<string, Counts> = {}
    for (const { rule, days } of await held(scope)) {
      if (days === null) continue
      const due = dueBy(days)
      const total: Counts = {}
      for (let cursor: string | null = null, more = true; more; ) {
        scope.signal.throwIfAborted()
        const batch = { retainers, erasers, rule, due, cursor, kinds: passages.kinds() }
        const step: { counts: Counts; cursor: string | null } = await scope.apart.write(
          retainApart,
          'retainSome',
          batch,
        )
        add(total, step.counts)
        cursor = step.cursor
        more = cursor !== null
        progress({
          phase: 'tidying',
          done: Object.values(total).reduce((a, b) => a + b, 0),
          total: null,
          message: rule,
        })
      }
      if (Object.keys(total).length > 0) removed[rule] = total
    }
    if (Object.keys(removed).length > 0)
      await scope.write(async (tx) =>
        tx.event({ type: 'privacy.retained', subject: scope.workspace, data: { removed } }),
      )
    return { removed }
  }

  const retainJob = job({
    type: 'privacy.retain',
    input: shape({}),
    quiet: true,
    upkeep: true,
    schedule: nightly,
    concurrent: 1,
    timeout: 6 * 3_600_000,
    run,
  })
  return { list, change, request, job: retainJob }
}
