/** Removes a folder with all that is in it: many bookmarks in small transactions, the folders with the last of them. */
import { count, Id, shape } from '@cairn/api/shapes'
import { type Counts, countedSoFar, countOn, sum } from '../../../kernel/jobs/counting.ts'
import { job } from '../../../kernel/jobs/definition.ts'
import type { Jobs } from '../../../kernel/jobs/jobs.ts'
import type { Scope, WriteApart } from '../../../kernel/scope.ts'
import { deleteBookmarksIn } from './bulk-store.ts'
import { folderOf, levelsBelow } from './folders.ts'
import { deleteFolder, folderById } from './store.ts'

type Removed = { bookmarks: number; folders: number }
/** `removed`: before the job began. */
type Going = { id: string; removed: Removed }
type Step = { removed: Removed; done: boolean }

const atOnce = 1_000
const here = new URL(import.meta.url)

/** What is more than one transaction takes goes on as a job; `removed` is null when that takes long. BOOKMARK_FOLDER_NOT_FOUND, JOB_FAILED. */
export async function removeFolder(scope: Scope, jobs: Pick<Jobs, 'result'>, id: string) {
  const { removed, job_id } = await scope.apart.write<Begun>(here, 'begin', id)
  if (job_id === null) return { removed }
  return { removed: await jobs.result<Removed>(scope, job_id), job_id }
}

type Begun = { removed: Removed; job_id: string | null }
export const begin: WriteApart<string, Begun> = async (tx, id) => {
  await folderOf(tx, id)
  const { removed, done } = await removeSome(tx, { id, removed: { bookmarks: 0, folders: 0 } })
  const rest: Going = { id, removed }
  return { removed, job_id: done ? null : await tx.enqueue({ type: 'bookmarks.remove', input: rest }) }
}

/** Goes on with a folder. Cut off, the folder is still there with what is left, and the next attempt removes that. */
export const removalJob = job({
  type: 'bookmarks.remove',
  input: shape({ id: Id, removed: shape({ bookmarks: count, folders: count }) }),
  timeout: 3_600_000,
  async run(context): Promise<Removed> {
    const going = context.input as Going
    for (;;) {
      context.signal.throwIfAborted()
      const { removed, done } = await context.scope.apart.write<Step>(here, 'removeSome', going)
      if (done) return removed
      await context.advanced()
      context.progress({ phase: 'removing', done: removed.bookmarks, total: null })
    }
  },
})

/**
 * Removes at most 1,000 bookmarks, and the folders when no more are left; answers what all went. One event each time: `bookmarks.removed`, or
 * at the end `bookmark_folder.removed` with what all went; none where the folder is gone already.
 */
export const removeSome: WriteApart<Going, Step> = async (tx, { id, removed: before }) => {
  const all = (more: Counts) => sum(before, more) as Removed
  if (!(await folderById(tx, id))) return { removed: all(await countedSoFar(tx)), done: true }
  const folders = (await levelsBelow(tx, id)).flat()
  const gone = await deleteBookmarksIn(tx, folders, atOnce)
  await tx.reindex('bookmark', gone)
  const bookmarks = gone.length
  if (bookmarks === atOnce) {
    tx.event({ type: 'bookmarks.removed', subject: id, data: { bookmarks } })
    return { removed: all(await countOn(tx, { bookmarks })), done: false }
  }
  await deleteFolder(tx, id)
  const removed = all(await countOn(tx, { bookmarks, folders: folders.length }))
  tx.event({ type: 'bookmark_folder.removed', subject: id, data: removed })
  return { removed, done: true }
}
