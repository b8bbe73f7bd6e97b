import type { CairnError } from '@cairn/api/errors'
import { Type } from 'typebox'
import { describe, expect, test } from 'vitest'
import { until } from '../../../test/until.ts'
import { job } from './definition.ts'
import { gate, heldClock, work } from './jobs.fixture.ts'

const stopped = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
const numbered = Type.Object({ n: Type.Integer() })

describe('jobs with one concurrency key', () => {
  test('run strictly one after the other in the order of asking, fifty of them', async () => {
    const order: number[] = []
    let at = 0
    let most = 0
    const { enqueue, rows } = await work([
      job({
        ...{ type: 'test.line', input: numbered, concurrent: 32 },
        async run({ input, scope }) {
          most = Math.max(most, ++at)
          await scope.write(async () => null)
          order.push(input.n)
          at--
        },
      }),
    ])
    for (let n = 0; n < 50; n++) await enqueue({ type: 'test.line', input: { n }, concurrency: 'k' })
    await until(async () => (await rows()).every((row) => row.status === 'succeeded'))
    expect(order).toEqual(Array.from({ length: 50 }, (_, n) => n))
    expect(most).toBe(1)
  })

  test('keep their order over types, retries, failures and cancellations', async () => {
    const order: string[] = []
    const { open, opened } = gate()
    const steps = (type: string) =>
      job({
        ...{ type, input: numbered, attempts: 2, delays: [20] },
        async run({ input, attempt }) {
          if (input.n === 0) await opened
          order.push(`${input.n}.${attempt}`)
          if (input.n % 3 === 1 && attempt === 1) throw new Error('again')
          if (input.n % 3 === 2) throw new Error('never')
        },
      })
    const { scope, rows, cancel } = await work([steps('test.a'), steps('test.b')])
    const ids = await scope().write(async (tx) => {
      const made: string[] = []
      for (let n = 0; n < 8; n++)
        made.push(await tx.enqueue({ type: n % 2 === 0 ? 'test.a' : 'test.b', input: { n }, concurrency: 'k' }))
      return made
    })
    await cancel(ids[5] as string)
    open()
    await until(async () => (await rows()).every((row) => row.completed_at !== null))
    expect(order).toEqual(['0.1', '1.1', '1.2', '2.1', '2.2', '3.1', '4.1', '4.2', '6.1', '7.1', '7.2'])
  })

  test('are refused where they are to be alone: of many asked for at once one is made, and it may be asked for again', async () => {
    const { scope, rows, row, cancel } = await work([
      job({ type: 'test.alone', input: numbered, run: async ({ input, signal }) => input.n === 0 && stopped(signal) }),
    ])
    const ask = (n: number, id: string) =>
      scope()
        .write((tx) =>
          tx.enqueue({ type: 'test.alone', input: { n }, id, concurrency: 'k', alone: 'THREAD_BUSY' as const }),
        )
        .catch(({ code, parameters }: CairnError) => [code, parameters.job])
    const ends = await Promise.all(Array.from({ length: 8 }, (_, n) => ask(0, `j-${n}`)))
    const made = ends.filter((end) => typeof end === 'string')
    expect(made).toHaveLength(1)
    const [id = ''] = made
    expect(ends.filter((end) => end !== id)).toEqual(Array.from({ length: 7 }, () => ['THREAD_BUSY', id]))
    expect(await ask(0, id)).toBe(id)
    expect(await rows()).toHaveLength(1)
    await cancel(id)
    expect(await ask(1, 'next')).toBe('next')
    await until(async () => (await row('next')).status === 'succeeded')
  })

  test('are never forgotten when one ends just as the next is asked for', async () => {
    const { open, opened } = gate()
    const { scope, enqueue, reaches } = await work(
      [job({ type: 'test.line', input: numbered, run: async ({ input }) => (input.n === 0 ? opened : null) })],
      // Nothing but the end of the one before wakes the next.
      { times: { look: 3_600_000, heartbeat: 3_600_000, lease: 7_200_000 } },
    )
    const first = await enqueue({ type: 'test.line', input: { n: 0 }, concurrency: 'k' })
    await reaches(first, 'running')
    const second = await scope().write(async (tx) => {
      const id = await tx.enqueue({ type: 'test.line', input: { n: 1 }, concurrency: 'k' })
      open()
      // Time for the first one to end before this commits.
      const tables = tx.db.withTables<{ jobs: { id: string } }>()
      for (let n = 0; n < 300; n++) await tables.selectFrom('jobs').select('id').execute()
      return id
    })
    await reaches(first, 'succeeded')
    await reaches(second, 'succeeded')
  })

  test('let the more urgent one pass, and hold up nobody else', async () => {
    const order: number[] = []
    const { open, opened } = gate()
    const { enqueue, rows } = await work([
      job({
        ...{ type: 'test.line', input: numbered },
        async run({ input }) {
          if (input.n === 0) await opened
          order.push(input.n)
        },
      }),
    ])
    const ask = (n: number, concurrency: string, priority: 0 | 1 | 2 | 3 = 1) =>
      enqueue({ type: 'test.line', input: { n }, concurrency, priority })
    await ask(0, 'k')
    await ask(1, 'k', 0)
    await ask(2, 'k')
    await ask(3, 'k', 3)
    await ask(10, 'other')
    await enqueue({ type: 'test.line', input: { n: 11 } })
    await until(() => order.length === 2)
    open()
    await until(async () => (await rows()).every((row) => row.status === 'succeeded'))
    expect(order.slice(0, 2).sort()).toEqual([10, 11])
    expect(order.slice(2)).toEqual([0, 3, 2, 1])
  })

  test('of another workspace are another line', async () => {
    const { open, opened } = gate()
    const { enqueue, reaches, rows } = await work([
      job({ type: 'test.line', input: numbered, run: async ({ input }) => (input.n === 0 ? opened : null) }),
    ])
    await enqueue({ type: 'test.line', input: { n: 0 }, concurrency: 'k' })
    const other = await enqueue({ type: 'test.line', input: { n: 1 }, concurrency: 'k' }, 'other')
    await reaches(other, 'succeeded')
    open()
    await until(async () => (await rows()).every((row) => row.status === 'succeeded'))
  })

  test('do not wait for one whose time is far off, and do not meet it when it comes', async () => {
    const { clock, add } = heldClock()
    const order: number[] = []
    let at = 0
    let most = 0
    const { open, opened } = gate()
    const { enqueue, reaches } = await work(
      [
        job({
          ...{ type: 'test.line', input: numbered, concurrent: 8 },
          async run({ input }) {
            most = Math.max(most, ++at)
            if (input.n === 2) await opened
            order.push(input.n)
            at--
          },
        }),
      ],
      { clock },
    )
    const later = await enqueue({
      type: 'test.line',
      input: { n: 9 },
      concurrency: 'k',
      runAt: clock.now() + 3_600_000,
    })
    await reaches(await enqueue({ type: 'test.line', input: { n: 1 }, concurrency: 'k' }), 'succeeded')
    const holding = await enqueue({ type: 'test.line', input: { n: 2 }, concurrency: 'k' })
    await reaches(holding, 'running')
    const last = await enqueue({ type: 'test.line', input: { n: 3 }, concurrency: 'k' })
    add(3_600_001)
    open()
    await reaches(later, 'succeeded')
    await reaches(last, 'succeeded')
    expect(order.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 9])
    expect(most).toBe(1)
  })

  test('keep the line while one of them sleeps', async () => {
    const { clock, add } = heldClock()
    const order: string[] = []
    const { enqueue, reaches, row } = await work(
      [
        job({
          ...{ type: 'test.line', input: numbered },
          async run({ input, step, sleepUntil }) {
            if (input.n === 1) {
              const at = await step('when', async () => clock.now() + 60_000)
              if (clock.now() < at) await sleepUntil(at)
            }
            order.push(`ran ${input.n}`)
          },
        }),
      ],
      { clock },
    )
    const first = await enqueue({ type: 'test.line', input: { n: 1 }, concurrency: 'k' })
    await reaches(first, 'waiting')
    const second = await enqueue({ type: 'test.line', input: { n: 2 }, concurrency: 'k' })
    expect(await row(second)).toMatchObject({ status: 'queued', due_at: null })
    add(60_001)
    await reaches(second, 'succeeded')
    expect(order).toEqual(['ran 1', 'ran 2'])
  })
})

