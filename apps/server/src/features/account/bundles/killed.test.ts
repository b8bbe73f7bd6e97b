/** Kills a core, as a process of its own, in the middle of an export and of an import, and starts it again. */
import { openAsBlob } from 'node:fs'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BundleExported } from '@cairn/api/bundles'
import { expect, it } from 'vitest'
import { type CoreProcess, coreSettings, startCoreProcess } from '../../../../test/core-process.ts'
import { until } from '../../../../test/harness.ts'
import { ended } from './bundles.fixture.ts'

const visits = 15_000
const filesIn = async (home: string) => {
  const folders = ['blobs', 'tmp'].map((folder) =>
    readdir(join(home, folder), { recursive: true, withFileTypes: true }).catch(() => []),
  )
  return (await Promise.all(folders)).flat().filter((one) => one.isFile())
}

/** Kills and starts again each time that so many rows are done. */
async function killedAt(
  rows: readonly number[],
  job: string,
  phase: string,
  core: CoreProcess,
  environment: Record<string, string>,
) {
  let running = core
  for (const least of rows) {
    await until(async () => {
      const { progress, completed_at } = await running.api.jobs.get({ id: job })
      return completed_at !== null || (progress.phase === phase && progress.steps_completed >= least)
    })
    await running.kill()
    running = await startCoreProcess(environment)
  }
  return running
}

it('an export and an import that are killed go on: every row once, every count right, no file left', async () => {
  const one = await coreSettings()
  let core = await startCoreProcess(one.environment)
  for (let from = 0; from < visits; from += 5_000) {
    const some = Array.from({ length: 5_000 }, (_, at) => ({
      url: `https://site${(from + at) % 97}.example/${(from + at) % 4_999}`,
      visited_at: new Date(1_600_000_000_000 + (from + at) * 1_000).toISOString(),
    }))
    await core.api.browser.createVisits({ visits: some })
  }
  const { id: thread } = await core.api.threads.create({ title: 'Kept' })
  await core.api.threads.addMessage({ thread_id: thread, role: 'user', content: 'Said' })
  const { job_id } = await core.api.bundles.export({})
  core = await killedAt([1], job_id, 'writing', core, one.environment)
  const written = (await ended(core.api, job_id)).result as BundleExported
  expect(written.components).toMatchObject({ visits, threads: 1, messages: 1 })
  expect(await filesIn(one.environment.CAIRN_HOME as string)).toHaveLength(1)
  const file = join(one.folder, 'bundle.zip')
  await writeFile(file, (await core.api.bundles.download.raw({ id: job_id })).body as ReadableStream<Uint8Array>)
  await core.api.bundles.remove({ id: job_id })
  await core.api.browser.removeHistory({ all: true })

  const asked = await core.api.bundles.import.upload(await openAsBlob(file))
  core = await killedAt([4_000], asked.job_id, 'bringing in', core, one.environment)
  const job = await ended(core.api, asked.job_id)
  expect(job).toMatchObject({
    status: 'succeeded',
    result: { total: { created: visits, updated: 0, skipped: 3, failed: 0 } },
  })
  expect(job.attempt).toBeGreaterThan(1)
  const { total } = await core.api.browser.listSites({ from: '2000-01-01T00:00:00Z' })
  expect(total.visits).toBe(visits)
  const again = await core.api.bundles.import({ path: file })
  expect(await ended(core.api, again.job_id)).toMatchObject({
    result: { total: { created: 0, updated: 0, skipped: visits + 3, failed: 0 } },
  })
  expect(await filesIn(one.environment.CAIRN_HOME as string)).toEqual([])
}, 180_000)
