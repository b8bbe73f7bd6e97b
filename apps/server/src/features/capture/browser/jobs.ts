import { shape } from '@cairn/api/shapes'
import { job } from '../../../kernel/jobs/definition.ts'
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
