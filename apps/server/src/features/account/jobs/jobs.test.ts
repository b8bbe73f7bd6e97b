import type { Job, JobState, JobStatus } from '@cairn/api/jobs'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Cairn, startCairn, until } from '../../../../test/harness.ts'
import { plansOf } from '../../../../test/plans.ts'
import { newId } from '../../../kernel/ids.ts'
import type { JobRow, JobStatusRow, JobTables } from '../../../kernel/jobs/rows.ts'
import * as store from './store.ts'

let cairn: Cairn & AsyncDisposable
beforeAll(async () => {
  cairn = await startCairn()
})
afterAll(() => cairn.stop())

const day = 86_400_000
const tables = () => cairn.core.kernel.database.db.withTables<JobTables>()
const write = (body: (to: ReturnType<typeof tables>) => Promise<unknown>) =>
  cairn.core.kernel.database.transaction(async (db) => void (await body(db.withTables<JobTables>())))

/** Jobs as other instances leave them in the ledger: in any state, run by a worker that this test plays. */
async function ledger(...jobs: Partial<JobRow>[]): Promise<string[]> {
  const now = Date.now()
  const rows = jobs.map((fields, at) => row({ created_at: now + at, position: now + at, ...fields }))
  await write((to) => to.insertInto('jobs').values(rows).execute())
  return rows.map(({ id }) => id)
}

function row(fields: Partial<JobRow>): JobRow {
  const now = Date.now()
  const principal = { kind: 'person', person: 'somebody', agent: null, credential: null, scopes: ['*'] }
  return {
    ...{
      workspace: cairn.core.workspace,
      id: newId(),
      type: 'privacy.retain',
      status: 'queued',
      priority: 1,
      input: '{}',
    },
    ...{ principal: JSON.stringify(principal), concurrency: null, unique_key: null, project: null, task_id: null },
    ...{ thread_id: null, position: now, turn: 1, due_at: null, run_at: now, attempt: 0, max_attempts: 3 },
    ...{ lease_until: null, worker: null, fence: 0, result: null, error: null, created_at: now, updated_at: now },
    ...{ started_at: null, completed_at: null, ...fields },
  }
}
const ended = (fields: Partial<JobRow> = {}): Partial<JobRow> => ({
  ...{
    status: 'succeeded',
    attempt: 1,
    started_at: Date.now(),
    completed_at: Date.now(),
    result: '{"n":1}',
    ...fields,
  },
})
const failed = (fields: Partial<JobRow> = {}) =>
  ended({ status: 'failed', result: null, error: '{"code":"JOB_FAILED","message":"It said no."}', ...fields })
const progress = (job_id: string, fields: Partial<JobStatusRow> = {}): JobStatusRow => ({
  ...{ workspace: cairn.core.workspace, job_id, phase: 'reading', steps_total: 10, steps_completed: 3 },
  ...{ eta_seconds: 1.5, message: 'src/a.ts', started_at: 1, updated_at: 1, ...fields },
})

beforeEach(() => write((to) => to.deleteFrom('jobs').execute()))

