import { Type } from 'typebox'
import { describe, expect, test } from 'vitest'
import { until } from '../../../test/until.ts'
import { testDatabase } from '../../../test/database.ts'
import { systemClock } from '../clock.ts'
import { job } from './definition.ts'
import { gate, heldClock, shortLease, type Work, work, workOver } from './jobs.fixture.ts'
import type { JobRow, JobTables } from './rows.ts'

const nothing = Type.Object({})
const quick = job({ type: 'test.run', input: nothing, delays: [1], run: async ({ attempt }) => attempt })
const day = 86_400_000

/** Leaves a job as a worker leaves it that died while running it. */
async function orphan({ enqueue, database }: Work, fields: Partial<JobRow> = {}): Promise<string> {
  const id = await enqueue({ type: 'test.run', input: {} })
  const left = {
    ...{ status: 'running' as const, attempt: 1, fence: 1, worker: 'elsewhere/1', due_at: null },
    ...{ started_at: systemClock.now(), lease_until: systemClock.now() + 30_000, ...fields },
  }
  await database.transaction((db) =>
    db.withTables<JobTables>().updateTable('jobs').set(left).where('id', '=', id).execute(),
  )
  return id
}

describe('what a dead worker held', () => {
  test('is taken back at once by the next start of the same worker', async () => {
    const first = await work([quick], {
      worker: 'home',
      start: false,
      times: { lease: 3_600_000, heartbeat: 3_600_000 },
    })
    const id = await orphan(first, { worker: 'home/before' })
    await first.begin()
    const row = await first.reaches(id, 'succeeded')
    expect(row).toMatchObject({ attempt: 2, result: '2', fence: 2, max_attempts: 4 })
    expect((await first.lines(id))[0]?.message).toBe('The worker of attempt 1 was lost; the job is queued again.')
  })

  test('is taken back by another one when the lease is over, not before', async () => {
    const other = await work([quick], { times: shortLease })
    const dead = await orphan(other, { lease_until: systemClock.now() + 200 })
    expect(await other.row(dead)).toMatchObject({ status: 'running', worker: 'elsewhere/1' })
    await other.reaches(dead, 'succeeded')
  })

  test('is taken back although its lease lies far in the future, because the clock was put back', async () => {
    const other = await work([quick], { times: shortLease })
    await other.reaches(await orphan(other, { lease_until: systemClock.now() + 365 * day }), 'succeeded')
  })

  test('is failed when it has lost worker after worker and finished no step in between', async () => {
    const done = await work([quick], { worker: 'home', start: false })
    const hopeless = await orphan(done, { worker: 'home/before', attempt: 8, max_attempts: 10 })
    const busy = await orphan(done, { worker: 'home/before', attempt: 8, max_attempts: 10 })
    const step = { workspace: 'w', job_id: busy, name: 's', result: '1', attempt: 7, finished_at: 1 }
    await done.database.transaction((db) => db.withTables<JobTables>().insertInto('job_step').values(step).execute())
    await done.begin()
    const row = await done.reaches(hopeless, 'failed')
    expect(JSON.parse(row.error as string)).toMatchObject({ code: 'JOB_WORKER_LOST' })
    expect(done.events(hopeless).at(-1)).toBe('job.failed')
    await done.reaches(busy, 'succeeded')
  })

  test('has a step to its credit in each attempt that says that it advanced', async () => {
    const held = gate()
    const definition = job({
      ...{ type: 'test.run', input: nothing },
      async run({ advanced }) {
        await advanced()
        await advanced()
        await held.opened
      },
    })
    const done = await work([definition], { worker: 'home', start: false })
    const id = await orphan(done, { worker: 'home/before', attempt: 1 })
    await done.begin()
    const steps = () => done.database.db.withTables<JobTables>().selectFrom('job_step').select('attempt').execute()
    await until(async () => (await steps()).length > 0)
    expect(await steps()).toEqual([{ attempt: 2 }])
    held.open()
    await done.reaches(id, 'succeeded')
  })

  test('keeps its place in its line', async () => {
    const order: string[] = []
    const done = await work([job({ type: 'test.run', input: nothing, run: async ({ id }) => void order.push(id) })], {
      worker: 'home',
      start: false,
    })
    const first = await orphan(done, { worker: 'home/before', concurrency: 'k' })
    const second = await done.enqueue({ type: 'test.run', input: {}, concurrency: 'k' })
    await done.begin()
    await done.reaches(second, 'succeeded')
    expect(order).toEqual([first, second])
  })
})

