/** A Cairn of its own for a bench: a real process on a temporary data folder, reached over HTTP like any other. */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Client, makeClient, routesOf } from '@cairn/api/client'
import { type Table, table } from '@cairn/api/table'

const entry = fileURLToPath(new URL('../apps/cli/bin/cairn.mjs', import.meta.url))

export type BenchCore = {
  url: string
  key: string
  home: string
  api: Client<Table>
  process: ChildProcess
  /** Milliseconds from spawn to the first answer. */
  startedIn: number
  /** Keeps the data folder when told to, so that it can be started again. */
  stop(options?: { keep?: boolean }): Promise<void>
}

/** Starts a core on nothing, or again on `home`. `folder` is indexed; none unless given. */
export async function startBenchCore(
  options: { home?: string; folder?: string; environment?: Record<string, string> } = {},
): Promise<BenchCore> {
  const home = options.home ?? mkdtempSync(join(tmpdir(), 'cairn-bench-'))
  const key = randomBytes(24).toString('base64url')
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const environment = {
    CAIRN_HOME: home,
    CAIRN_PORT: String(port),
    CAIRN_SIDECAR_PORT: '0',
    CAIRN_SIDECAR: '0',
    CAIRN_KEYCHAIN: '0',
    CAIRN_OPEN: '0',
    CAIRN_WORKBENCH: '0',
    CAIRN_LOG: 'json',
    CAIRN_LOG_LEVEL: 'error',
    CAIRN_API_KEY: key,
    CAIRN_RATE_PER_ADDRESS: '100000000',
    CAIRN_RATE_PER_PERSON: '100000000',
    INIT_CWD: '/nowhere',
    ...options.environment,
  }
  const begun = performance.now()
  const parameters = [entry, 'up', ...(options.folder ? [options.folder] : [])]
  // As `npm start` does.
  const child = spawn(process.execPath, ['--max-semi-space-size=4', ...parameters], {
    env: environment,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  await answering(url, child)
  return {
    url,
    key,
    home,
    process: child,
    startedIn: performance.now() - begun,
    api: makeClient<Table>(routesOf(table), { url, key }),
    async stop({ keep = false } = {}) {
      const gone = new Promise((resolve) => child.once('close', resolve))
      child.kill('SIGTERM')
      await gone
      if (!keep) rmSync(home, { recursive: true, force: true })
    },
  }
}

/** Resolves when the shallow health check answers. A large database that was changed from outside is read whole first. */
export async function answering(url: string, child?: ChildProcess): Promise<void> {
  const end = performance.now() + 180_000
  while (performance.now() < end) {
    if (child && child.exitCode !== null) throw new Error(`the core ended with ${child.exitCode}`)
    const fine = await fetch(`${url}/api/health`).then(
      (response) => response.ok,
      () => false,
    )
    if (fine) return
    await pause(5)
  }
  throw new Error('the core did not answer within three minutes')
}

export const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** Resolves when nothing is indexed, embedded or answered any more. */
export async function still({ api }: BenchCore): Promise<void> {
  for (;;) {
    const { items } = await api.jobs.list({ status: ['queued', 'running'], limit: 100 })
    if (!items.some(({ type }) => /^(passages|chat)\./.test(type))) return
    await pause(20)
  }
}

/** Resident memory of a process in bytes (Linux). */
export function residentBytes(pid: number): number {
  const pages = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(pages ?? 0) * 1024
}

/** Seconds of processor time that a process has used (Linux, 100 ticks a second). */
export function processorSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / 100
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}
