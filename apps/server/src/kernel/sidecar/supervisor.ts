/**
 * Keeps one AI process running: starts it with a secret of its own, checks its health, starts it again after a crash
 * (three tries with back-off, counted anew after a minute of health, then when somebody needs it) and tells who listens.
 * The process ends when its standard input closes, so none is left behind, however the core ends.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { get } from 'node:http'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Clock } from '../clock.ts'
import { newSecret } from '../ids.ts'
import type { Log } from '../log.ts'

export type SidecarState = 'starting' | 'up' | 'down' | 'off'
export type SidecarStatus = { state: SidecarState; pid: number | null; restarts: number }
export type Address = { url: string; secret: string }
export type SidecarSupervisor = {
  status(): SidecarStatus
  /** Where it answers; starts it when it is down. Null when it does not come up in time. */
  address(): Promise<Address | null>
  onChange(listener: (status: SidecarStatus) => void): void
  start(): void
  stop(): Promise<void>
}

export type SupervisorSettings = {
  port: number
  /** Folder of the vector store. */
  vectors: string
  addons: string
  /** Folder where Node keeps compiled code between starts. */
  cache: string
  logged: { format: 'pretty' | 'json'; level: string }
  clock: Clock
  log: Log
  entry?: string
}

const backOff = [100, 1_000, 5_000]
const healthEvery = 5_000
const startWithin = 30_000
const stableAfter = 60_000

const defaultEntry = fileURLToPath(new URL('../../../../sidecar/src/main.ts', import.meta.url))

export function makeSupervisor(settings: SupervisorSettings): SidecarSupervisor {
  const { clock, log } = settings
  const listeners = new Set<(status: SidecarStatus) => void>()
  let child: ChildProcess | null = null
  let address: Address | null = null
  let state: SidecarState = 'off'
  let restarts = 0
  let tries = 0
  let upSince = 0
  let stopping = false
  let timer: NodeJS.Timeout | undefined
  let waiters: ((address: Address | null) => void)[] = []

  const status = (): SidecarStatus => ({ state, pid: child?.pid ?? null, restarts })

  function become(next: SidecarState): void {
    if (next === state) return
    state = next
    for (const listener of listeners) listener(status())
  }

  function release(found: Address | null): void {
    for (const waiter of waiters.splice(0)) waiter(found)
  }

  function launch(): void {
    if (child || stopping) return
    become('starting')
    const secret = newSecret()
    const started = spawn(process.execPath, [settings.entry ?? defaultEntry], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: childEnvironment(settings, secret),
    })
    child = started
    const giveUp = setTimeout(() => started.kill('SIGKILL'), startWithin)
    createInterface({ input: started.stdout }).once('line', (line) => {
      clearTimeout(giveUp)
      const port = portOf(line)
      if (port === null || child !== started) return void started.kill('SIGKILL')
      address = { url: `http://127.0.0.1:${port}`, secret }
      upSince = clock.monotonic()
      become('up')
      log.info({ port, pid: started.pid }, 'the AI process is up')
      release(address)
      watch(started)
    })
    started.stdin.on('error', () => undefined)
    started.once('error', (error) => log.error({ err: error }, 'the AI process cannot be started'))
    started.once('close', (code, signal) => {
      clearTimeout(giveUp)
      if (child === started) ended(code, signal)
    })
  }

  function ended(code: number | null, signal: string | null): void {
    child = null
    address = null
    clearTimeout(timer)
    if (stopping) return become('off')
    restarts += 1
    if (upSince > 0 && clock.monotonic() - upSince > stableAfter) tries = 0
    upSince = 0
    become('down')
    const wait = backOff[tries]
    tries += 1
    log.warn({ exit: code, signal, next_try_ms: wait ?? null }, 'the AI process ended')
    if (wait === undefined) return release(null)
    timer = setTimeout(launch, wait)
  }

  /** Two missed health checks in a row mean that it hangs: it is killed, and its end starts it again. */
  function watch(started: ChildProcess, missed = 0): void {
    timer = setTimeout(() => void look(started, missed), healthEvery)
    timer.unref()
  }

  async function look(started: ChildProcess, missed: number): Promise<void> {
    if (child !== started || !address) return
    const well = await answers(address)
    if (child !== started) return
    if (well && clock.monotonic() - upSince > stableAfter) tries = 0
    if (!well && missed > 0) return void started.kill('SIGKILL')
    watch(started, well ? 0 : missed + 1)
  }

  return {
    status,
    onChange: (listener) => void listeners.add(listener),
    start: launch,
    async address() {
      if (address) return address
      if (stopping) return null
      if (state === 'down' && tries > backOff.length) {
        tries = 0
        launch()
      }
      if (state === 'off') launch()
      return new Promise((resolve) => {
        const late = setTimeout(() => resolve(null), 10_000)
        waiters = [...waiters, (found) => (clearTimeout(late), resolve(found))]
      })
    },
    async stop() {
      stopping = true
      clearTimeout(timer)
      release(null)
      const last = child
      if (!last || last.exitCode !== null) return become('off')
      const gone = new Promise((resolve) => last.once('close', resolve))
      last.stdin?.end()
      const force = setTimeout(() => last.kill('SIGKILL'), 3_000)
      await gone
      clearTimeout(force)
    },
  }
}

/** No AI process at all: what needs one says so. */
export function makeNoSidecar(): SidecarSupervisor {
  return {
    status: () => ({ state: 'off', pid: null, restarts: 0 }),
    address: async () => null,
    onChange: () => undefined,
    start: () => undefined,
    stop: async () => undefined,
  }
}

/** An AI process that somebody else runs. */
export function makeRemoteSidecar(url: string, secret: string): SidecarSupervisor {
  const status = (): SidecarStatus => ({ state: 'up', pid: null, restarts: 0 })
  return {
    status,
    address: async () => ({ url, secret }),
    onChange: () => undefined,
    start: () => undefined,
    stop: async () => undefined,
  }
}

function childEnvironment(settings: SupervisorSettings, secret: string): NodeJS.ProcessEnv {
  return {
    CAIRN_SIDECAR_PORT: String(settings.port),
    CAIRN_SIDECAR_SECRET: secret,
    CAIRN_SIDECAR_SUPERVISED: '1',
    CAIRN_VECTORS: settings.vectors,
    CAIRN_ADDONS: settings.addons,
    CAIRN_LOG: settings.logged.format,
    CAIRN_LOG_LEVEL: settings.logged.level,
    NODE_NO_WARNINGS: '1',
    NODE_COMPILE_CACHE: settings.cache,
    // The vector store allocates from many threads: fewer arenas keep half the memory.
    MALLOC_ARENA_MAX: '2',
    MALLOC_TRIM_THRESHOLD_: '131072',
  }
}

function portOf(line: string): number | null {
  try {
    const said = JSON.parse(line) as { ready?: boolean; port?: number }
    return said.ready === true && Number.isInteger(said.port) ? (said.port as number) : null
  } catch {
    return null
  }
}

/** Without `fetch`, which takes sixteen megabytes to load: a core that asks nothing else of the AI process keeps them. */
function answers({ url, secret }: Address): Promise<boolean> {
  const headers = { authorization: `Bearer ${secret}` }
  return new Promise((resolve) => {
    get(`${url}/health`, { headers, agent: false, signal: AbortSignal.timeout(3_000) }, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    }).on('error', () => resolve(false))
  })
}
