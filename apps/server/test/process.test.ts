import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, inject, it } from 'vitest'
import { makeDatabase } from './database.ts'
import { compiled, until } from './harness.ts'

const entry = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const undo: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const action of undo.splice(0).reverse()) await action()
})

type Started = {
  child: ChildProcess
  output: () => string
  /** Standard output alone. */
  said: () => string
  ended: Promise<{ code: number | null; signal: string | null }>
}

async function freshHome(): Promise<Record<string, string>> {
  const home = await mkdtemp(join(tmpdir(), 'cairn-process-'))
  undo.push(() => rm(home, { recursive: true, force: true }))
  const database = inject('dialect') === 'postgres' ? await makeDatabase('empty') : null
  if (database) undo.push(database.drop)
  return {
    CAIRN_HOME: home,
    CAIRN_PORT: '0',
    CAIRN_SIDECAR_PORT: '0',
    CAIRN_KEYCHAIN: '0',
    CAIRN_OPEN: '0',
    CAIRN_WORKBENCH: '0',
    CAIRN_LOG: 'json',
    INIT_CWD: '/nowhere',
    ...compiled,
    ...(database && { CAIRN_DATABASE_URL: database.url }),
  }
}

/** Starts the core as a process of its own, as a person would. */
function start(environment: Record<string, string>, words: readonly string[] = []): Started {
  const child = spawn(process.execPath, [entry, 'up', ...words], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  let said = ''
  child.stdout.on('data', (piece: Buffer) => (said += piece.toString()))
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (piece: Buffer) => (text += piece.toString()))
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }))
  })
  undo.push(async () => {
    child.kill('SIGKILL')
    await ended
  })
  return { child, output: () => text, said: () => said, ended }
}

/** What was logged, one object a line. */
const lines = ({ output }: Started) =>
  output()
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line) as Record<string, unknown>)

type Running = { url: string; pid: number }
const running = async (home: string) =>
  until(
    async () => JSON.parse(await readFile(join(home, 'running.json'), 'utf8').catch(() => 'null')) as Running | null,
    25_000,
  )

const alive = (pid: number) => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

async function sidecarPid(home: string): Promise<number> {
  const { url } = await running(home)
  const key = (await readFile(join(home, 'owner.key'), 'utf8')).trim()
  return until(async () => {
    const response = await fetch(`${url}/api/status`, { headers: { authorization: `Bearer ${key}` } })
    const { sidecar } = (await response.json()) as { sidecar: { state: string; pid: number | null } }
    return sidecar.state === 'up' ? sidecar.pid : null
  }, 60_000)
}

// What comes before the database, or beside it, is tried once.
const onPostgres = inject('dialect') === 'postgres'