describe('the list', () => {
  test.each([
    ['of all', {}],
    ['of several statuses', { status: ['succeeded', 'failed', 'waiting', 'failed'] as JobStatus[] }],
  ])('%s shows the newest first, in pages that neither repeat nor leave out', async (_, narrowed) => {
    const made = (n: number) => ({ created_at: 1_000 + Math.floor(n / 3) })
    const ids = await ledger(...Array.from({ length: 7 }, (_, n) => (n % 2 === 0 ? ended(made(n)) : failed(made(n)))))
    const seen: Job[] = []
    for (let cursor: string | undefined; ; ) {
      const page = await cairn.api.jobs.list({ limit: 3, ...narrowed, ...(cursor && { cursor }) })
      seen.push(...page.items)
      if (page.next_cursor === null) break
      cursor = page.next_cursor
    }
    expect(seen.map((job) => job.id).toSorted()).toEqual(ids.toSorted())
    const times = seen.map((job) => job.created_at)
    expect(times).toEqual(times.toSorted().toReversed())
  })

  test('is narrowed by status, type, project, words and time', async () => {
    const [, , waiting] = (await ledger(
      failed({ type: 'imports.history', project: 'p1', created_at: 1_000_000 }),
      ended({ type: 'roots.index', project: 'p1', created_at: 2_000_000 }),
      { type: 'roots.index', status: 'waiting', created_at: 3_000_000 },
    )) as [string, string, string]
    await write((to) =>
      to
        .insertInto('job_status')
        .values(progress(waiting, { message: 'Half 100%_done' }))
        .execute(),
    )
    const types = async (input: Parameters<typeof cairn.api.jobs.list>[0]) =>
      (await cairn.api.jobs.list(input)).items.map((job) => `${job.type} ${job.status}`)
    expect(await types({ status: ['failed'] })).toEqual(['imports.history failed'])
    expect(await types({ status: ['failed', 'waiting'] })).toEqual(['roots.index waiting', 'imports.history failed'])
    expect(await types({ type: 'roots.index' })).toEqual(['roots.index waiting', 'roots.index succeeded'])
    expect(await types({ project: 'p1' })).toEqual(['roots.index succeeded', 'imports.history failed'])
    expect(await types({ q: 'SAID no' })).toEqual(['imports.history failed'])
    expect(await types({ q: '100%_d' })).toEqual(['roots.index waiting'])
    expect(await types({ q: '100_%' })).toEqual([])
    const [from, to] = [new Date(2_000_000).toISOString(), new Date(3_000_000).toISOString()]
    expect(await types({ from, to })).toEqual(['roots.index succeeded'])
    expect(await types({ q: "'; drop table jobs; --" })).toEqual([])
  })

  test('refuses absurd questions with the field and the reason', async () => {
    for (const [query, path] of [
      ['limit=0', '/limit'],
      ['limit=201', '/limit'],
      ['status=asleep', '/status'],
      ['cursor=abc', '/cursor'],
      ['from=yesterday', '/from'],
      ['colour=red', '/colour'],
    ] as const) {
      const response = await cairn.fetch(`/api/jobs?${query}`)
      expect([query, response.status]).toEqual([query, 422])
      const problem = (await response.json()) as { code: string; errors: { path: string }[] }
      expect(problem.code).toBe('INVALID_INPUT')
      expect(problem.errors.some((error) => error.path.startsWith(path))).toBe(true)
    }
  })

  test('comes out of an index in its order, whatever it is narrowed by', async () => {
    const { database } = cairn.core.kernel
    const page = { limit: 51, after: [1, 'a'] as const }
    const plans = await plansOf(database, async (db) => {
      const reader = { workspace: 'w', db }
      await store.jobPage(reader, page)
      await store.jobPage(reader, { ...page, status: ['failed'] })
      await store.jobPage(reader, { ...page, type: 'roots.index', q: 'x' })
      await store.jobPage(reader, { ...page, project: 'p', from: 1, to: 2 })
      await store.logOf(reader, 'j')
      await store.removeEnded(reader, { statuses: ['succeeded'], before: 1 }, 200)
    })
    expect(plans).toHaveLength(6)
    for (const plan of plans) expect(plan).toMatchObject({ sorts: false, scans: false })
    // Of several statuses a page of each is read, and no more than that is sorted.
    const several = { ...page, status: ['queued', 'running'] as const }
    const [both, ...others] = await plansOf(database, (db) => store.jobPage({ workspace: 'w', db }, several))
    expect(others).toEqual([])
    expect(both?.plan.match(/jobs_by_status/g)).toHaveLength(2)
  })
})

