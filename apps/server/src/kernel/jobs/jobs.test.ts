import { fail } from '@cairn/api/errors'
import { Type } from 'typebox'
import { describe, expect, test } from 'vitest'
import { until } from '../../../test/until.ts'
import { somebody } from '../../../test/database.ts'
import { job } from './definition.ts'
import { gate, heldClock, work } from './jobs.fixture.ts'
import { system } from './settling.ts'

const hour = 3_600_000
const anything = Type.Object({ n: Type.Optional(Type.Integer()) }, { additionalProperties: false })

describe('a job', () => {
  test('is queued with the change that asked for it, runs, and ends with its result and two events', async () => {
    const { enqueue, reaches, events } = await work([
      job({ type: 'test.add', input: anything, run: async ({ input }) => ({ sum: (input.n ?? 0) + 1 }) }),
    ])
    const id = await enqueue({ type: 'test.add', input: { n: 2 }, priority: 2, task: 't', thread: 'h', project: 'p' })
    const row = await reaches(id, 'succeeded')
    expect(JSON.parse(row.result as string)).toEqual({ sum: 3 })
    expect(row).toMatchObject({ attempt: 1, priority: 2, task_id: 't', thread_id: 'h', project: 'p', error: null })
    expect(row).toMatchObject({ worker: null, lease_until: null, due_at: null, fence: 1 })
    expect(row.completed_at).toBeGreaterThanOrEqual(row.started_at as number)
    expect(events(id)).toEqual(['job.queued', 'job.succeeded'])
  })

  test('of a transaction that fails was never there and wakes nobody', async () => {
    let ran = 0
    const { scope, rows, published } = await work([
      job({ type: 'test.run', input: anything, run: async () => void ran++ }),
    ])
    const write = scope().write(async (tx) => {
      await tx.enqueue({ type: 'test.run', input: {} })
      throw new Error('no')
    })
    await expect(write).rejects.toThrow('no')
    expect(await rows()).toEqual([])
    expect(published).toEqual([])
    expect(ran).toBe(0)
  })

  test('that fails is tried again after its delays, and fails when its attempts are used up', async () => {
    const attempts: number[] = []
    const { enqueue, reaches, events } = await work([
      job({
        ...{ type: 'test.fail', input: anything, attempts: 3, delays: [1, 10] },
        async run({ attempt }) {
          attempts.push(attempt)
          throw new Error(`no ${attempt}`)
        },
      }),
    ])
    const id = await enqueue({ type: 'test.fail', input: {} })
    const row = await reaches(id, 'failed')
    expect(attempts).toEqual([1, 2, 3])
    expect(JSON.parse(row.error as string)).toEqual({
      code: 'JOB_FAILED',
      message: 'The job ended with an error of its own: no 3',
    })
    expect(row.result).toBeNull()
    expect(events(id)).toEqual(['job.queued', 'job.failed'])
  })

  test('that succeeds at the second attempt keeps no error', async () => {
    const { enqueue, reaches } = await work([
      job({
        ...{ type: 'test.second', input: anything, delays: [0] },
        async run({ attempt }) {
          if (attempt === 1) throw new Error('not yet')
          return attempt
        },
      }),
    ])
    const row = await reaches(await enqueue({ type: 'test.second', input: {} }), 'succeeded')
    expect(row).toMatchObject({ attempt: 2, result: '2', error: null })
  })

  test('sleeps without worker or slot, wakes at its time and runs no finished step again', async () => {
    const made: string[] = []
    const { clock, add } = heldClock()
    const { enqueue, reaches, events } = await work(
      [
        job({
          ...{ type: 'test.sleep', input: anything, attempts: 1 },
          async run({ step, sleepUntil, attempt }) {
            const at = await step('when', async () => {
              made.push('when')
              return clock.now() + hour
            })
            if (clock.now() < at) await sleepUntil(at)
            return { attempt, late: clock.now() >= at }
          },
        }),
        job({ type: 'test.other', input: anything, run: async () => 'ran' }),
      ],
      { slots: 1, clock },
    )
    const id = await enqueue({ type: 'test.sleep', input: {} })
    const waiting = await reaches(id, 'waiting')
    expect(waiting).toMatchObject({ worker: null, lease_until: null })
    await reaches(await enqueue({ type: 'test.other', input: {} }), 'succeeded')
    add(hour)
    const row = await reaches(id, 'succeeded')
    expect(JSON.parse(row.result as string)).toEqual({ attempt: 1, late: true })
    expect(made).toEqual(['when'])
    expect(events(id)).toEqual(['job.queued', 'job.waiting', 'job.succeeded'])
  })

  test('that swallows its sleep is parked all the same', async () => {
    const { enqueue, reaches } = await work([
      job({
        ...{ type: 'test.swallow', input: anything },
        async run({ sleepUntil }) {
          await sleepUntil(Date.now() + hour).catch(() => {})
          return 'never'
        },
      }),
    ])
    expect(await reaches(await enqueue({ type: 'test.swallow', input: {} }), 'waiting')).toMatchObject({ result: null })
  })

  test('is waited for by who asked, for as long as they like', async () => {
    const { open, opened } = gate()
    const { enqueue, jobs, scope } = await work([
      job({ type: 'test.wait', input: anything, run: async () => opened.then(() => ({ sum: 3 })) }),
      job({
        ...{ type: 'test.refuse', input: anything, attempts: 1 },
        async run() {
          throw fail('THREAD_NOT_FOUND')
        },
      }),
    ])
    const id = await enqueue({ type: 'test.wait', input: {} })
    expect(await jobs.ended(scope(), id, 1)).toBeNull()
    const end = jobs.ended(scope(), id, 60_000)
    open()
    expect(await end).toEqual({ status: 'succeeded', result: { sum: 3 }, error: null })
    expect(await jobs.ended(scope('other'), id, 60_000)).toBeNull()
    const refused = await enqueue({ type: 'test.refuse', input: {} })
    expect(await jobs.ended(scope(), refused, 60_000)).toMatchObject({
      ...{ status: 'failed', result: null, error: { code: 'THREAD_NOT_FOUND' } },
    })
  })

  test('that runs on is announced once, with its progress and log in the ledger', async () => {
    const { open, opened } = gate()
    const { enqueue, reaches, events, isStarted, status, lines } = await work([
      job({
        ...{ type: 'test.long', input: anything },
        async run({ progress, log }) {
          progress({ phase: 'reading', done: 1, total: 4, message: 'src/a.ts' })
          log('info', 'hello')
          log('warn', 'two\nlines')
          await opened
          progress({ phase: 'reading', done: 4, total: 4 })
          log('error', 'the end')
        },
      }),
    ])
    const id = await enqueue({ type: 'test.long', input: {} })
    const before = await until(() => status(id))
    expect(before).toMatchObject({ phase: 'reading', steps_completed: 1, steps_total: 4, message: 'src/a.ts' })
    await until(() => isStarted(id))
    open()
    await reaches(id, 'succeeded')
    expect(await status(id)).toMatchObject({ steps_completed: 4, message: null })
    expect((await lines(id)).map((line) => [line.number, line.level, line.message])).toEqual([
      [1, 'info', 'hello'],
      [2, 'warn', 'two\nlines'],
      [3, 'error', 'the end'],
    ])
    expect(events(id)).toEqual(['job.queued', 'job.succeeded'])
  })

  test('of housekeeping is silent unless it fails', async () => {
    const { enqueue, reaches, events } = await work([
      job({
        ...{ type: 'test.quiet', input: anything, attempts: 1, quiet: true },
        async run({ input }) {
          if (input.n === 1) throw new Error('no')
        },
      }),
    ])
    const good = await enqueue({ type: 'test.quiet', input: {} })
    const bad = await enqueue({ type: 'test.quiet', input: { n: 1 } })
    await reaches(good, 'succeeded')
    await reaches(bad, 'failed')
    expect([events(good), events(bad)]).toEqual([[], ['job.failed']])
  })

  test('written under an id of the caller is the same job again, and other content is a conflict', async () => {
    const { enqueue, rows } = await work([job({ type: 'test.run', input: anything, run: async () => null })])
    const id = '0193b1b2-0000-7000-8000-000000000001'
    expect(await enqueue({ type: 'test.run', input: { n: 1 }, id })).toBe(id)
    expect(await enqueue({ type: 'test.run', input: { n: 1 }, id })).toBe(id)
    await expect(enqueue({ type: 'test.run', input: { n: 2 }, id })).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(await rows()).toHaveLength(1)
  })
})