describe('a unique key', () => {
  test('returns the queued twin, brought forward if asked for sooner, and a new job once that runs', async () => {
    const { clock } = heldClock()
    const { open, opened } = gate()
    const { enqueue, reaches, row, rows } = await work(
      [job({ type: 'test.one', input: numbered, run: async () => opened })],
      { clock },
    )
    const ask = (fields: object) => enqueue({ type: 'test.one', input: { n: 1 }, unique: 'u', ...fields })
    const later = await ask({ runAt: clock.now() + 60_000 })
    expect(await ask({ runAt: clock.now() + 30_000, priority: 3 })).toBe(later)
    expect(await row(later)).toMatchObject({ run_at: clock.now() + 30_000, priority: 3, status: 'queued' })
    expect(await ask({ runAt: clock.now() + 45_000 })).toBe(later)
    expect(await row(later)).toMatchObject({ run_at: clock.now() + 30_000, priority: 3 })
    expect(await ask({})).toBe(later)
    await reaches(later, 'running')
    const another = await ask({})
    expect(another).not.toBe(later)
    expect(await ask({ unique: 'v' })).not.toBe(another)
    open()
    await until(async () => (await rows()).every((each) => each.status === 'succeeded'))
    expect(await rows()).toHaveLength(3)
  })

  test('asked for many times at once makes one job', async () => {
    const { enqueue, rows, begin } = await work([job({ type: 'test.one', input: numbered, run: async () => null })], {
      start: false,
    })
    const ids = await Promise.all(
      Array.from({ length: 40 }, () => enqueue({ type: 'test.one', input: { n: 1 }, unique: 'u' })),
    )
    expect(new Set(ids).size).toBe(1)
    await begin()
    await until(async () => (await rows()).every((row) => row.status === 'succeeded'))
    expect(await rows()).toHaveLength(1)
  })

  test('never lets a change slip between a twin that is being taken and one that is asked for', async () => {
    const seen = new Map<string, Set<string>>()
    const asked: { id: string; setting: string }[] = []
    type Settings = { setting: { workspace: string; id: string; value: string; updated_at: number } }
    const { scope, rows } = await work([
      job({
        ...{ type: 'test.see', input: Type.Object({}) },
        async run({ id, scope: own }) {
          const present = await own.db.withTables<Settings>().selectFrom('setting').select('id').execute()
          seen.set(id, new Set(present.map((row) => row.id)))
        },
      }),
    ])
    const writeOne = async (setting: string) => {
      const id = await scope().write(async (tx) => {
        const row = { workspace: 'w', id: setting, value: '', updated_at: 0 }
        await tx.db.withTables<Settings>().insertInto('setting').values(row).execute()
        const job = await tx.enqueue({ type: 'test.see', input: {}, unique: 'u' })
        // Something else to do before the end: the twin has time to be taken meanwhile, if it could be.
        await tx.db.withTables<Settings>().selectFrom('setting').select('id').limit(1).execute()
        return job
      })
      asked.push({ id, setting })
    }
    for (let round = 0; round < 20; round++)
      await Promise.all(Array.from({ length: 10 }, (_, n) => writeOne(`${round}.${n}`)))
    await until(async () => (await rows()).every((row) => row.status === 'succeeded'))
    expect(asked).toHaveLength(200)
    expect(asked.filter(({ id, setting }) => !seen.get(id)?.has(setting))).toEqual([])
  })
})

