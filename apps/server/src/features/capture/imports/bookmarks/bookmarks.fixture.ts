/** Brings a profile's bookmarks in, and looks at what came of it. */
import type { BookmarksImported } from '@cairn/api/bookmarks'
import type { BrowserName } from '@cairn/api/imports'
import { expect } from 'vitest'
import { type Cairn, until } from '../../../../../test/harness.ts'

type Api = Cairn['api']

/** Resolves with the job once it has ended. */
export async function ended(api: Api, source: BrowserName, path: string) {
  const { job_id } = await api.imports.bookmarks({ source, path })
  return until(async () => {
    const job = await api.jobs.get({ id: job_id })
    return job.completed_at === null ? null : job
  }, 60_000)
}

export async function brought(api: Api, source: BrowserName, path: string) {
  const job = await ended(api, source, path)
  expect(job).toMatchObject({ status: 'succeeded', error: null })
  return { ...job, result: job.result as BookmarksImported }
}

/** Titles of folders with the addresses right in them, in their order. */
export async function shelves(api: Api) {
  const { items } = await api.bookmarks.tree()
  const found: [string, number, string[]][] = []
  for (const { id, title, depth } of items) {
    const inside = await api.bookmarks.list({ folder_id: id, limit: 200 })
    found.push([title, depth, inside.items.map(({ url }) => url)])
  }
  return found
}
