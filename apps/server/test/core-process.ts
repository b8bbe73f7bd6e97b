/** A core as a process of its own, for tests that kill it and start it again on the same data. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Client, makeClient, routesOf } from '@cairn/api/client'
import { type Table, table } from '@cairn/api/table'
import { inject, onTestFinished } from 'vitest'
import { makeDatabase } from './database.ts'
import { compiled, until } from './harness.ts'

const entry = fileURLToPath(new URL('../src/main.ts', import.meta.url))

export type CoreProcess = { api: Client<Table>; kill(): Promise<void> }

/** A folder, and settings for a core whose data lie in it, on the database of the test's project. Goes with the test. */
export async function coreSettings(): Promise<{ folder: string; environment: Record<string, string> }> {
  const folder = await mkdtemp(join(tmpdir(), 'cairn-killed-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const database = inject('dialect') === 'postgres' ? await makeDatabase('migrated') : null
  if (database) onTestFinished(database.drop)
  const environment = {
    ...{ CAIRN_HOME: join(folder, 'data'), CAIRN_PORT: '0', CAIRN_SIDECAR: '0', CAIRN_KEYCHAIN: '0', CAIRN_OPEN: '0' },
    ...{ CAIRN_WORKBENCH: '0', CAIRN_LOG: 'json', INIT_CWD: '/nowhere', CAIRN_API_KEY: 'a-key-for-this-test-alone' },
    ...compiled,
    ...(database && { CAIRN_DATABASE_URL: database.url }),
  }
  return { folder, environment }
}

/** Resolves when it answers. `kill` is SIGKILL, and waits for its end. */
export async function startCoreProcess(environment: Record<string, string>): Promise<CoreProcess> {
  const child: ChildProcess = spawn(process.execPath, [entry, 'up'], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (piece: Buffer) => (output += piece.toString()))
  const ended = new Promise((resolve) => child.once('close', resolve))
  const kill = async () => {
    child.kill('SIGKILL')
    await ended
  }
  onTestFinished(kill)
  const file = join(environment.CAIRN_HOME as string, 'running.json')
  const { url } = await until(async () => {
    if (child.exitCode !== null) throw new Error(`the core ended: ${output}`)
    const text = await readFile(file, 'utf8').catch(() => '')
    // Read in the middle of being written it is not JSON yet.
    const running =
      text.endsWith('}') || text.endsWith('}\n') ? (JSON.parse(text) as { url: string; pid: number }) : null
    return running?.pid === child.pid ? running : null
  })
  return { api: makeClient<Table>(routesOf(table), { url, key: environment.CAIRN_API_KEY as string }), kill }
}

/**
 * Asks for what goes on as a job of `type`, kills the core once some of it is done, starts another on the same data, and
 * answers with that one and the job when it has ended.
 */
export async function cutOff(
  core: CoreProcess,
  environment: Record<string, string>,
  type: string,
  ask: (api: CoreProcess['api']) => Promise<unknown>,
) {
  const going = ask(core.api).catch(() => null)
  const begun = await until(async () => (await core.api.jobs.list({ type })).items[0])
  await until(async () => (await core.api.jobs.get({ id: begun.id })).progress.steps_completed > 0)
  await core.kill()
  await going
  const next = await startCoreProcess(environment)
  const ended = await until(async () => {
    const now = await next.api.jobs.get({ id: begun.id })
    return now.completed_at === null ? null : now
  }, 60_000)
  return { core: next, ended }
}
