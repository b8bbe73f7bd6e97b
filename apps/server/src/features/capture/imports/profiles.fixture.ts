/** Brings histories in, and looks at what of them is stored. */
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Client } from '@cairn/api/client'
import type { HistoryImported, HistorySource } from '@cairn/api/imports'
import type { Table } from '@cairn/api/table'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, vi } from 'vitest'
import { type Cairn, startCairn, until } from '../../../../test/harness.ts'

type Api = Client<Table>

/** Waits for a job's end; answers its row. */
export const ended = (api: Api, job_id: string) =>
  until(async () => {
    const job = await api.jobs.get({ id: job_id })
    return ['succeeded', 'failed', 'cancelled'].includes(job.status) ? job : null
  }, 90_000)

export async function bring(api: Api, source: HistorySource, path: string): Promise<HistoryImported> {
  const { job_id } = await api.imports.history({ source, path })
  const job = await ended(api, job_id)
  expect(job).toMatchObject({ status: 'succeeded', error: null })
  return job.result as HistoryImported
}
/** The problem that a call ends with; null when it has none. */
export const refusal = (call: Promise<unknown>) =>
  call.then(
    () => null,
    (thrown: { problem?: unknown }) => thrown.problem ?? thrown,
  )
export const unreadable = (words: RegExp) => ({ code: 'PROFILE_NOT_READABLE', detail: expect.stringMatching(words) })
/** What is stored where so many visits came in, and everything agrees. */
export const whole = (visits: number) => ({ visits, sites: visits, lost: 0, wrong: 0, bare: 0 })

/** A Cairn for the tests of a file, and places for profiles. */
export function useProfiles() {
  vi.setConfig({ testTimeout: 150_000 })
  let cairn: Cairn
  let folder: string
  beforeAll(async () => {
    cairn = await startCairn()
    folder = await mkdtemp(join(tmpdir(), 'cairn-profiles-'))
  })
  afterAll(async () => {
    await cairn.stop()
    await rm(folder, { recursive: true, force: true })
  })

  let places = 0
  const place = () => join(folder, String(places++))
  const fresh = () => cairn.stranger()

  /** What is stored of a workspace, and whether pages and sites agree with the visits. */
  async function stored(workspace: string) {
    const { rows } = await sql<Record<'visits' | 'lost' | 'wrong' | 'bare' | 'sites' | 'pages', number>>`select
      (select count(*) from history where workspace = ${workspace}) as visits,
      (select count(*) from history left join pages on pages.workspace = history.workspace and pages.id = page_id
        where history.workspace = ${workspace} and pages.id is null) as lost,
      (select count(*) from pages left join (
          select page_id, count(*) as visits, min(visited_at) as first_seen, max(visited_at) as last_seen from history
          where workspace = ${workspace} group by page_id
        ) as seen on seen.page_id = pages.id
        where workspace = ${workspace} and (visit_count <> seen.visits or pages.first_seen <> seen.first_seen
          or pages.last_seen <> seen.last_seen)) as wrong,
      (select count(*) from pages where workspace = ${workspace} and visit_count = 0) as bare,
      (select count(*) from pages where workspace = ${workspace}) as pages,
      (select coalesce(sum(visits), 0) from site where workspace = ${workspace}) as sites`.execute(
      cairn.core.kernel.database.db,
    )
    return rows[0] as (typeof rows)[number]
  }
  const copies = async () => {
    const inside = await readdir(join(cairn.home, 'tmp', 'imports'), { recursive: true }).catch(() => [])
    return inside.filter((name) => /copy\.db/.test(name))
  }
  return { cairn: () => cairn, place, fresh, stored, copies }
}
