import { Id, shape } from '@cairn/api/shapes'
import { type JobDefinition, job } from '../../../kernel/jobs/definition.ts'
import type { Capture } from '../../ground/capture/index.ts'
import type { Roots } from '../../ground/roots/index.ts'
import type { makeGitFollowing } from './follow.ts'
import { scanRepository } from './scan.ts'
import { type makeGitService, stateOfError } from './service.ts'
import * as store from './store.ts'

type Parts = {
  service: ReturnType<typeof makeGitService>
  following: ReturnType<typeof makeGitFollowing>
  roots: Pick<Roots, 'byId'>
  capture: Pick<Capture, 'rules'>
}
const rowsAtOnce = 200

export const gitJobs = ({ service, following, roots, capture }: Parts): JobDefinition[] => [
  /** Takes in commits and moves of refs that are new. A repository that cannot be read is a state, not a failure. */
  job({
    type: 'git.scan',
    upkeep: true,
    input: shape({ repository: Id }),
    timeout: 3_600_000,
    concurrent: 2,
    async run(context) {
      const { scope, input } = context
      const row = await store.repositoryById(scope, input.repository)
      const root = row && (await roots.byId(scope, row.root))
      if (!row || !root) return { state: 'removed' }
      if ((await capture.rules(scope)).pausedIn(root.id) !== null) return { state: 'paused' }
      try {
        const repository = await service.open(scope, root, row.path)
        following.watch(row, repository.gitDir)
        return await scanRepository(context, row, repository)
      } catch (error) {
        const found = stateOfError(error)
        if (!found) throw error
        await scope.write(async (tx) => {
          await store.updateRepository(tx, row.id, found)
          if (found.state !== row.state) tx.event({ type: 'git.moved', subject: row.id, data: { state: found.state } })
        })
        return found
      }
    },
  }),
  /** Takes repositories and commits of a removed root out of store and index. */
  job({
    type: 'git.forget',
    upkeep: true,
    input: shape({ root: Id }),
    timeout: 3_600_000,
    async run({ scope, input, signal }) {
      following.unwatch(input.root)
      let events = 0
      for (const { id } of await store.repositoriesOf(scope, input.root)) {
        for (;;) {
          signal.throwIfAborted()
          const gone = await scope.write(async (tx) => {
            // A scan that is at work writes its commits before or not at all.
            if (!(await store.holdRepository(tx, id))) return 0
            const rows = await store.someEvents(tx, id, rowsAtOnce)
            if (rows.length === 0) {
              await store.deleteRepository(tx, id)
              return 0
            }
            await store.deleteEvents(
              tx,
              rows.map((row) => row.id),
            )
            await tx.reindex(
              'commit',
              rows.filter(({ type }) => type === 'commit' || type === 'merge').map((row) => row.id),
            )
            tx.event({ type: 'git.forgotten', subject: id, data: { root: input.root, events: rows.length } })
            return rows.length
          })
          if (gone === 0) break
          events += gone
        }
      }
      return { events }
    },
  }),
]