describe('costs', () => {
  test('are told by type: runs, time and what models took for them, within the time that is asked for', async () => {
    const { api, workspace } = await cairn.stranger()
    const made = Date.UTC(2024, 0, 10)
    const of = (type: string, seconds: number, fields: Partial<JobRow> = {}) =>
      ended({ workspace, type, started_at: made, completed_at: made + seconds * 1_000, created_at: made, ...fields })
    const [, , asked] = await ledger(
      of('imports.history', 90),
      of('imports.history', 30, { status: 'failed', result: null, error: '{"code":"JOB_FAILED","message":"no"}' }),
      of('chat.answer', 2),
      of('chat.answer', 1_000, { created_at: made - day }),
    )
    const call = { workspace, task_type: 'chat', provider: 'p', model: 'm', latency_ms: 1, success: 1, error: null }
    await cairn.core.kernel.database.transaction(async (db) => {
      const row = { ...call, person: 'p', agent: null, job: asked ?? null, created_at: made }
      const calls = [
        { ...row, id: newId(), input_tokens: 100, output_tokens: 20, cost_usd: 0.001 },
        { ...row, id: newId(), input_tokens: 50, output_tokens: 5, cost_usd: null },
      ]
      await db
        .withTables<{ llm_usage_log: (typeof calls)[number] }>()
        .insertInto('llm_usage_log')
        .values(calls)
        .execute()
    })
    const none = { calls: 0, input_tokens: 0, output_tokens: 0, cost_usd: 0, unpriced: 0 }
    const used = { calls: 2, input_tokens: 150, output_tokens: 25, cost_usd: 0.001, unpriced: 1 }
    const from = new Date(made).toISOString()
    expect((await api.jobs.costs({ from, to: new Date(made + 1).toISOString() })).items).toEqual([
      { type: 'imports.history', runs: 2, failed: 1, seconds: 120, ...none },
      { type: 'chat.answer', runs: 1, failed: 0, seconds: 2, ...used },
    ])
    expect((await api.jobs.costs()).items).toEqual([])
    expect((await cairn.fetch('/api/jobs/costs?from=yesterday')).status).toBe(422)
  })
})

describe('one job', () => {
  test('shows what it was asked, how far it is and what it answered', async () => {
    const [id] = (await ledger(
      ended({ ...{ input: '{"path":"/a"}', attempt: 3, concurrency: 'k', thread_id: 't', priority: 3 } }),
    )) as [string]
    await write((to) => to.insertInto('job_status').values(progress(id)).execute())
    const job = await cairn.api.jobs.get({ id })
    expect(job).toMatchObject({
      id,
      input: { path: '/a' },
      result: { n: 1 },
      concurrency: 'k',
      thread_id: 't',
      priority: 3,
    })
    expect(job).toMatchObject({ person: 'somebody', agent: null, error: null, attempt: 3 })
    expect(job.progress).toEqual({
      ...{ phase: 'reading', steps_completed: 3, steps_total: 10, message: 'src/a.ts', eta_seconds: 1.5, retries: 2 },
    })
    expect(await cairn.api.jobs.status({ id })).toMatchObject({
      job_id: id,
      status: 'succeeded',
      progress: job.progress,
    })
  })

  test('tells why it failed, by code and sentence', async () => {
    const [id] = (await ledger(failed())) as [string]
    expect((await cairn.api.jobs.get({ id })).error).toEqual({ code: 'JOB_FAILED', message: 'It said no.' })
  })

  test('gives its log as text, in which no line pretends to be another, and as JSON', async () => {
    const [id] = (await ledger(ended())) as [string]
    const line = { workspace: cairn.core.workspace, job_id: id, at: 1_000, attempt: 1 }
    const lines = [
      { ...line, number: 11, level: 'info' as const, message: 'first' },
      { ...line, number: 12, level: 'error' as const, message: 'second\n1970-01-01T00:00:01.000Z info  forged' },
    ]
    await write((to) => to.insertInto('job_log').values(lines).execute())
    const response = await cairn.fetch(`/api/jobs/${id}/log`)
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(await response.text()).toBe(
      '1970-01-01T00:00:01.000Z info  first\n' +
        '1970-01-01T00:00:01.000Z error second\n    1970-01-01T00:00:01.000Z info  forged\n',
    )
    const { items } = await cairn.api.jobs.log({ id })
    expect(items.map(({ number, level }) => [number, level])).toEqual([
      [11, 'info'],
      [12, 'error'],
    ])
  })

  test('that is unknown, or of somebody else’s workspace, is not there for any of its operations', async () => {
    const [id] = (await ledger(failed())) as [string]
    const { api } = await cairn.stranger()
    for (const [client, asked] of [
      [api, id],
      [cairn.api, newId()],
    ] as const)
      for (const name of ['get', 'status', 'log', 'cancel', 'retry'] as const)
        await expect(client.jobs[name]({ id: asked })).rejects.toMatchObject({ problem: { code: 'JOB_NOT_FOUND' } })
    expect((await api.jobs.list()).items).toEqual([])
    expect((await cairn.api.jobs.get({ id })).status).toBe('failed')
  })
})

