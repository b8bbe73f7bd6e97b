/** Kills a core, as a process of its own, in the middle of removing a task, and starts it again on the same data. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { coreSettings, cutOff, startCoreProcess } from '../../../../test/core-process.ts'
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
  const { core: next, ended } = await cutOff(core, environment, 'tasks.purge', (api) =>
    api.tasks.remove({ id, purge: true }),
  )
  expect(ended).toMatchObject({ status: 'succeeded', error: null, result: { tasks: 1, events: many + 2 } })
  expect(ended.attempt).toBeGreaterThan(1)
  await expect(next.api.tasks.get({ id })).rejects.toMatchObject({ problem: { code: 'TASK_NOT_FOUND' } })
  expect(await next.api.tasks.get({ id: stays })).toMatchObject({ title: 'Stays', parent_id: null })
  expect((await next.api.events.audit({})).valid).toBe(true)
}, 120_000)