describe('rights', () => {
  test('are read again when the job runs: without them it fails and is not tried again', async () => {
    let asked = 0
    let ran = 0
    const { enqueue, reaches } = await work([job({ type: 'test.run', input: anything, run: async () => void ran++ })], {
      async authorise() {
        asked++
        throw new Error('no longer a member')
      },
    })
    const row = await reaches(await enqueue({ type: 'test.run', input: {} }), 'failed')
    expect(JSON.parse(row.error as string)).toMatchObject({ code: 'ACCESS_DENIED' })
    expect([asked, ran]).toEqual([1, 0])
  })

  test('are those that the principal has now', async () => {
    let scopes: readonly string[] = []
    const { enqueue, reaches } = await work(
      [job({ type: 'test.run', input: anything, run: async ({ scope }) => void (scopes = scope.principal.scopes) })],
      { authorise: async (principal) => ({ ...principal, scopes: ['memories:read'] }) },
    )
    await reaches(await enqueue({ type: 'test.run', input: {} }), 'succeeded')
    expect(scopes).toEqual(['memories:read'])
  })

  test('that cannot be read for the moment are asked for again', async () => {
    let asked = 0
    const { enqueue, reaches } = await work(
      [job({ type: 'test.run', input: anything, delays: [1], run: async () => 'ran' })],
      {
        async authorise(principal) {
          if (asked++ === 0) throw fail('DATABASE_UNAVAILABLE')
          return principal
        },
      },
    )
    await reaches(await enqueue({ type: 'test.run', input: {} }), 'succeeded')
    expect(asked).toBe(2)
  })
})