describe('a stale worker', () => {
  test('whose job was given to another has its writes, steps and result refused', async () => {
    const database = await testDatabase()
    const { open, opened } = gate()
    const refused: string[] = []
    const asleep = await workOver(
      database,
      [
        job({
          ...{ type: 'test.run', input: nothing },
          async run({ scope, step, log: write, progress }) {
            await step('before', async () => 'kept')
            await opened
            for (const attempt of [
              () => scope.write(async (tx) => tx.event({ type: 'test.stale', subject: 's' })),
              () => step('after', async () => 'late'),
            ])
              await attempt().catch((error) => refused.push(error.code))
            write('info', 'from the past')
            progress({ phase: 'past', done: 1, total: 1 })
            return 'stale'
          },
        }),
      ],
      // It neither renews its leases nor looks after others': like a process that is stopped in its tracks.
      { times: { ...shortLease, heartbeat: 3_600_000, look: 3_600_000 } },
    )
    const id = await asleep.enqueue({ type: 'test.run', input: {} })
    await asleep.reaches(id, 'running')
    await until(async () => {
      const steps = await database.db.withTables<JobTables>().selectFrom('job_step').select('name').execute()
      return steps.length === 1
    })
    const second = gate()
    const awake = await workOver(database, [
      job({
        ...{ type: 'test.run', input: nothing },
        async run({ step, attempt }) {
          const before = await step('before', async () => 'anew')
          await second.opened
          return [before, attempt]
        },
      }),
    ])
    const held = await until(async () => {
      const row = await awake.row(id)
      return row.fence === 2 && row.status === 'running' ? row : null
    })
    open()
    await until(() => refused.length === 2)
    expect(refused).toEqual(['JOB_STALE', 'JOB_STALE'])
    await until(() => asleep.jobs.live('w', id) === null)
    expect(await awake.row(id)).toMatchObject({ status: 'running', worker: held.worker, fence: 2, result: null })
    second.open()
    const row = await awake.reaches(id, 'succeeded')
    expect(JSON.parse(row.result as string)).toEqual(['kept', 2])
    expect((await awake.lines(id)).map((line) => line.message)).not.toContain('from the past')
    expect(await awake.status(id)).toBeUndefined()
    expect([...asleep.published, ...awake.published].map((event) => event.type)).not.toContain('test.stale')
  })

  test('that was told to stop has its steps refused for the same reason as its writes', async () => {
    const { open, opened } = gate()
    const refused: string[] = []
    const body = job({
      ...{ type: 'test.run', input: nothing },
      async run({ signal, scope, step }) {
        await until(() => signal.aborted)
        for (const attempt of [
          () => scope.write(async (tx) => tx.event({ type: 'test.stale', subject: 's' })),
          () => step('after', async () => 'late'),
        ])
          await attempt().catch((error) => refused.push(error.code))
        open()
      },
    })
    const done = await work([body])
    const id = await done.enqueue({ type: 'test.run', input: {} })
    await done.reaches(id, 'running')
    await done.database.transaction((db) =>
      db
        .withTables<JobTables>()
        .updateTable('jobs')
        .set({ fence: 99, worker: 'other/1' })
        .where('id', '=', id)
        .execute(),
    )
    await opened
    expect(refused).toEqual(['JOB_STALE', 'JOB_STALE'])
  })

  test('is told to stop as soon as it renews its lease', async () => {
    const { clock } = heldClock()
    let reason = ''
    const done = await work(
      [
        job({
          ...{ type: 'test.run', input: nothing },
          run: ({ signal }) =>
            new Promise((_, reject) =>
              signal.addEventListener('abort', () => {
                reason = signal.reason.code
                reject(signal.reason)
              }),
            ),
        }),
      ],
      { clock },
    )
    const id = await done.enqueue({ type: 'test.run', input: {} })
    await done.reaches(id, 'running')
    await done.database.transaction((db) =>
      db
        .withTables<JobTables>()
        .updateTable('jobs')
        .set({ fence: 99, worker: 'other/1' })
        .where('id', '=', id)
        .execute(),
    )
    await until(() => reason !== '')
    expect(reason).toBe('JOB_STALE')
    expect(await done.row(id)).toMatchObject({ status: 'running', fence: 99 })
  })
})

