import { fail } from '@cairn/api/errors'
import { type TSchema, Type } from 'typebox'
import { describe, expect, test } from 'vitest'
import { until } from '../../../test/until.ts'
import { testDatabase } from '../../../test/database.ts'
import { job } from './definition.ts'
import { type Work, work, workOver } from './jobs.fixture.ts'
import type { JobTables } from './rows.ts'

const anything = Type.Object({ n: Type.Optional(Type.Integer()) }, { additionalProperties: false })
const taking = (input: TSchema) => job({ type: 'test.nothing', input, run: async () => null })
const nothing = taking(anything)

const errorOf = async ({ reaches }: Work, id: string) =>
  JSON.parse((await reaches(id, 'failed')).error as string) as { code: string; message: string }

describe('what is asked for', () => {
  test('with wrong input, of an unknown type or under absurd keys is refused, and nothing is written', async () => {
    const { enqueue, rows } = await work([nothing])
    const wrong = [
      [{ type: 'test.nothing', input: { n: 'x' } }, 'INVALID_INPUT', '/input/n'],
      [{ type: 'test.nothing', input: null }, 'INVALID_INPUT', '/input'],
      [{ type: 'test.nothing', input: { extra: 1 } }, 'INVALID_INPUT', '/input'],
      [{ type: 'test.unheard', input: {} }, 'JOB_TYPE_UNKNOWN', undefined],
      [{ type: 'test.nothing', input: {}, concurrency: 'k'.repeat(201) }, 'INVALID_INPUT', '/concurrency'],
      [{ type: 'test.nothing', input: {}, unique: '' }, 'INVALID_INPUT', '/unique'],
      [{ type: 'test.nothing', input: {}, task: 'a\u0000b' }, 'INVALID_INPUT', '/task'],
      [{ type: 'test.nothing', input: {}, runAt: Number.NaN }, 'INVALID_INPUT', '/runAt'],
    ] as const
    for (const [wanted, code, path] of wrong) {
      const error = await enqueue(wanted).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ code })
      if (path !== undefined) expect(error).toMatchObject({ fields: [expect.objectContaining({ path })] })
    }
    expect(await rows()).toEqual([])
  })

  test('is refused when it is larger than a ledger should hold', async () => {
    const { enqueue } = await work([taking(Type.Object({ text: Type.String() }))])
    const input = { text: 'x'.repeat(300_000) }
    await expect(enqueue({ type: 'test.nothing', input })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })

  test('is checked again when it runs: what was changed under way fails and is not tried again', async () => {
    const database = await testDatabase()
    const before = await workOver(database, [taking(Type.Object({ n: Type.String() }))], {
      start: false,
    })
    const id = await before.enqueue({ type: 'test.nothing', input: { n: 'a string' } })
    const after = await workOver(database, [nothing])
    const row = await after.reaches(id, 'failed')
    expect(row.attempt).toBe(1)
    expect(JSON.parse(row.error as string)).toMatchObject({ code: 'INVALID_INPUT' })
  })
})

describe('a body that throws', () => {
  const circle: Record<string, unknown> = {}
  circle.self = circle
  const hostile = {
    get message() {
      throw new Error('inner')
    },
    toJSON() {
      throw new Error('inner')
    },
  }
  const strange: [string, () => unknown, string][] = [
    ['text', () => 'just text', 'just text'],
    ['nothing', () => undefined, 'undefined'],
    ['null', () => null, 'null'],
    ['an object', () => ({ a: 1 }), '{"a":1}'],
    ['a circle', () => circle, 'it threw something that cannot be shown.'],
    ['a symbol', () => Symbol('s'), 'Symbol(s)'],
    ['a hostile object', () => hostile, 'it threw something that cannot be shown.'],
    ['an error with a stack in its message', () => new Error('bad\n    at f (/home/x/a.ts:1:1)'), 'bad'],
    ['an error whose message is no text', () => Object.assign(new Error('x'), { message: { a: 1 } }), '{"a":1}'],
    ['control signs', () => new Error('a\u0000b\u001b[31mc'), 'a\ufffdb\ufffd[31mc'],
  ]

  test('anything at all fails with a code and one sentence', async () => {
    const done = await work([
      job({
        ...{ type: 'test.throw', input: anything, attempts: 1, concurrent: 20 },
        async run({ input }) {
          throw strange[input.n as number]?.[1]()
        },
      }),
    ])
    for (const [index, [, , reason]] of strange.entries()) {
      const id = await done.enqueue({ type: 'test.throw', input: { n: index } })
      expect(await errorOf(done, id)).toEqual({
        code: 'JOB_FAILED',
        message: `The job ended with an error of its own: ${reason}`,
      })
    }
  })

  test('a refusal that waiting cannot mend is not tried again, any other is', async () => {
    const done = await work([
      job({
        ...{ type: 'test.throw', input: anything, attempts: 2, delays: [0] },
        async run({ input }) {
          throw input.n === 1 ? fail('FILE_NOT_FOUND') : fail('SIDECAR_UNAVAILABLE')
        },
      }),
    ])
    const final = await done.enqueue({ type: 'test.throw', input: { n: 1 } })
    const again = await done.enqueue({ type: 'test.throw', input: { n: 2 } })
    expect(await errorOf(done, final)).toMatchObject({ code: 'FILE_NOT_FOUND' })
    expect(await errorOf(done, again)).toMatchObject({ code: 'SIDECAR_UNAVAILABLE' })
    expect((await done.row(final)).attempt).toBe(1)
    expect((await done.row(again)).attempt).toBe(2)
  })

  test('a very long message is cut', async () => {
    const done = await work([
      job({
        ...{ type: 'test.throw', input: anything, attempts: 1 },
        async run() {
          throw new Error('😀'.repeat(500_000))
        },
      }),
    ])
    const { message } = await errorOf(done, await done.enqueue({ type: 'test.throw', input: {} }))
    expect(message.length).toBeLessThanOrEqual(1_000)
    expect(message.isWellFormed()).toBe(true)
  })
})