describe('cancelling', () => {
  const forever = job({
    ...{ type: 'test.forever', input: anything, concurrent: 1 },
    run: ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  })

  test('ends a queued job before it runs', async () => {
    const { enqueue, cancel, reaches, row, events } = await work([forever])
    const first = await enqueue({ type: 'test.forever', input: {} })
    await reaches(first, 'running')
    const second = await enqueue({ type: 'test.forever', input: {} })
    await cancel(second)
    expect(await row(second)).toMatchObject({ status: 'cancelled', attempt: 0, started_at: null })
    expect(events(second)).toEqual(['job.queued', 'job.cancelled'])
  })

  test('ends a waiting job for good', async () => {
    const { enqueue, cancel, reaches, row } = await work([
      job({ type: 'test.wait', input: anything, run: ({ sleepUntil }) => sleepUntil(Date.now() + 60_000) }),
    ])
    const id = await enqueue({ type: 'test.wait', input: {} })
    await reaches(id, 'waiting')
    await cancel(id)
    await reaches(id, 'cancelled')
    expect(await row(id)).toMatchObject({ due_at: null, attempt: 0 })
  })

  test('ends a running job at once and tells its body', async () => {
    const { enqueue, cancel, reaches, row, events } = await work([forever])
    const id = await enqueue({ type: 'test.forever', input: {} })
    await reaches(id, 'running')
    await cancel(id)
    expect(await row(id)).toMatchObject({ status: 'cancelled', lease_until: null, error: null })
    // The slot is free again: the next of its type, of which one runs at a time, gets its turn.
    await reaches(await enqueue({ type: 'test.forever', input: {} }), 'running')
    expect(events(id)).toEqual(['job.queued', 'job.cancelled'])
  })

  test('refuses what a body that goes on regardless still writes, and frees its slot', async () => {
    const { open, opened } = gate()
    const refused: string[] = []
    const { enqueue, cancel, reaches, published } = await work([
      job({
        ...{ type: 'test.deaf', input: anything, concurrent: 1 },
        async run({ scope, step, input }) {
          if (input.n === 2) return
          await opened
          await scope
            .write(async (tx) => tx.event({ type: 'test.written', subject: 's' }))
            .catch((error) => refused.push(error.code))
          await step('late', async () => 1).catch((error: Error) => refused.push(error.message))
        },
      }),
    ])
    const id = await enqueue({ type: 'test.deaf', input: { n: 1 } })
    await reaches(id, 'running')
    await cancel(id)
    await reaches(await enqueue({ type: 'test.deaf', input: { n: 2 } }), 'succeeded')
    open()
    await until(() => refused.length === 2)
    expect(refused).toEqual(['JOB_STALE', 'The job is cancelled.'])
    expect(published.map((event) => event.type)).not.toContain('test.written')
    await reaches(id, 'cancelled')
  })

  test('is refused for a job that has ended, is unknown or is of another workspace', async () => {
    const { enqueue, cancel, reaches } = await work([job({ type: 'test.run', input: anything, run: async () => null })])
    const id = await enqueue({ type: 'test.run', input: {} })
    await reaches(id, 'succeeded')
    await expect(cancel(id)).rejects.toMatchObject({ code: 'JOB_ALREADY_COMPLETED' })
    await expect(cancel('0193b1b2-0000-7000-8000-000000000001')).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' })
    const elsewhere = await enqueue({ type: 'test.run', input: {} }, 'elsewhere')
    await expect(cancel(elsewhere)).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' })
  })
})

