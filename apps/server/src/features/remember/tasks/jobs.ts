/** A thread that is gone leaves the tasks that it led to. */
import { Id, shape } from '@cairn/api/shapes'
import { job } from '../../../kernel/jobs/definition.ts'
import { clearReference } from './store.ts'

const batch = 200

export const detachJob = job({
  type: 'tasks.detach',
  input: shape({ thread: Id }),
  quiet: true,
  upkeep: true,
  async run({ scope, input, signal }) {
    for (let tasks = 0; ; ) {
      signal.throwIfAborted()
      const ids = await scope.write(async (tx) => {
        const cleared = await clearReference(tx, 'thread_id', input.thread, { updated_at: tx.now, limit: batch })
        if (cleared.length > 0) {
          const data = { tasks: cleared.length, fields: ['thread_id'] }
          tx.event({ type: 'tasks.changed', subject: input.thread, data })
        }
        return cleared
      })
      tasks += ids.length
      if (ids.length < batch) return { tasks }
    }
  },
})