describe('a job that is asked for all the time', () => {
  test('gets its turn nevertheless', async () => {
    let ran = 0
    const { scope } = await work([job({ type: 'test.see', input: Type.Object({}), run: async () => void ran++ })])
    const ask = async () => {
      while (ran < 3)
        await scope().write(async (tx) => {
          await tx.enqueue({ type: 'test.see', input: {}, unique: 'u' })
          // So that at nearly any moment somebody holds it.
          const tables = tx.db.withTables<{ setting: { id: string } }>()
          for (let n = 0; n < 40; n++) await tables.selectFrom('setting').select('id').execute()
        })
    }
    await Promise.all(Array.from({ length: 8 }, ask))
    expect(ran).toBeGreaterThanOrEqual(3)
  })
})

describe('limits', () => {
  const counting = (type: string, most: Map<string, number>, wait: Promise<void>, concurrent?: number) => {
    let at = 0
    return job({
      ...{ type, input: numbered, ...(concurrent && { concurrent }) },
      async run() {
        most.set(type, Math.max(most.get(type) ?? 0, ++at))
        await wait
        at--
      },
    })
  }

  test('hold for each type, four unless it says otherwise, and for the process', async () => {
    const most = new Map<string, number>()
    const { open, opened } = gate()
    const { scope, rows } = await work(
      [counting('test.usual', most, opened), counting('test.many', most, opened, 50)],
      { slots: 10 },
    )
    await scope().write(async (tx) => {
      for (let n = 0; n < 20; n++) await tx.enqueue({ type: 'test.usual', input: { n } })
      for (let n = 0; n < 20; n++) await tx.enqueue({ type: 'test.many', input: { n } })
    })
    await until(() => (most.get('test.usual') ?? 0) + (most.get('test.many') ?? 0) === 10)
    expect(most.get('test.usual')).toBe(4)
    open()
    await until(async () => (await rows()).every((row) => row.status === 'succeeded'))
    expect(most.get('test.usual')).toBe(4)
    expect(most.get('test.many')).toBeLessThanOrEqual(10)
  })

  test('let the most urgent in first, and the oldest of those', async () => {
    const order: number[] = []
    const { scope, rows, begin } = await work(
      [job({ type: 'test.order', input: numbered, run: async ({ input }) => void order.push(input.n) })],
      { slots: 1, start: false },
    )
    const priorities = [1, 0, 3, 2, 1, 3, 0, 2] as const
    await scope().write(async (tx) => {
      for (const [n, priority] of priorities.entries()) await tx.enqueue({ type: 'test.order', input: { n }, priority })
    })
    await begin()
    await until(async () => (await rows()).every((row) => row.status === 'succeeded'))
    expect(order).toEqual([2, 5, 3, 7, 0, 4, 1, 6])
  })
})