describe('a time-out', () => {
  test('ends an attempt whose body ignores its signal, and its writes are refused', async () => {
    const { open, opened } = gate()
    let refused = ''
    const { enqueue, reaches } = await work([
      job({
        ...{ type: 'test.slow', input: anything, timeout: 40, attempts: 1 },
        async run({ scope }) {
          await opened
          await scope.write(async () => null).catch((error) => void (refused = error.code))
        },
      }),
    ])
    const row = await reaches(await enqueue({ type: 'test.slow', input: {} }), 'failed')
    expect(JSON.parse(row.error as string)).toMatchObject({ code: 'JOB_TIMEOUT' })
    open()
    await until(() => refused === 'JOB_STALE')
  })

  test('counts as a failed attempt, after which another one may succeed', async () => {
    const { enqueue, reaches } = await work([
      job({
        ...{ type: 'test.slow', input: anything, timeout: 40, attempts: 2, delays: [1] },
        run: async ({ attempt }) => (attempt === 1 ? new Promise(() => {}) : 'in time'),
      }),
    ])
    expect(await reaches(await enqueue({ type: 'test.slow', input: {} }), 'succeeded')).toMatchObject({ attempt: 2 })
  })
})

describe('a retry by hand', () => {
  const flaky = (fails: () => boolean, made: string[]) =>
    job({
      ...{ type: 'test.flaky', input: anything, attempts: 1 },
      async run({ step, attempt, progress }) {
        progress({ phase: 'one', done: 1, total: 2 })
        await step('one', async () => void made.push('one'))
        if (fails()) throw new Error('no')
        await step('two', async () => void made.push('two'))
        return attempt
      },
    })

  test('runs a failed job again without its finished steps', async () => {
    let broken = true
    const made: string[] = []
    const { enqueue, reaches, retry, events } = await work([flaky(() => broken, made)])
    const id = await enqueue({ type: 'test.flaky', input: {}, unique: 'u', concurrency: 'k' })
    await reaches(id, 'failed')
    broken = false
    await retry(id)
    expect(await reaches(id, 'succeeded')).toMatchObject({ attempt: 2, error: null, result: '2' })
    expect(made).toEqual(['one', 'two'])
    expect(events(id)).toEqual(['job.queued', 'job.failed', 'job.queued', 'job.succeeded'])
  })

  test('is refused for a job that runs or has succeeded', async () => {
    const { open, opened } = gate()
    const { enqueue, reaches, retry } = await work([
      job({ type: 'test.wait', input: anything, run: async () => opened }),
    ])
    const id = await enqueue({ type: 'test.wait', input: {} })
    await reaches(id, 'running')
    await expect(retry(id)).rejects.toMatchObject({ code: 'JOB_NOT_ENDED', parameters: { status: 'running' } })
    open()
    await reaches(id, 'succeeded')
    await expect(retry(id)).rejects.toMatchObject({ code: 'JOB_ALREADY_COMPLETED' })
    await expect(retry('0193b1b2-0000-7000-8000-000000000001')).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' })
  })

  test('is for whoever asked for the job; what the system asked for is anybody’s', async () => {
    const made: string[] = []
    const { scope, enqueue, reaches, retry } = await work([flaky(() => made.length < 9, made)])
    const id = await enqueue({ type: 'test.flaky', input: {} })
    await reaches(id, 'failed')
    await expect(retry(id, { ...somebody, person: 'q' })).rejects.toMatchObject({ code: 'ACCESS_DENIED' })
    await expect(retry(id, { ...somebody, kind: 'agent', agent: 'a' })).rejects.toMatchObject({ code: 'ACCESS_DENIED' })
    const scheduled = await scope('w', system).write((tx) => tx.enqueue({ type: 'test.flaky', input: {} }))
    await reaches(scheduled, 'failed')
    await retry(scheduled, { ...somebody, person: 'q' })
  })
})
