/** Kills a core, as a process of its own, in the middle of an import, and starts it again on the same data. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { coreSettings, startCoreProcess } from '../../../../test/core-process.ts'
import { makeChromiumProfile } from '../../../../test/fixtures/browser-profiles.ts'
import { until } from '../../../../test/harness.ts'

it('an import killed twice goes on where it was: every visit once, every count right, no copy left', async () => {
  const { folder, environment } = await coreSettings()
  const profile = makeChromiumProfile(join(folder, 'profile'), { visits: 40_000, seed: 9 })

  let core = await startCoreProcess(environment)
  const { job_id } = await core.api.imports.history({ source: 'chromium', path: profile.folder })
  for (const rows of [1, 15_000]) {
    await until(async () => {
      const { progress, status } = await core.api.jobs.get({ id: job_id })
      return status !== 'running'
        ? status === 'succeeded'
        : progress.phase === 'visits' && progress.steps_completed >= rows
    }, 60_000)
    await core.kill()
    core = await startCoreProcess(environment)
  }
  const job = await until(async () => {
    const job = await core.api.jobs.get({ id: job_id })
    return job.completed_at === null ? null : job
  }, 90_000)
  expect(job).toMatchObject({
    status: 'succeeded',
    result: { read: 40_000, created: 40_000, duplicates: 0, skipped: {} },
  })
  expect(job.attempt).toBeGreaterThan(1)
  expect((await core.api.overview.get()).counts).toMatchObject({ history: 40_000, pages: profile.pages })
  const { total } = await core.api.browser.listSites({ from: '2000-01-01T00:00:00Z' })
  expect(total.visits).toBe(40_000)
  const left = await readdir(join(environment.CAIRN_HOME as string, 'tmp', 'imports'), { recursive: true }).catch(
    () => [],
  )
  expect(left.filter((name) => name.includes('copy.db'))).toEqual([])
}, 180_000)