describe('the stream of a job', () => {
  test('tells how it moves, also when another instance runs it, and ends with one frame when it has ended', async () => {
    const held = { worker: 'another/1', lease_until: Date.now() + 30_000, fence: 1, attempt: 1 }
    const [id] = (await ledger({ status: 'running', started_at: Date.now(), ...held })) as [string]
    const frames: [string, string, number][] = []
    for await (const { event, data } of cairn.api.jobs.status.stream({ id })) {
      const state = data as JobState
      frames.push([event, state.status, state.progress.steps_completed])
      if (frames.length === 1) await write((to) => to.insertInto('job_status').values(progress(id)).execute())
      if (frames.length === 2)
        await write((to) =>
          to
            .updateTable('jobs')
            .set({ status: 'succeeded', completed_at: Date.now(), lease_until: null })
            .where('id', '=', id)
            .execute(),
        )
    }
    expect(frames).toEqual([
      ['progress', 'running', 0],
      ['progress', 'running', 3],
      ['complete', 'succeeded', 3],
    ])
  })

  test('of one that has ended is that one frame, and of none is a refusal', async () => {
    const [id] = (await ledger(failed())) as [string]
    const frames: string[] = []
    for await (const { event } of cairn.api.jobs.status.stream({ id })) frames.push(event)
    expect(frames).toEqual(['complete'])
    await expect(cairn.api.jobs.status.stream({ id: newId() }).next()).rejects.toMatchObject({
      problem: { status: 404 },
    })
  })

  test('ends when the caller goes', async () => {
    const [id] = (await ledger({ status: 'waiting' })) as [string]
    const leaving = new AbortController()
    const stream = cairn.api.jobs.status.stream({ id }, { signal: leaving.signal })
    expect((await stream.next()).value?.event).toBe('progress')
    leaving.abort()
    await expect(stream.next()).rejects.toThrow()
  })
})

describe('cancel and retry', () => {
  test('end a waiting job and queue it anew, which then runs; each is one event', async () => {
    const after = (await cairn.api.events.follow()).last
    const [id] = (await ledger({ status: 'waiting', due_at: null })) as [string]
    expect(await cairn.api.jobs.cancel({ id })).toMatchObject({ id, status: 'cancelled' })
    await expect(cairn.api.jobs.cancel({ id })).rejects.toMatchObject({
      problem: { code: 'JOB_ALREADY_COMPLETED', status: 409 },
    })
    await expect(cairn.api.jobs.retry({ id })).rejects.toMatchObject({ problem: { code: 'ACCESS_DENIED' } })
    const principal = JSON.stringify({ kind: 'system', person: 'system', agent: null, credential: null, scopes: ['*'] })
    await write((to) => to.updateTable('jobs').set({ principal }).where('id', '=', id).execute())
    expect(await cairn.api.jobs.retry({ id })).toMatchObject({ id, max_attempts: 3 })
    await until(async () => (await cairn.api.jobs.get({ id })).status === 'succeeded')
    await expect(cairn.api.jobs.retry({ id })).rejects.toMatchObject({ problem: { code: 'JOB_ALREADY_COMPLETED' } })
    const { items } = await cairn.api.events.follow({ after })
    expect(items.filter((event) => event.subject === id).map((event) => event.type)).toEqual(['job.cancelled'])
  })

  test('a running job is cancelled but not retried', async () => {
    const held = { worker: 'another/1', lease_until: Date.now() + 30_000, fence: 1, attempt: 1 }
    const [id] = (await ledger({ status: 'running', started_at: Date.now(), ...held })) as [string]
    await expect(cairn.api.jobs.retry({ id })).rejects.toMatchObject({ problem: { code: 'JOB_NOT_ENDED' } })
    expect(await cairn.api.jobs.cancel({ id })).toMatchObject({ status: 'cancelled' })
  })
})

