/** Kills a core, as a process of its own, in the middle of pruning, and starts it again on the same data. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { coreSettings, cutOff, startCoreProcess } from '../../../../test/core-process.ts'
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
  const { core: next, ended } = await cutOff(core, environment, 'jobs.prune', (api) => api.jobs.prune())
  expect(ended).toMatchObject({ status: 'succeeded', error: null, result: { succeeded: many } })
  expect(ended.attempt).toBeGreaterThan(1)
  expect((await next.api.jobs.list({ type: 'bookmarks.import' })).items.map(({ id }) => id)).toEqual([job_id])
  expect((await next.api.events.audit({})).valid).toBe(true)
}, 120_000)
