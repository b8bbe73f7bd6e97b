import { RemovalMode } from '@cairn/api/browser'
import { Id, list, optional, type Static, shape, text } from '@cairn/api/shapes'
import Type from 'typebox'
import { countedSoFar } from '../../../kernel/jobs/counting.ts'
import { job } from '../../../kernel/jobs/definition.ts'
import { type Removed, removeVisits } from './remove.ts'
import { dropUnseen, recount, recountJob } from './recount.ts'

/** Counts pages and sites after a bulk change that was cut off before it could. */
export const recountPages = job({
  type: recountJob.type,
  input: shape({}),
  quiet: true,
  upkeep: true,
  concurrent: 1,
  async run({ scope, progress }) {
    const removed = await recount(scope, (done, total) => progress({ phase: 'counting', done, total }))
    await dropUnseen(scope)
    return { removed }
  },
})

const Time = optional(Type.Integer())
const Removal = shape({
  mode: RemovalMode,
  which: list(shape({ from: Time, to: Time, site: optional(text(300, 1)), tab: optional(Id) })),
})
/** One removal after the other; beside imports, which count with it. */
export const removalJob = { type: 'browser.remove', concurrency: 'browser.remove' } as const

/** Removes what a person named by domain, age, period or tab, or all of it. Cut off, it goes on with what is left. */
export const removeHistory = job({
  type: removalJob.type,
  input: Removal,
  async run({ scope, input, progress }): Promise<Removed> {
    const { mode, which } = input as Static<typeof Removal>
    const { pages } = await removeVisits(scope, mode, which, (done) =>
      progress({ phase: 'removing', done, total: null }),
    )
    return { visits: (await countedSoFar(scope)).visits ?? 0, pages }
  },
})