describe('a result', () => {
  const returns = (results: unknown[]) =>
    job({
      ...{ type: 'test.return', input: anything, attempts: 2, delays: [0] },
      run: async ({ input }) => results[input.n as number],
    })

  test('that is huge fails the job at once: waiting will not make it smaller', async () => {
    const done = await work([returns(['x'.repeat(5_000_000)])])
    const id = await done.enqueue({ type: 'test.return', input: { n: 0 } })
    expect(await errorOf(done, id)).toMatchObject({ code: 'JOB_RESULT_TOO_LARGE' })
    expect(await done.row(id)).toMatchObject({ attempt: 1, result: null })
  })

  test('that is no JSON fails the job; undefined, NUL and lone surrogates are fine', async () => {
    const results = [1n, undefined, 'a\u0000b', '\ud800']
    const done = await work([returns(results)])
    const [big, none, nul, lone] = (await Promise.all(
      results.map((_, n) => done.enqueue({ type: 'test.return', input: { n } })),
    )) as [string, string, string, string]
    expect(await errorOf(done, big)).toMatchObject({ code: 'JOB_FAILED' })
    expect((await done.reaches(none, 'succeeded')).result).toBe('null')
    expect(JSON.parse((await done.reaches(nul, 'succeeded')).result as string)).toBe('a\u0000b')
    expect(JSON.parse((await done.reaches(lone, 'succeeded')).result as string)).toBe('\ud800')
  })

  test('a step with a huge or impossible result fails the job as well', async () => {
    const done = await work([
      job({
        ...{ type: 'test.step', input: anything, attempts: 1 },
        run: ({ step, input }) => step('s', async () => (input.n === 1 ? 1n : 'x'.repeat(5_000_000))),
      }),
    ])
    for (const n of [1, 2]) {
      const id = await done.enqueue({ type: 'test.step', input: { n } })
      expect(await errorOf(done, id)).toMatchObject({ code: 'JOB_FAILED' })
    }
  })
})

describe('a log', () => {
  test('without end keeps its newest 2,000 lines, numbered so that one sees how many were dropped', async () => {
    const { enqueue, reaches, lines } = await work([
      job({
        ...{ type: 'test.log', input: anything },
        async run({ log }) {
          for (let n = 1; n <= 50_000; n++) {
            log('info', `line ${n}`)
            if (n % 5_000 === 0) await new Promise((resolve) => setTimeout(resolve, 30))
          }
        },
      }),
    ])
    const id = await enqueue({ type: 'test.log', input: {} })
    await reaches(id, 'succeeded')
    const kept = await lines(id)
    expect(kept).toHaveLength(2_000)
    expect(kept.at(-1)).toMatchObject({ number: 50_000, message: 'line 50000' })
    expect(kept[0]).toMatchObject({ number: 48_001, message: 'line 48001' })
  })

  test('and everything else that a job says is without the secrets that the mask knows', async () => {
    const { enqueue, reaches, lines, status } = await work(
      [
        job({
          ...{ type: 'test.secret', input: anything, attempts: 2, delays: [0] },
          async run({ log, progress, attempt }) {
            log('info', 'the key is hunter2')
            progress({ phase: 'x', done: 1, total: 1, message: 'hunter2' })
            if (attempt === 1) throw new Error('hunter2 was refused')
            return { deep: ['hunter2'] }
          },
        }),
      ],
      { mask: (text) => text.replaceAll('hunter2', '[hidden]') },
    )
    const id = await enqueue({ type: 'test.secret', input: {} })
    const row = await reaches(id, 'succeeded')
    expect(row.result).toBe('{"deep":["[hidden]"]}')
    const said = JSON.stringify([row, await lines(id), await status(id)])
    expect(said).not.toContain('hunter2')
    expect((await lines(id)).map((line) => line.message)).toEqual([
      'the key is [hidden]',
      'Attempt 1 of 2: The job ended with an error of its own: [hidden] was refused',
      'the key is [hidden]',
    ])
  })

  test('knows the usual shapes of secrets by itself', async () => {
    const { enqueue, reaches, lines } = await work([
      job({
        ...{ type: 'test.secret', input: anything, attempts: 1 },
        async run({ log }) {
          log('info', 'cloning https://me:hunter2secret@example.org/a.git')
          throw new Error(`denied for ghp_${'a1B2'.repeat(9)}`)
        },
      }),
    ])
    const id = await enqueue({ type: 'test.secret', input: {} })
    const row = await reaches(id, 'failed')
    const said = JSON.stringify([row.error, await lines(id)])
    expect(said).toContain('example.org/a.git')
    expect(said).toContain('denied for')
    expect(said).not.toContain('hunter2secret')
    expect(said).not.toContain('a1B2a1B2')
  })

  test('holds lines as long as 2,000 signs and no control signs but tab and newline', async () => {
    const { enqueue, reaches, lines } = await work([
      job({
        ...{ type: 'test.log', input: anything },
        run: async ({ log }) => log('warn', `\u0000\u001b]0;x\u0007\ta\r\nb${'y'.repeat(100_000)}`),
      }),
    ])
    const id = await enqueue({ type: 'test.log', input: {} })
    await reaches(id, 'succeeded')
    const message = (await lines(id))[0]?.message ?? ''
    expect(message).toHaveLength(1_999)
    expect(message.startsWith('\ufffd\ufffd]0;x\ufffd\ta\nby')).toBe(true)
  })
})

