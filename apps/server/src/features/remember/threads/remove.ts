/** Removes a thread with what is in it: a few messages in one transaction, many as a job, the last said first. */
import { count, Id, shape } from '@cairn/api/shapes'
import { fail } from '@cairn/api/errors'
import type { Forget } from '../../../kernel/feature.ts'
import { job } from '../../../kernel/jobs/definition.ts'
import type { Jobs } from '../../../kernel/jobs/jobs.ts'
import type { Scope, Tx, WriteApart } from '../../../kernel/scope.ts'
import { deleteLinks, deleteNewest, holdThread } from './remove-store.ts'
import * as store from './store.ts'

type Removed = Record<string, number>
type Counts = { messages: number; links: number }
type Going = { jobs: Pick<Jobs, 'result'>; forget: Forget }

/** Messages and links that go in one transaction. */
const atOnce = 500
const here = new URL(import.meta.url)

/**
 * Removes a thread with its messages, links and whatever else belongs to it alone; answers how many of each, or null when
 * that goes on for long. THREAD_NOT_FOUND, PRECONDITION_FAILED, JOB_FAILED.
 */
export async function remove(scope: Scope, { jobs, forget }: Going, id: string, seen: number | null) {
  const begun = await scope.write(async (tx): Promise<{ removed: Removed } | { job_id: string }> => {
    const row = await store.threadById(tx, id)
    if (!row) throw fail('THREAD_NOT_FOUND')
    if (seen !== null && row.version !== seen) throw fail('PRECONDITION_FAILED')
    const counts = { messages: row.message_count, links: await store.countLinks(tx, id) }
    if (counts.messages + counts.links <= atOnce) return { removed: await removeRest(tx, forget, id, counts) }
    return { job_id: await tx.enqueue({ type: 'threads.remove', input: { id, ...counts } }) }
  })
  if ('removed' in begun) return begun
  return { removed: await jobs.result<Removed>(scope, begun.job_id), ...begun }
}

/** Goes on where it was cut off; until the end the thread is there with what is left. */
export const removalJob = (forget: Forget) =>
  job({
    type: 'threads.remove',
    input: shape({ id: Id, messages: count, links: count }),
    timeout: 3_600_000,
    async run(context): Promise<Removed> {
      const { id, ...counts } = context.input as { id: string } & Counts
      const total = counts.messages + counts.links
      for (let done = 0; ; ) {
        context.signal.throwIfAborted()
        const gone = await context.scope.apart.write<number>(here, 'removeSome', id)
        if (gone === 0) break
        done += gone
        await context.advanced()
        context.progress({ phase: 'removing', done: Math.min(done, total), total })
      }
      return context.writeStep('remove', (tx) => removeRest(tx, forget, id, counts))
    },
  })

/** Removes some of the newest messages, or links when none are left. One event, `thread.changed`. */
export const removeSome: WriteApart<string, number> = async (tx, id) => {
  if (!(await holdThread(tx, id))) return 0
  const messages = await deleteNewest(tx, id, atOnce)
  if (messages.length > 0) await tx.reindex('message', messages)
  const links = messages.length > 0 ? 0 : await deleteLinks(tx, id, atOnce)
  const gone = messages.length + links
  if (gone > 0) tx.event({ type: 'thread.changed', subject: id, data: { fields: ['messages'] } })
  return gone
}

/** The thread itself, with the little that is still in it. One event, `thread.removed`, with what all went. */
async function removeRest(tx: Tx, forget: Forget, id: string, { messages, links }: Counts): Promise<Removed> {
  if (!(await store.threadById(tx, id))) throw fail('THREAD_NOT_FOUND')
  const ids = (await store.messageIdsOf(tx, id)).map((row) => row.id)
  const others = await forget(tx, { kind: 'thread', id })
  await store.deleteThread(tx, id)
  if (ids.length > 0) await tx.reindex('message', ids)
  const removed = { threads: 1, messages, links, ...others }
  tx.event({ type: 'thread.removed', subject: id, data: removed })
  return removed
}
