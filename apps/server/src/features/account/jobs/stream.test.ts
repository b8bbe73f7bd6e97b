import type { JobState } from '@cairn/api/jobs'
import { Type } from 'typebox'
import { expect, test } from 'vitest'
import { systemClock } from '../../../kernel/clock.ts'
import { job } from '../../../kernel/jobs/definition.ts'
import { gate, work } from '../../../kernel/jobs/jobs.fixture.ts'
import { makeJobsService } from './service.ts'
import { stateFrames } from './stream.ts'

test('a stream of a job of this process follows it live, with a few frames for many steps, to its end', async () => {
  const { open, opened } = gate()
  const { enqueue, reaches, scope, jobs } = await work([
    job({
      ...{ type: 'test.walk', input: Type.Object({}) },
      async run({ progress }) {
        progress({ phase: 'walking', done: 0, total: 50_000 })
        await opened
        for (let n = 1; n <= 50_000; n++) {
          progress({ phase: 'walking', done: n, total: 50_000 })
          if (n % 5_000 === 0) await new Promise((resolve) => setTimeout(resolve, 10))
        }
        return 'there'
      },
    }),
  ])
  const id = await enqueue({ type: 'test.walk', input: {} })
  await reaches(id, 'running')
  const service = makeJobsService({ clock: systemClock, jobs })
  const frames: { event: string; state: JobState }[] = []
  for await (const { event, data } of stateFrames(scope(), jobs, id, () => service.state(scope(), id))) {
    frames.push({ event, state: data as JobState })
    open()
  }
  const done = frames.map(({ state }) => state.progress.steps_completed)
  expect(done).toEqual(done.toSorted((a, b) => a - b))
  expect(frames.length).toBeLessThan(40)
  expect(frames.at(-1)).toMatchObject({
    event: 'complete',
    state: { status: 'succeeded', progress: { phase: 'walking', steps_completed: 50_000, steps_total: 50_000 } },
  })
  expect(frames.slice(0, -1).every(({ event }) => event === 'progress')).toBe(true)
})

test('a job in the list shows what this process knows of it, which is fresher than the ledger', async () => {
  const { open, opened } = gate()
  const { enqueue, reaches, scope, jobs } = await work(
    [
      job({
        ...{ type: 'test.walk', input: Type.Object({}) },
        async run({ progress }) {
          progress({ phase: 'walking', done: 2, total: 4 })
          await opened
        },
      }),
    ],
    { times: { report: 3_600_000 } },
  )
  const id = await enqueue({ type: 'test.walk', input: {} })
  await reaches(id, 'running')
  const service = makeJobsService({ clock: systemClock, jobs })
  const [listed] = (await service.list(scope(), {})).items
  expect(listed).toMatchObject({ id, status: 'running', progress: { phase: 'walking', steps_completed: 2 } })
  expect(await service.state(scope(), id)).toMatchObject({ progress: { phase: 'walking', steps_completed: 2 } })
  open()
  await reaches(id, 'succeeded')
})
