import { Id, optional, shape, Type } from '@cairn/api/shapes'
import { type JobDefinition, job } from '../../../kernel/jobs/definition.ts'
import { module } from './bulk.ts'
import type { Following } from './follow.ts'

const rowsAtOnce = 200

export const fileJobs = (following: Pick<Following, 'scan' | 'drop'>): JobDefinition[] => [
  /** Compares a root with the index. Broken off at any moment, it goes on with what is still different. */
  job({
    type: 'files.scan',
    upkeep: true,
    input: shape({ root: Id, hash: optional(Type.Boolean()) }),
    timeout: 6 * 3_600_000,
    run: ({ scope, input, id, signal, progress }) =>
      following.scan(scope, {
        root: input.root,
        hash: input.hash ?? false,
        job: id,
        signal,
        progress: (done, total) => progress({ phase: 'scanning', done, total }),
      }),
  }),
  /** Takes what was indexed of a removed root out of the index. */
  job({
    type: 'files.forget',
    upkeep: true,
    input: shape({ root: Id }),
    timeout: 3_600_000,
    async run({ scope, input, signal, progress }) {
      await following.drop(input.root)
      let files = 0
      for (;;) {
        signal.throwIfAborted()
        const gone = await scope.apart.write<number>(module, 'forgetFiles', { root: input.root, limit: rowsAtOnce })
        if (gone === 0) return { files }
        files += gone
        progress({ phase: 'forgetting', done: files, total: null })
      }
    },
  }),
]