describe('progress', () => {
  test('told a million times reaches the ledger a few times, and whoever follows not much more often', async () => {
    let told = 0
    const { enqueue, reaches, status, jobs } = await work([
      job({
        ...{ type: 'test.busy', input: anything },
        async run({ progress }) {
          for (let n = 1; n <= 1_000_000; n++) progress({ phase: 'counting', done: n, total: 1_000_000 })
        },
      }),
    ])
    jobs.onProgress(() => void told++)
    const id = await enqueue({ type: 'test.busy', input: {} })
    await reaches(id, 'succeeded')
    await until(() => told > 0)
    expect(await status(id)).toMatchObject({ steps_completed: 1_000_000, steps_total: 1_000_000 })
    expect(told).toBeLessThan(100)
  })

  test('with absurd numbers is brought into shape', async () => {
    const { enqueue, reaches, status } = await work([
      job({
        ...{ type: 'test.odd', input: anything },
        run: async ({ progress }) =>
          progress({ phase: 'p'.repeat(999), done: -3.7, total: Number.POSITIVE_INFINITY, message: 'm'.repeat(9_999) }),
      }),
    ])
    const id = await enqueue({ type: 'test.odd', input: {} })
    await reaches(id, 'succeeded')
    const row = await status(id)
    expect(row).toMatchObject({ steps_completed: 0, steps_total: 0 })
    expect([row?.phase.length, row?.message?.length]).toEqual([200, 500])
  })
})

describe('start-up', () => {
  const bad = (change: object) => job({ ...nothing, ...change })

  test('refuses a type that is defined twice or cannot be meant', async () => {
    const wrong: [object[], RegExp][] = [
      [[nothing, nothing], /test\.nothing is defined twice/],
      [[bad({ type: 'Bad Name' })], /is no name/],
      [[bad({ run: undefined })], /has no run/],
      [[bad({ attempts: 0 })], /cannot be meant/],
      [[bad({ timeout: Number.NaN })], /cannot be meant/],
      [[bad({ concurrent: 0 })], /cannot be meant/],
      [[bad({ delays: [-1] })], /cannot be meant/],
      [[bad({ schedule: { cron: 'every day', input: {} } })], /./],
    ]
    for (const [definitions, reason] of wrong)
      await expect(work(definitions as never, { start: false })).rejects.toThrow(reason)
    const scheduled = bad({ schedule: { cron: '0 0 * * *', input: { n: 'x' } } })
    await expect(work([scheduled], { start: false })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })

  test('refuses a ledger with open jobs of a type that nothing here runs, and touches none of them', async () => {
    const database = await testDatabase()
    const newer = await workOver(database, [nothing, bad({ type: 'test.newer' })], { start: false })
    const id = await newer.enqueue({ type: 'test.newer', input: {} })
    const older = await workOver(database, [nothing], { start: false })
    await expect(older.begin()).rejects.toThrow(/test\.newer/)
    expect(await newer.row(id)).toMatchObject({ status: 'queued', attempt: 0 })
    const ended = database.db
      .withTables<JobTables>()
      .updateTable('jobs')
      .set({ status: 'cancelled', due_at: null })
      .compile()
    await database.transaction((db) => db.executeQuery(ended))
    await older.begin()
  })
})
