/** Kills a core, as a process of its own, in the middle of an import or a removal, and starts it again on the same data. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { coreSettings, cutOff, startCoreProcess } from '../../../../test/core-process.ts'
import { until } from '../../../../test/harness.ts'

test('an import that was killed goes on: each bookmark once, in its place, and its file is let go of', async () => {
  const { environment } = await coreSettings()
  const folders = Array.from({ length: 20 }, (_, at) => {
    const links = Array.from({ length: 500 }, (__, row) => `<DT><A HREF="https://large.example/${at}/${row}">x</A>`)
    return `<DT><H3>folder ${at}</H3><DL><p>${links.join('\n')}</DL><p>`
  })
  let core = await startCoreProcess(environment)
  // The thread that counts is up before there is something to count.
  await core.api.bookmarks.tree()
  const { job_id } = await core.api.bookmarks.import.upload(new Blob([`<DL><p>${folders.join('\n')}</DL>`]))
  await until(async () => (await core.api.bookmarks.tree()).total.bookmarks >= 500, 30_000)
  await core.kill()
  core = await startCoreProcess(environment)
  const job = await until(async () => {
    const now = await core.api.jobs.get({ id: job_id })
    return now.completed_at === null ? null : now
  }, 60_000)
  expect(job).toMatchObject({ status: 'succeeded', result: { read: 10_000, created: 10_000, known: 0, folders: 20 } })
  expect(job.attempt).toBeGreaterThan(1)
  const { items } = await core.api.bookmarks.tree()
  expect(items.map(({ title, bookmarks }) => [title, bookmarks])).toEqual(
    Array.from({ length: 20 }, (_, at) => [`folder ${at}`, 500]),
  )
  const { items: rows } = await core.api.bookmarks.list({ folder_id: items[5]?.id ?? '', limit: 200 })
  expect(rows.map(({ url }) => url)).toEqual(Array.from({ length: 200 }, (_, row) => `https://large.example/5/${row}`))
  const left = await readdir(join(environment.CAIRN_HOME as string, 'blobs'), { recursive: true, withFileTypes: true })
  expect(left.filter((one) => one.isFile())).toEqual([])
}, 120_000)

test('removing a folder that was killed goes on, and tells all that went; another folder stays as it is', async () => {
  const { environment } = await coreSettings()
  const core = await startCoreProcess(environment)
  const many = 15_000
  const folder = (title: string, links: number) => {
    const rows = Array.from({ length: links }, (_, at) => `<DT><A HREF="https://${title}.example/${at}">x</A>`)
    return `<DT><H3>${title}</H3><DL><p>${rows.join('\n')}</DL><p>`
  }
  const file = new Blob([`<DL><p>${folder('goes', many)}${folder('stays', 20)}</DL>`])
  const { job_id } = await core.api.bookmarks.import.upload(file)
  await until(async () => (await core.api.jobs.get({ id: job_id })).completed_at, 60_000)
  const [goes, stays] = (await core.api.bookmarks.tree()).items
  const { core: next, ended } = await cutOff(core, environment, 'bookmarks.remove', (api) =>
    api.bookmarks.removeFolder({ id: goes?.id ?? '' }),
  )
  expect(ended).toMatchObject({ status: 'succeeded', error: null, result: { bookmarks: many, folders: 1 } })
  expect(ended.attempt).toBeGreaterThan(1)
  const { items, total } = await next.api.bookmarks.tree()
  expect([items.map(({ id }) => id), total.bookmarks]).toEqual([[stays?.id], 20])
  expect((await next.api.events.audit({})).valid).toBe(true)
}, 120_000)