describe('the process', () => {
  it('prints a link that logs in, keeps its key for its owner alone, and ends in order with Ctrl-C', async () => {
    const environment = await freshHome()
    const home = environment.CAIRN_HOME as string
    const core = start(environment)
    const link = await until(() => /http:\/\/127\.0\.0\.1:\d+\/login\?code=[\w-]{43}/.exec(core.output())?.[0], 60_000)
    expect((await fetch(link, { redirect: 'manual' })).status).toBe(302)
    expect((await stat(join(home, 'owner.key'))).mode & 0o077).toBe(0)
    const sidecar = await sidecarPid(home)
    core.child.kill('SIGINT')
    expect(await core.ended).toEqual({ code: 0, signal: null })
    expect(alive(sidecar)).toBe(false)
    await expect(stat(join(home, 'running.json'))).rejects.toThrow('ENOENT')
  })

  it.skipIf(onPostgres)('says where it answers in one line of JSON, for a script', async () => {
    const environment = await freshHome()
    const folder = await mkdtemp(join(tmpdir(), 'cairn-folder-'))
    undo.push(() => rm(folder, { recursive: true, force: true }))
    const quiet = { ...environment, HOME: dirname(folder), CAIRN_SIDECAR: '0', CAIRN_LOG_LEVEL: 'silent' }
    const core = start(quiet, ['--json', `~/${basename(folder)}`])
    await until(() => core.said().includes('\n'), 60_000)
    core.child.kill('SIGINT')
    expect(await core.ended).toEqual({ code: 0, signal: null })
    const said = JSON.parse(core.said()) as { url: string; link: string; folder: string }
    expect(said).toEqual({
      url: expect.stringMatching(/^http:/),
      link: expect.stringContaining('/login?code='),
      folder,
    })
    expect(said.link.startsWith(said.url)).toBe(true)

    const wrong = start(environment, ['--json', '/no/such/folder'])
    expect((await wrong.ended).code).toBe(1)
    expect(JSON.parse(wrong.output())).toEqual({
      error: { code: 'WRONG_SETTING', detail: expect.stringMatching(/folder/) },
    })
  })

  it('killed outright, leaves no AI process behind and starts again on the same data', async () => {
    const environment = await freshHome()
    const home = environment.CAIRN_HOME as string
    const first = start(environment)
    const sidecar = await sidecarPid(home)
    first.child.kill('SIGKILL')
    await first.ended
    await until(() => !alive(sidecar))
    await rm(join(home, 'running.json'), { force: true })
    start(environment)
    expect((await fetch(`${(await running(home)).url}/api/health`)).status).toBe(200)
  })

  it('says who holds the data folder when it is started twice on it', async () => {
    const environment = await freshHome()
    const first = start(environment)
    await running(environment.CAIRN_HOME as string)
    const second = start(environment)
    expect((await second.ended).code).toBe(1)
    expect(second.output()).toContain(String(first.child.pid))
    expect(second.output()).not.toMatch(/\n\s+at /)
  })

  it.skipIf(onPostgres)(
    'logs a caller who hangs up in the middle of a body as that, and not as an error of its own',
    async () => {
      const environment = await freshHome()
      const core = start({ ...environment, CAIRN_SIDECAR: '0', CAIRN_LOG_LEVEL: 'debug' })
      const home = environment.CAIRN_HOME as string
      const { url } = await running(home)
      const key = (await readFile(join(home, 'owner.key'), 'utf8')).trim()
      const { hostname, port, host } = new URL(url)
      const head = [
        'POST /api/memory HTTP/1.1',
        `Host: ${host}`,
        `Authorization: Bearer ${key}`,
        'Content-Type: application/json',
        'Content-Length: 1000',
        'X-Request-Id: hung-up',
      ]
      const hangUp = async () => {
        const socket = connect(Number(port), hostname)
        await new Promise<void>((resolve) => socket.write(`${head.join('\r\n')}\r\n\r\n{"key":"k"`, () => resolve()))
        socket.destroy()
      }
      // Whoever has gone before the body is waited for is not heard of at all.
      const line = await until(async () => {
        await hangUp()
        return lines(core).find(({ request }) => request === 'hung-up')
      })
      expect(line).toMatchObject({ level: 20, msg: 'the caller hung up' })
      expect(core.output()).not.toContain('INTERNAL_ERROR')
    },
  )

  it.skipIf(onPostgres)('has the AI process log as much as itself', async () => {
    const [loud, quiet] = [await freshHome(), await freshHome()]
    const [talking, silent] = [
      start({ ...loud, CAIRN_LOG_LEVEL: 'debug' }),
      start({ ...quiet, CAIRN_LOG_LEVEL: 'error' }),
    ]
    const says = (core: Started, msg: string) => lines(core).some((line) => line.msg === msg)
    await until(() => says(talking, 'listening'))
    await sidecarPid(quiet.CAIRN_HOME as string)
    for (const core of [talking, silent]) core.child.kill('SIGINT')
    await Promise.all([talking.ended, silent.ended])
    expect(says(talking, 'ending')).toBe(true)
    expect(lines(silent)).toEqual([])
  })

  it.skipIf(onPostgres)('says that a port is in use and what to do', async () => {
    const blocker = createServer().listen(0, '127.0.0.1')
    undo.push(async () => blocker.close())
    await until(() => blocker.listening)
    const { port } = blocker.address() as { port: number }
    const core = start({ ...(await freshHome()), CAIRN_PORT: String(port) })
    expect((await core.ended).code).toBe(1)
    expect(core.output()).toContain(`Port ${port} is in use. Set CAIRN_PORT`)
    expect(core.output()).not.toMatch(/\n\s+at /)
  })

  it.skipIf(onPostgres)('says which setting is wrong, all of them at once', async () => {
    const core = start({ ...(await freshHome()), CAIRN_PORT: 'x', CAIRN_LOG: 'loud', CAIRN_HOST: '0.0.0.0' })
    expect((await core.ended).code).toBe(1)
    for (const name of ['CAIRN_PORT', 'CAIRN_LOG', 'CAIRN_HOST']) expect(core.output()).toContain(name)
  })

  it.skipIf(onPostgres)('says so when its data folder cannot be written', async () => {
    const environment = await freshHome()
    const file = join(environment.CAIRN_HOME as string, 'file')
    await writeFile(file, '')
    const core = start({ ...environment, CAIRN_HOME: join(file, 'home') })
    expect((await core.ended).code).toBe(1)
    expect(core.output()).toContain('cannot be written')
  })
})
