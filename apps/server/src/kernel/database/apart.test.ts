import { expect, test } from 'vitest'
import { testScopes } from '../../../test/database.ts'
import type { Wanted } from './apart.fixture.ts'
import type { Db } from './dialect.ts'

const module = new URL('./apart.fixture.ts', import.meta.url)
type Put = { jobs: string[]; thread: number }
type Ids = { ids: string[]; thread: number }
type Note = { workspace: string; id: string; value: string; updated_at: number }
const note = (db: Db, id: string) =>
  db
    .withTables<{ setting: Note }>()
    .insertInto('setting')
    .values({ workspace: 'other', id, value: '', updated_at: 0 })
    .execute()
const notes = async (db: Db) =>
  (
    await db
      .withTables<{ setting: Note }>()
      .selectFrom('setting')
      .select('id')
      .where('workspace', '=', 'other')
      .orderBy('id')
      .execute()
  ).map((row) => row.id)

test('a write in a worker is one transaction: rows, events, jobs and what is to be indexed', async () => {
  const woken: string[] = []
  const { database, scope, told } = await testScopes({
    async enqueue(db, context, job) {
      const id = `job ${JSON.stringify(job.input)}`
      await note(db, id)
      context.after(() => void woken.push(id))
      return id
    },
    async reindex(db, { workspace }, kind, ids) {
      await note(db, `index ${workspace} ${kind} ${ids.join()}`)
    },
  })
  const put = await scope().apart.write<Put>(module, 'put', { ids: ['a', 'b'], jobs: 2 } satisfies Wanted)
  expect(put.thread).toBeGreaterThan(0)
  expect(put.jobs).toEqual(['job {"at":0}', 'job {"at":1}'])
  expect(woken).toEqual(put.jobs)
  expect(await notes(database.db)).toEqual(['index w setting a,b', ...put.jobs])
  expect((await scope().apart.read<Ids>(module, 'ids', null)).ids).toEqual(['a', 'b'])
  expect(told.published.map((event) => [event.sequence, event.type, event.subject, event.actor])).toEqual([
    [1, 'setting.put', 'a', 'person:p'],
    [2, 'setting.put', 'b', 'person:p'],
  ])
})

test('a write in a worker that throws leaves nothing and wakes nobody, and its error keeps its code', async () => {
  const woken: string[] = []
  const { database, scope, told } = await testScopes({
    async enqueue(db, context) {
      await note(db, 'job')
      context.after(() => void woken.push('job'))
      return 'job'
    },
  })
  const refused = scope().apart.write(module, 'put', { ids: ['a'], jobs: 1, refuse: true } satisfies Wanted)
  await expect(refused).rejects.toMatchObject({ code: 'CONFLICT', status: 409 })
  const twice = scope().apart.write(module, 'put', { ids: ['a', 'a'] } satisfies Wanted)
  await expect(twice).rejects.toThrow(/unique/i)
  expect((await scope().apart.read<Ids>(module, 'ids', null)).ids).toEqual([])
  expect(await notes(database.db)).toEqual([])
  expect([told.published, woken]).toEqual([[], []])
})

test('the guard of a job refuses its writes in a worker, too', async () => {
  const { scope } = await testScopes()
  const guarded = scope({
    async guard(db) {
      if ((await notes(db)).length === 0) throw new Error('another worker holds the job')
    },
  })
  await expect(guarded.apart.write(module, 'put', { ids: ['a'] } satisfies Wanted)).rejects.toThrow(
    'another worker holds',
  )
  await expect(guarded.write(async () => {})).rejects.toThrow('another worker holds')
  await scope().write((tx) => note(tx.db, 'held'))
  await guarded.apart.write(module, 'put', { ids: ['a'] } satisfies Wanted)
  expect((await scope().apart.read<Ids>(module, 'ids', null)).ids).toEqual(['a'])
})

test('a worker that dies fails its call alone, and the next call works', async () => {
  const { scope } = await testScopes()
  await expect(scope().apart.write(module, 'put', { ids: ['a'], die: true } satisfies Wanted)).rejects.toThrow(
    /exit|worker|terminat/i,
  )
  await scope().write((tx) => note(tx.db, 'on the loop'))
  await scope().apart.write(module, 'put', { ids: ['b'] } satisfies Wanted)
  expect((await scope().apart.read<Ids>(module, 'ids', null)).ids).toEqual(['b'])
})

test('writes on the loop and in workers take turns and lose nothing', async () => {
  const { scope, told } = await testScopes()
  await scope().apart.write(module, 'put', { ids: ['n'] } satisfies Wanted)
  const start = (
    await scope().db.withTables<{ setting: Note }>().selectFrom('setting').selectAll().executeTakeFirstOrThrow()
  ).updated_at
  const add = (db: Db) =>
    db
      .withTables<{ setting: Note }>()
      .updateTable('setting')
      .set((set) => ({ updated_at: set('updated_at', '+', 1) }))
      .where('id', '=', 'n')
      .execute()
  const all = Array.from({ length: 200 }, (_, at) =>
    at % 4 === 0
      ? scope().apart.write(module, 'count', 'n')
      : scope().write(async (tx) => {
          tx.event({ type: 'n.counted', subject: String(at) })
          await add(tx.db)
        }),
  )
  await Promise.all(all)
  const end = await scope()
    .db.withTables<{ setting: Note }>()
    .selectFrom('setting')
    .selectAll()
    .executeTakeFirstOrThrow()
  expect(end.updated_at - start).toBe(200)
  expect(told.published.map((event) => event.sequence).toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: 151 }, (_, at) => at + 1),
  )
})

test('a read in a worker sees one moment, whatever is written meanwhile', async () => {
  const { scope } = await testScopes()
  const shared = new SharedArrayBuffer(8)
  const flags = new Int32Array(shared)
  const reading = scope().apart.read<[number, number]>(module, 'twice', shared)
  const seen = Atomics.waitAsync(flags, 0, 0)
  if (seen.async) await seen.value
  await scope().write(async (tx) => {
    const row = { workspace: 'w', id: 'new', value: '', updated_at: 0 }
    await tx.db.withTables<{ setting: Note }>().insertInto('setting').values(row).execute()
  })
  Atomics.store(flags, 1, 1)
  Atomics.notify(flags, 1)
  expect(await reading).toEqual([0, 0])
})

test('a read whose caller has gone is ended, however busy it is', async () => {
  const { scope } = await testScopes()
  const caller = new AbortController()
  const reading = scope({ signal: caller.signal }).apart.read(module, 'forever', null)
  const others = await Promise.all([1, 2, 3].map(() => scope().apart.read<Ids>(module, 'ids', null)))
  expect(others.map((other) => other.ids)).toEqual([[], [], []])
  caller.abort()
  await expect(reading).rejects.toThrow(/abort/i)
  expect((await scope().apart.read<Ids>(module, 'ids', null)).ids).toEqual([])
})

test('a name that the module does not export is said', async () => {
  const { scope } = await testScopes()
  await expect(scope().apart.read(module, 'nothing', null)).rejects.toThrow('exports no function nothing')
})
