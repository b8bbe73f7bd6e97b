/** Tasks with more on them than one transaction takes. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Cairn, startCairn, until } from '../../../../test/harness.ts'

let cairn: Cairn
beforeAll(async () => {
  cairn = await startCairn()
})
afterAll(() => cairn.stop())

const some = 300
const times = <T>(call: (at: number) => Promise<T>) => Promise.all(Array.from({ length: some }, (_, at) => call(at)))

test('a task with a long history and many tasks below it is removed as a job; those below stay, without it', async () => {
  const { tasks, jobs, events } = cairn.api
  const { id, version } = await tasks.create({ title: 'Above' })
  await times((at) => tasks.addEvent({ task_id: id, event_type: 'note', payload: { at } }))
  const below = await times((at) => tasks.create({ title: `Below ${at}`, parent_id: id }))
  const stale = { headers: { 'if-match': `"${version + 5}"` } }
  await expect(tasks.remove({ id, purge: true }, stale)).rejects.toMatchObject({ problem: { status: 412 } })

  const { removed, job_id, ...rest } = await tasks.remove({ id, purge: true })
  expect(rest).toEqual({ task: null, stopped: [] })
  const job = await until(async () => {
    const now = await jobs.get({ id: job_id ?? '' })
    return now.completed_at === null ? null : now
  })
  expect(job).toMatchObject({ type: 'tasks.purge', status: 'succeeded', result: { tasks: 1, events: some + 1 } })
  expect([null, job.result]).toContainEqual(removed)
  await expect(tasks.get({ id })).rejects.toMatchObject({ problem: { code: 'TASK_NOT_FOUND' } })
  expect((await tasks.list({ parent_id: id })).items).toEqual([])
  expect(await tasks.get({ id: below[7]?.id ?? '' })).toMatchObject({ title: 'Below 7', parent_id: null, version: 2 })
  expect((await events.audit({})).valid).toBe(true)
})
