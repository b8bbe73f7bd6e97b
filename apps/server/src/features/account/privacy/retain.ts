/** Rules about age as they run in a worker thread. */
import type { Counts } from '../../../kernel/erasure.ts'
import { present } from '../../../kernel/erasure.ts'
import type { Due, Rule } from '../../../kernel/retention.ts'
import type { ReadApart, WriteApart } from '../../../kernel/scope.ts'
import { type EraserOf, loadErasers } from './count.ts'
import { releaseAll } from './erase.ts'

export type RuleOf = { rule: string; feature: string; usual: number | null }
type Named = { retainers: readonly EraserOf[]; rule: string }

const rulesOf = async ({ module }: EraserOf) => ((await import(module)) as { rules: readonly Rule[] }).rules

async function ruleOf({ retainers, rule: name }: Named): Promise<{ feature: string; rule: Rule }> {
  for (const each of retainers) {
    const rule = (await rulesOf(each)).find((one) => one.rule === name)
    if (rule) return { feature: each.feature, rule }
  }
  throw new Error(`There is no rule ${name}.`)
}

export const listRules: ReadApart<{ retainers: readonly EraserOf[] }, RuleOf[]> = async (_, { retainers }) => {
  const all: RuleOf[] = []
  for (const each of retainers)
    for (const { rule, usual } of await rulesOf(each)) all.push({ rule, feature: each.feature, usual })
  return all
}

export const countDue: ReadApart<Named & { due: Due }, Counts> = async (from, argument) => {
  const { rule } = await ruleOf(argument)
  return present(await rule.count(from, argument.due))
}

type Batch = Named & { erasers: readonly EraserOf[]; due: Due; cursor: string | null; kinds: readonly string[] }

/** One batch, with what hangs on it. */
export const retainSome: WriteApart<Batch, { counts: Counts; cursor: string | null }> = async (tx, batch) => {
  const { rule } = await ruleOf(batch)
  const { counts, gone = [], cursor } = await rule.some(tx, batch.due, batch.cursor)
  if (gone.some(({ ids }) => ids.length > 0))
    await releaseAll(tx, { loaded: await loadErasers(batch.erasers), gone, kinds: batch.kinds, note: () => undefined })
  return { counts, cursor }
}
