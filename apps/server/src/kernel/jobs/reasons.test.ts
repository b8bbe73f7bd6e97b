import { readFile } from 'node:fs/promises'
import { shape } from '@cairn/api/shapes'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { until } from '../../../test/harness.ts'
import { job } from './definition.ts'
import { work } from './jobs.fixture.ts'

test('a job that trips over a file or the database tells neither paths nor statements', async () => {
  const once = { input: shape({}), attempts: 1 }
  const { scope, rows } = await work([
    job({ ...once, type: 'test.file', run: () => readFile('/var/lib/hidden-place/notes.txt') }),
    job({
      ...once,
      type: 'test.statement',
      run: ({ scope: inside }) => sql`select hidden_column from hidden_table`.execute(inside.db),
    }),
  ])
  await scope().write(async (tx) => {
    for (const type of ['test.file', 'test.statement']) await tx.enqueue({ type, input: {} })
  })
  const ended = await until(async () => {
    const all = await rows()
    return all.every(({ status }) => status === 'failed') ? all : null
  })
  expect(ended.map(({ error }) => error).join()).not.toMatch(/hidden|select/)
  expect(JSON.parse(ended[0]?.error ?? '')).toEqual({
    code: 'JOB_FAILED',
    message: 'The job ended with an error of its own: the system reports ENOENT; the log of the server says more.',
  })
})
