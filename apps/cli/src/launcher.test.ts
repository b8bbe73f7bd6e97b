import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { until } from '../../server/test/until.ts'

const launcher = fileURLToPath(new URL('../bin/cairn.mjs', import.meta.url))

/** Starts it by `node` on a folder that is there, and ends it in order after `use`. */
async function ran(node: string, home: string, use: (url: string) => Promise<void>): Promise<void> {
  const { NODE_COMPILE_CACHE: _, ...rest } = process.env
  const child = spawn(node, [launcher, 'up'], {
    env: {
      ...rest,
      ...{ CAIRN_HOME: home, CAIRN_PORT: '0', CAIRN_SIDECAR: '0', CAIRN_KEYCHAIN: '0', CAIRN_OPEN: '0' },
      ...{ CAIRN_WORKBENCH: '0', CAIRN_LOG: 'json', CAIRN_API_KEY: 'a-key-for-this-test-alone', INIT_CWD: '/nowhere' },
    },
    stdio: 'ignore',
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  onTestFinished(() => void child.kill('SIGKILL'))
  const file = join(home, 'running.json')
  const url = await until(() => /"url":\s*"([^"]+)"/.exec(existsSync(file) ? readFileSync(file, 'utf8') : '')?.[1])
  await use(url)
  child.kill('SIGTERM')
  expect(await ended).toBe(0)
}

/** How many pieces of compiled code are kept. */
const kept = async (home: string) =>
  (await readdir(join(home, 'cache'), { recursive: true, withFileTypes: true })).filter((one) => one.isFile()).length

test('what Node compiled is kept, for its threads, too', async () => {
  const home = await mkdtemp(join(tmpdir(), 'cairn-launcher-'))
  onTestFinished(() => rm(home, { recursive: true, force: true }))
  await ran(process.execPath, home, async () => undefined)
  const before = await kept(home)
  expect(before).toBeGreaterThan(100)
  const headers = { authorization: 'Bearer a-key-for-this-test-alone', 'content-type': 'application/json' }
  // A thread searches.
  await ran(process.execPath, home, async (url) => {
    const search = { method: 'POST', headers, body: JSON.stringify({ query: 'stones' }) }
    expect((await fetch(`${url}/api/search`, search)).status).toBe(200)
  })
  expect(await kept(home)).toBeGreaterThan(before + 5)
})
