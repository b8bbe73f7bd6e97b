import { Type } from 'typebox'
import { expect, inject, onTestFinished, test } from 'vitest'
import { until } from '../../../test/until.ts'
import { migrations } from '../../../migrations/index.ts'
import { freshSettings, quietLog } from '../../../test/database.ts'
import { type Database, openDatabase } from '../database/database.ts'
import { job } from './definition.ts'
import { work, workOver } from './jobs.fixture.ts'

const numbered = Type.Object({ n: Type.Integer() })

test('thousands of jobs that do nothing run once each', async () => {
  const many = inject('dialect') === 'sqlite' ? 10_000 : 2_000
  const runs = new Uint8Array(many)
  const { scope, jobs } = await work([
    job({
      ...{ type: 'test.nothing', input: numbered, concurrent: 32 },
      run: async ({ input }) => {
        runs[input.n] = (runs[input.n] ?? 0) + 1
      },
    }),
  ])
  for (let from = 0; from < many; from += 500)
    await scope().write(async (tx) => {
      for (let n = from; n < from + 500; n++) await tx.enqueue({ type: 'test.nothing', input: { n } })
    })
  await until(async () => (await jobs.counts(scope())).succeeded === many)
  expect(runs.every((count) => count === 1)).toBe(true)
})

test('two workers on one database share the work and run nothing twice', async () => {
  const [one, two] = await twoDatabases()
  const runs = new Map<number, string[]>()
  const by = (name: string) => [
    job({
      ...{ type: 'test.shared', input: numbered, concurrent: 4 },
      async run({ input, scope }) {
        runs.set(input.n, [...(runs.get(input.n) ?? []), name])
        await scope.write(async () => null)
      },
    }),
  ]
  // Long leases: on a busy machine a living worker may be late by more than the usual ones of tests.
  const times = { lease: 30_000, heartbeat: 1_000 }
  const first = await workOver(one, by('first'), { times })
  await workOver(two, by('second'), { times })
  for (let from = 0; from < 400; from += 20)
    await first.scope().write(async (tx) => {
      for (let n = from; n < from + 20; n++)
        await tx.enqueue({ type: 'test.shared', input: { n }, ...(n % 4 === 0 && { concurrency: `k${n % 12}` }) })
    })
  await until(async () => (await first.rows()).every((row) => row.status === 'succeeded'))
  expect(runs.size).toBe(400)
  expect([...runs.values()].filter((names) => names.length !== 1)).toEqual([])
  expect(new Set([...runs.values()].flat())).toEqual(new Set(['first', 'second']))
  expect((await first.rows()).every((row) => row.attempt === 1 && row.fence === 1)).toBe(true)
})

/** Two connections to one database; on SQLite, where one process holds the file, two users of one connection. */
async function twoDatabases(): Promise<[Database, Database]> {
  const { settings, remove } = await freshSettings()
  const one = await openDatabase(settings, quietLog)
  const two = inject('dialect') === 'postgres' ? await openDatabase(settings, quietLog) : one
  onTestFinished(async () => {
    await one.close()
    if (two !== one) await two.close()
    await remove()
  })
  await one.migrate(migrations)
  return [one, two]
}
