/** Kills a core, as a process of its own, in the middle of removing a task, and starts it again on the same data. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { coreSettings, startCoreProcess } from '../../../../test/core-process.ts'
import { until } from '../../../../test/harness.ts'
import { multiply } from '../../../../test/multiply.ts'

test('removing a task with a long history that was killed goes on, and tells all that went', async () => {
  const { environment } = await coreSettings()
  let core = await startCoreProcess(environment)
  const { id } = await core.api.tasks.create({ title: 'Goes' })
  const { id: stays } = await core.api.tasks.create({ title: 'Stays', parent_id: id })
  const note = await core.api.tasks.addEvent({ task_id: id, event_type: 'note', payload: {} })
  await core.kill()
  const many = 15_000
  multiply(join(environment.CAIRN_HOME as string, 'cairn.db'), { table: 'task_events', id: note.id, copies: many })
  core = await startCoreProcess(environment)
  const going = core.api.tasks.remove({ id, purge: true }).catch(() => null)
  const begun = await until(async () => (await core.api.jobs.list({ type: 'tasks.purge' })).items[0])
  await until(async () => (await core.api.jobs.get({ id: begun.id })).progress.steps_completed > 0)
  await core.kill()
  await going
  core = await startCoreProcess(environment)
  const ended = await until(async () => {
    const now = await core.api.jobs.get({ id: begun.id })
    return now.completed_at === null ? null : now
  }, 60_000)
  expect(ended).toMatchObject({ status: 'succeeded', error: null, result: { tasks: 1, events: many + 2 } })
  expect(ended.attempt).toBeGreaterThan(1)
  await expect(core.api.tasks.get({ id })).rejects.toMatchObject({ problem: { code: 'TASK_NOT_FOUND' } })
  expect(await core.api.tasks.get({ id: stays })).toMatchObject({ title: 'Stays', parent_id: null })
  expect((await core.api.events.audit({})).valid).toBe(true)
}, 120_000)