describe('a living worker', () => {
  test('keeps its job over many leases, with another one watching and the clock jumping a day to and fro', async () => {
    let ahead = 0
    const clock = { ...systemClock, now: () => systemClock.now() + ahead }
    const database = await testDatabase()
    const { open, opened } = gate()
    let runs = 0
    const slow = job({
      ...{ type: 'test.run', input: nothing },
      async run() {
        runs++
        await opened
      },
    })
    const times = { lease: 2_000, heartbeat: 80 }
    const one = await workOver(database, [slow], { clock, times })
    const id = await one.enqueue({ type: 'test.run', input: {} })
    await one.reaches(id, 'running')
    await workOver(database, [slow], { clock, times })
    const leases = new Set<number | null>()
    let jumps = 0
    await until(async () => {
      leases.add((await one.row(id)).lease_until)
      if (leases.size > jumps) ahead = jumps++ % 2 === 0 ? day : -day
      return leases.size >= 12
    })
    open()
    expect(await one.reaches(id, 'succeeded')).toMatchObject({ attempt: 1, fence: 1 })
    expect(runs).toBe(1)
  })

  test('that stops in order hands its jobs back at once, and their attempt does not count', async () => {
    const database = await testDatabase()
    let stopped = 0
    const hanging = job({
      ...{ type: 'test.run', input: nothing, attempts: 1 },
      run: ({ signal }) =>
        new Promise((resolve) =>
          signal.addEventListener('abort', () => {
            stopped++
            // A body that returns what it has so far has not succeeded for that.
            resolve('half')
          }),
        ),
    })
    const deaf = job({ type: 'test.deaf', input: nothing, attempts: 1, run: () => new Promise(() => {}) })
    const first = await workOver(database, [hanging, deaf])
    const id = await first.enqueue({ type: 'test.run', input: {} })
    const other = await first.enqueue({ type: 'test.deaf', input: {} })
    await first.reaches(id, 'running')
    await first.reaches(other, 'running')
    await first.jobs.stop()
    expect(stopped).toBe(1)
    for (const each of [id, other])
      expect(await first.row(each)).toMatchObject({
        status: 'queued',
        attempt: 0,
        due_at: 0,
        worker: null,
        result: null,
      })
    const second = await workOver(database, [
      quick,
      job({ type: 'test.deaf', input: nothing, run: async () => 'heard' }),
    ])
    expect(await second.reaches(id, 'succeeded')).toMatchObject({ attempt: 1 })
    await second.reaches(other, 'succeeded')
  })
})

describe('a clock that jumps', () => {
  test('back by a year delays neither new jobs nor the next attempt of one that failed', async () => {
    const { clock, add } = heldClock()
    const { open, opened } = gate()
    const done = await work(
      [
        quick,
        job({
          ...{ type: 'test.again', input: nothing, delays: [50] },
          async run({ attempt }) {
            if (attempt === 1) {
              await opened
              throw new Error('no')
            }
            return attempt
          },
        }),
      ],
      { clock },
    )
    const failing = await done.enqueue({ type: 'test.again', input: {} })
    await done.reaches(failing, 'running')
    open()
    await done.reaches(failing, 'queued')
    add(-365 * day)
    await done.reaches(await done.enqueue({ type: 'test.run', input: {} }), 'succeeded')
    await done.reaches(failing, 'succeeded')
  })

  test('back and forth leaves the order of a line as it was asked for', async () => {
    const { clock, add } = heldClock()
    const order: number[] = []
    const done = await work(
      [
        job({
          ...{ type: 'test.line', input: Type.Object({ n: Type.Integer() }) },
          run: async ({ input }) => void order.push(input.n),
        }),
      ],
      { clock, start: false },
    )
    for (let n = 0; n < 6; n++) {
      await done.enqueue({ type: 'test.line', input: { n }, concurrency: 'k' })
      add(n % 2 === 0 ? -day : day / 2)
    }
    await done.begin()
    await until(async () => (await done.rows()).every((row) => row.status === 'succeeded'))
    expect(order).toEqual([0, 1, 2, 3, 4, 5])
  })
})

test('a worker outlives a database that fails for a while', async () => {
  const database = await testDatabase()
  let broken = false
  const flaky = {
    ...database,
    transaction: async (body: never) => {
      if (broken) throw new Error('away')
      return database.transaction(body)
    },
  } as typeof database
  const { open, opened } = gate()
  const done = await workOver(flaky, [
    job({
      ...{ type: 'test.run', input: nothing },
      async run() {
        await opened
        return 'ended while it was away'
      },
    }),
  ])
  const id = await done.enqueue({ type: 'test.run', input: {} })
  await done.reaches(id, 'running')
  broken = true
  open()
  await until(() => done.jobs.health().detail.startsWith('0 of'))
  expect(await done.row(id)).toMatchObject({ status: 'running' })
  broken = false
  await done.reaches(id, 'succeeded')
  await done.reaches(await done.enqueue({ type: 'test.run', input: {} }), 'succeeded')
})
