/** Kills a core, as a process of its own, in the middle of an import, and starts it again on the same data. */
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { coreSettings, startCoreProcess } from '../../../../../test/core-process.ts'
import { until } from '../../../../../test/harness.ts'

const [shelves, onEach] = [20, 500]
const shelf = (at: number) => ({
  ...{ type: 'folder', name: `shelf ${at}` },
  children: Array.from({ length: onEach }, (_, row) => ({
    ...{ type: 'url', name: `${at} ${row}`, url: `https://kept.example/${at}/${row}` },
  })),
})

test("an import of a profile's bookmarks that was killed goes on: each once, in its place, and no copy is left", async () => {
  const { folder, environment } = await coreSettings()
  const profile = join(folder, 'profile')
  await mkdir(profile)
  const children = Array.from({ length: shelves }, (_, at) => shelf(at))
  await writeFile(join(profile, 'Bookmarks'), JSON.stringify({ roots: { bookmark_bar: { name: 'Bar', children } } }))
  let core = await startCoreProcess(environment)
  const { job_id } = await core.api.imports.bookmarks({ source: 'chromium', path: profile })
  await until(async () => {
    const { progress, completed_at } = await core.api.jobs.get({ id: job_id })
    return completed_at !== null || (progress.phase === 'bookmarks' && progress.steps_completed > 0)
  })
  await core.kill()
  core = await startCoreProcess(environment)
  const job = await until(async () => {
    const now = await core.api.jobs.get({ id: job_id })
    return now.completed_at === null ? null : now
  })
  expect(job).toMatchObject({
    status: 'succeeded',
    result: { read: shelves * onEach, created: shelves * onEach, known: 0, folders: shelves + 1 },
  })
  expect(job.attempt).toBeGreaterThan(1)
  const { items } = await core.api.bookmarks.tree()
  expect(items.map(({ title, bookmarks }) => [title, bookmarks])).toEqual([
    ['Bar', 0],
    ...Array.from({ length: shelves }, (_, at) => [`shelf ${at}`, onEach]),
  ])
  const { items: rows } = await core.api.bookmarks.list({ folder_id: items[6]?.id ?? '', limit: 200 })
  expect(rows.map(({ url }) => url)).toEqual(Array.from({ length: 200 }, (_, row) => `https://kept.example/5/${row}`))
  const left = await readdir(join(environment.CAIRN_HOME as string, 'tmp', 'imports'), { recursive: true })
  expect(left.filter((name) => /copy\.db|bookmarks\.html/.test(name))).toEqual([])
}, 120_000)
