/** Kills a core, as a process of its own, in the middle of pruning, and starts it again on the same data. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { coreSettings, startCoreProcess } from '../../../../test/core-process.ts'
import { until } from '../../../../test/harness.ts'
import { multiply } from '../../../../test/multiply.ts'

test('pruning that was killed goes on, and tells all that went', async () => {
  const { environment } = await coreSettings()
  let core = await startCoreProcess(environment)
  const { job_id } = await core.api.bookmarks.import.upload(
    new Blob(['<DL><p><DT><A HREF="https://one.example/">x</A></DL>']),
  )
  await until(async () => (await core.api.jobs.get({ id: job_id })).completed_at)
  await core.kill()
  const many = 12_000
  const lastYear = { completed_at: 'completed_at - 31536000000', created_at: 'created_at - 31536000000' }
  const file = join(environment.CAIRN_HOME as string, 'cairn.db')
  multiply(file, { table: 'jobs', id: job_id, copies: many, changed: lastYear })
  core = await startCoreProcess(environment)
  const going = core.api.jobs.prune().catch(() => null)
  const begun = await until(async () => (await core.api.jobs.list({ type: 'jobs.prune' })).items[0])
  await until(async () => (await core.api.jobs.get({ id: begun.id })).progress.steps_completed > 0)
  await core.kill()
  await going
  core = await startCoreProcess(environment)
  const ended = await until(async () => {
    const now = await core.api.jobs.get({ id: begun.id })
    return now.completed_at === null ? null : now
  }, 60_000)
  expect(ended).toMatchObject({ status: 'succeeded', error: null, result: { succeeded: many } })
  expect(ended.attempt).toBeGreaterThan(1)
  expect((await core.api.jobs.list({ type: 'bookmarks.import' })).items.map(({ id }) => id)).toEqual([job_id])
  expect((await core.api.events.audit({})).valid).toBe(true)
}, 120_000)
