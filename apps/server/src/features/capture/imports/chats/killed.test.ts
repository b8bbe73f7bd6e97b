/** Kills a core, as a process of its own, in the middle of an import, and starts it again on the same data. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { ChatsImported } from '@cairn/api/imports'
import { expect, test } from 'vitest'
import { coreSettings, startCoreProcess } from '../../../../../test/core-process.ts'
import { until } from '../../../../../test/harness.ts'
import { claude } from './exports.fixture.ts'

const conversations = 3_000
const content = JSON.stringify(
  Array.from({ length: conversations }, (_, at) =>
    claude(`killed-${at}`, `Killed ${at}`, [
      { uuid: 'm1', sender: 'human', text: `question ${at} ${'x'.repeat(500)}` },
      { uuid: 'm2', sender: 'assistant', text: `answer ${at}` },
    ]),
  ),
)

test('an import of conversations that was killed goes on: each message once, each thread whole, and its file is let go of', async () => {
  const { environment } = await coreSettings()
  let core = await startCoreProcess(environment)
  const { job_id } = await core.api.imports.chats.upload(new Blob([content]))
  await until(async () => (await core.api.threads.list({ limit: 1 })).items.length > 0)
  await core.kill()
  core = await startCoreProcess(environment)
  const job = await until(async () => {
    const now = await core.api.jobs.get({ id: job_id })
    return now.completed_at === null ? null : now
  })
  expect(job).toMatchObject({ status: 'succeeded', result: { conversations, skipped: {} } })
  expect(job.attempt).toBeGreaterThan(1)
  const { messages, duplicates } = job.result as ChatsImported
  expect(messages + duplicates).toBe(2 * conversations)
  expect((await core.api.overview.get()).counts).toMatchObject({ threads: conversations, messages: 2 * conversations })
  const { items } = await core.api.threads.list({ limit: 200 })
  expect(new Set(items.map(({ message_count }) => message_count))).toEqual(new Set([2]))
  const path = await core.api.threads.messages({ thread_id: items[0]?.id ?? '' })
  expect(path.items.map(({ turn }) => turn).sort()).toEqual([1, 2])
  const left = await readdir(join(environment.CAIRN_HOME as string, 'blobs'), { recursive: true, withFileTypes: true })
  expect(left.filter((one) => one.isFile())).toEqual([])
}, 120_000)
