import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeChromiumProfile } from '../../../../test/fixtures/browser-profiles.ts'
import { type Cairn, startCairn, until } from '../../../../test/harness.ts'
import { openJsonReader } from './jsonl-reader.ts'

let cairn: Cairn
let folder: string
beforeAll(async () => {
  cairn = await startCairn()
  folder = await mkdtemp(join(tmpdir(), 'cairn-pipes-'))
})
afterAll(async () => {
  await cairn.stop()
  await rm(folder, { recursive: true, force: true })
})

/** A pipe that nobody writes to: whoever opens it for reading waits for ever. */
function pipe(path: string): string {
  expect(spawnSync('mkfifo', [path]).status).toBe(0)
  return path
}

describe('a pipe where a history is expected', () => {
  it('is refused at once, however often it is named, and nothing waits for it', async () => {
    const path = pipe(join(folder, 'pipe'))
    for (const source of ['jsonl', 'chromium', 'firefox', 'jsonl', 'edge', 'jsonl'] as const) {
      await expect(cairn.api.imports.history({ source, path })).rejects.toMatchObject({
        problem: { code: 'PROFILE_NOT_READABLE', detail: expect.stringMatching(/not a file/) },
      })
    }
  })

  it('is refused by the reader as well, if it took the place of the file since', () => {
    const path = pipe(join(folder, 'swapped'))
    expect(openJsonReader(path, 'jsonl', 0)).toEqual({ problem: 'it is not a file' })
  })

  it('is left alone beside a database, whose history is read without it', async () => {
    const profile = join(folder, 'profile')
    const { file } = makeChromiumProfile(profile, { visits: 20 })
    await rm(`${file}-wal`, { force: true })
    pipe(`${file}-wal`)
    pipe(`${file}-journal`)
    const { job_id } = await cairn.api.imports.history({ source: 'chromium', path: file })
    const job = await until(async () => {
      const found = await cairn.api.jobs.get({ id: job_id })
      return found.completed_at ? found : null
    }, 30_000)
    expect(job).toMatchObject({ status: 'succeeded', error: null })
  })
})
