/** Kills a core, as a process of its own, in the middle of removing a long thread, and starts it again on the same data. */
import { expect, test } from 'vitest'
import { coreSettings, startCoreProcess } from '../../../../test/core-process.ts'
import { until } from '../../../../test/harness.ts'
import { claude } from '../../capture/imports/chats/exports.fixture.ts'

const many = 15_000

test('removing a thread that was killed goes on until nothing is left, and the job says what all went', async () => {
  const { environment } = await coreSettings()
  let core = await startCoreProcess(environment)
  const turns = Array.from({ length: many }, (_, at) => ({
    ...{ uuid: `m${at}`, sender: at % 2 ? ('assistant' as const) : ('human' as const), text: `said ${at}` },
    more: { created_at: '2026-03-29T07:00:35.552627Z' },
  }))
  const asked = await core.api.imports.chats.upload(new Blob([JSON.stringify([claude('long', 'Long', turns)])]))
  await until(async () => (await core.api.jobs.get({ id: asked.job_id })).status === 'succeeded')
  const [thread] = (await core.api.threads.list()).items
  const id = thread?.id ?? ''
  const going = core.api.threads.remove({ id }).catch(() => null)
  await until(async () => (await core.api.threads.get({ id })).message_count < many)
  await core.kill()
  await going
  core = await startCoreProcess(environment)

  const [job] = (await core.api.jobs.list({ type: 'threads.remove' })).items
  const ended = await until(async () => {
    const now = await core.api.jobs.get({ id: job?.id ?? '' })
    return now.completed_at === null ? null : now
  })
  expect(ended).toMatchObject({ status: 'succeeded', result: { threads: 1, messages: many } })
  expect(ended.attempt).toBeGreaterThan(1)
  expect((await core.api.overview.get()).counts).toMatchObject({ threads: 0, messages: 0 })
  expect((await core.api.events.audit({})).valid).toBe(true)
}, 120_000)
