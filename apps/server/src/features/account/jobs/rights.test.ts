import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Job } from '@cairn/api/jobs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Cairn, startCairn, until } from '../../../../test/harness.ts'
import { systemClock } from '../../../kernel/clock.ts'
import { newId } from '../../../kernel/ids.ts'
import type { JobTables } from '../../../kernel/jobs/rows.ts'

let ahead = 0
let cairn: Cairn
let folder: string
let file: string
beforeAll(async () => {
  cairn = await startCairn({ core: { clock: { ...systemClock, now: () => systemClock.now() + ahead } } })
  folder = await mkdtemp(join(tmpdir(), 'cairn-rights-'))
  file = join(folder, 'visits.jsonl')
  await writeFile(file, '{"url":"https://example.org/","title":"One","visited_at":"2026-01-02T03:04:05.000Z"}\n')
})
afterAll(async () => {
  await cairn.stop()
  await rm(folder, { recursive: true, force: true })
})

/** A job that another instance runs: whatever shares its line waits until it is cancelled. */
async function holdLine(concurrency: string): Promise<string> {
  await until(async () => {
    const open = ['queued', 'running', 'waiting']
    const jobs = await cairn.core.kernel.database.db.withTables<JobTables>().selectFrom('jobs').selectAll().execute()
    return !jobs.some((job) => job.concurrency === concurrency && open.includes(job.status))
  })
  const now = cairn.core.kernel.clock.now()
  const id = newId()
  const principal = { kind: 'system', person: 'system', agent: null, credential: null, scopes: ['*'] }
  const row = {
    ...{
      workspace: cairn.core.workspace,
      id,
      type: 'imports.history',
      status: 'running' as const,
      priority: 1 as const,
    },
    ...{ input: '{}', principal: JSON.stringify(principal), concurrency, unique_key: null, project: null },
    ...{ task_id: null, thread_id: null, position: 1, turn: 1, due_at: null, run_at: now, attempt: 1, max_attempts: 3 },
    ...{ lease_until: now + 3_600_000, worker: 'elsewhere/1', fence: 1, result: null, error: null, created_at: now },
    ...{ updated_at: now, started_at: now, completed_at: null },
  }
  await cairn.core.kernel.database.transaction((db) =>
    db.withTables<JobTables>().insertInto('jobs').values(row).execute(),
  )
  return id
}
const release = (id: string) => cairn.api.jobs.cancel({ id })
const ended = (id: string): Promise<Job> =>
  until(async () => {
    const job = await cairn.api.jobs.get({ id })
    return ['succeeded', 'failed', 'cancelled'].includes(job.status) ? job : null
  })
const ask = { source: 'jsonl' as const, path: '' }
const revoked = { status: 'failed', attempt: 1, error: { code: 'CREDENTIAL_REVOKED' } }
/** Asks for an import that waits in its line; `between` happens before it starts. Answers the job's end. */
async function importing(headers: Record<string, string>, between: () => Promise<unknown> | unknown): Promise<Job> {
  const line = await holdLine('browser.bulk')
  const response = await fetch(`${cairn.url}/api/import/history`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ ...ask, path: file }),
  })
  const { job_id } = (await response.json()) as { job_id: string }
  expect(await cairn.api.jobs.get({ id: job_id })).toMatchObject({ status: 'queued' })
  await between()
  await release(line)
  return ended(job_id)
}
const bearer = (key: string) => ({ authorization: `Bearer ${key}` })

describe('a job that an API key asked for', () => {
  test('runs while the key is there, also under a new secret', async () => {
    const { id, secret } = await cairn.api.users.createKey({ name: 'kept' })
    const job = await importing(bearer(secret), () => cairn.api.users.rotateKey({ id }))
    expect(job).toMatchObject({ status: 'succeeded', error: null })
  })

  test('is refused once the key was removed, also when it is tried again', async () => {
    const { id, secret } = await cairn.api.users.createKey({ name: 'gone' })
    const { id: job } = await importing(bearer(secret), () => cairn.api.users.removeKey({ id }))
    expect(await ended(job)).toMatchObject(revoked)
    await cairn.api.jobs.retry({ id: job })
    const again = await until(async () => {
      const found = await cairn.api.jobs.get({ id: job })
      return found.status === 'failed' && found.attempt === 2 ? found : null
    })
    expect(again).toMatchObject({ error: { code: 'CREDENTIAL_REVOKED' } })
  })

  test('is refused once the key has expired', async () => {
    const expires_at = new Date(cairn.core.kernel.clock.now() + 60_000).toISOString()
    const { secret } = await cairn.api.users.createKey({ name: 'brief', expires_at })
    const job = await importing(bearer(secret), () => {
      ahead += 61_000
    })
    expect(job).toMatchObject(revoked)
  })

  test('finishes what is committed already: a removed folder leaves the index', async () => {
    const root = await cairn.api.roots.create({ path: folder })
    const indexed = () => cairn.api.roots.get({ id: root.id })
    await until(async () => (await indexed()).state === 'ready')
    const line = await holdLine(`files:${root.id}`)
    const { id, secret } = await cairn.api.users.createKey({ name: 'tidy' })
    await cairn.client(secret).roots.remove({ id: root.id })
    await cairn.api.users.removeKey({ id })
    await release(line)
    const { items } = await cairn.api.jobs.list({ type: 'files.forget' })
    expect(await ended((items[0] as Job).id)).toMatchObject({ status: 'succeeded', result: { files: 1 } })
  })
})

describe('a job that a login asked for', () => {
  test('goes on when the login has ended', async () => {
    const response = await fetch(await cairn.core.loginLink(), { redirect: 'manual' })
    const cookie = (response.headers.get('set-cookie') ?? '').split(';')[0] as string
    const mine = { cookie, origin: cairn.url }
    const job = await importing(mine, () => fetch(`${cairn.url}/api/auth/logout`, { method: 'POST', headers: mine }))
    expect(job).toMatchObject({ status: 'succeeded', error: null })
  })
})