describe('pruning', () => {
  const old = () => ({ created_at: Date.now() - 40 * day, completed_at: Date.now() - 40 * day })

  test('removes what ended long ago, by status, with what hangs on it, and answers how much', async () => {
    const stranger = await cairn.stranger()
    const [gone, foreign] = (await ledger(
      ended(old()),
      ended({ ...old(), workspace: stranger.workspace }),
      failed(old()),
      ended({ created_at: Date.now() - 40 * day, completed_at: Date.now() - 20 * day }),
      { status: 'waiting', created_at: Date.now() - 40 * day },
      ...Array.from({ length: 450 }, () => ended(old())),
    )) as [string, string]
    await write((to) => to.insertInto('job_status').values(progress(gone)).execute())
    const after = (await cairn.api.events.follow()).last
    expect(await cairn.api.jobs.prune()).toEqual({ removed: { succeeded: 451 } })
    expect(await cairn.api.jobs.prune({ statuses: ['failed', 'cancelled'], older_than_days: 1 })).toEqual({
      removed: { failed: 1, cancelled: 0 },
    })
    const left = await tables().selectFrom('jobs').select(['id', 'status']).execute()
    expect(left.map((job) => job.status).toSorted()).toEqual(['succeeded', 'succeeded', 'waiting'])
    expect(left.map((job) => job.id)).toContain(foreign)
    expect(await tables().selectFrom('job_status').selectAll().execute()).toEqual([])
    const { items } = await cairn.api.events.follow({ after })
    expect(items.map((event) => [event.type, event.data])).toEqual([
      ['job.pruned', { removed: { succeeded: 451 } }],
      ['job.pruned', { removed: { failed: 1, cancelled: 0 } }],
    ])
  })

  test('goes on as a job where many have ended', async () => {
    await ledger(...Array.from({ length: 600 }, () => ended(old())))
    const { removed, job_id } = await cairn.api.jobs.prune()
    const job = await until(async () => {
      const now = await cairn.api.jobs.get({ id: job_id ?? '' })
      return now.completed_at === null ? null : now
    })
    expect(job).toMatchObject({ type: 'jobs.prune', status: 'succeeded', result: { succeeded: 600 } })
    expect([null, job.result]).toContainEqual(removed)
  })

  test('refuses open states and times that are too near', async () => {
    for (const query of ['statuses=running', 'older_than_days=0', 'older_than_days=x', 'older_than_days=99999999'])
      expect((await cairn.fetch(`/api/jobs?${query}`, { method: 'DELETE' })).status).toBe(422)
  })

  test('runs each night by itself: housekeeping goes after a day, what failed stays longest', async () => {
    const ago = (days: number) => ({ created_at: Date.now() - days * day, completed_at: Date.now() - days * day })
    const kept = await ledger(
      ended({ type: 'imports.history', ...ago(29) }),
      failed(ago(89)),
      ended({ type: 'privacy.retain', ...ago(0.5) }),
    )
    await ledger(
      ended({ type: 'imports.history', ...ago(31) }),
      failed(ago(91)),
      ended({ type: 'privacy.retain', ...ago(2) }),
    )
    const { kernel, workspace } = cairn.core
    const principal = { kind: 'system', person: 'system', agent: null, credential: null, scopes: ['*'] } as const
    const id = await kernel
      .scope({ workspace, principal })
      .write((tx) => tx.enqueue({ type: 'privacy.retain', input: {} }))
    await until(async () => (await cairn.api.jobs.get({ id })).status === 'succeeded')
    expect((await cairn.api.jobs.get({ id })).result).toEqual({
      removed: { 'jobs.housekeeping': { jobs: 1 }, 'jobs.succeeded': { jobs: 1 }, 'jobs.others': { jobs: 1 } },
    })
    const left = (await tables().selectFrom('jobs').select('id').execute()).map((job) => job.id)
    expect(left.toSorted()).toEqual([...kept, id].toSorted())
    const schedules = await tables()
      .selectFrom('job_schedule')
      .selectAll()
      .where('type', '=', 'privacy.retain')
      .execute()
    expect(schedules.some((schedule) => schedule.workspace === workspace)).toBe(true)
  })
})
