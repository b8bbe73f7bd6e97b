/** Starts the real process for tests and talks to it as the core would. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Frame } from '../src/models/index.ts'

export const SECRET = 'a-secret-of-the-tests-that-is-long-enough'
const entry = fileURLToPath(new URL('../src/main.ts', import.meta.url))

export type RunningSidecar = {
  url: string
  port: number
  pid: number
  home: string
  child: ChildProcess
  /** What it has written to standard error so far. */
  errors: () => string
  /** Sends a body (or, without one, a GET) with the secret. */
  ask: (path: string, body?: unknown, init?: RequestInit) => Promise<Response>
  /** Sends a body and reads the JSON answer. */
  json: <T = Record<string, unknown>>(path: string, body?: unknown) => Promise<T>
  /** Closes its standard input and waits for its end. */
  stop: () => Promise<number | null>
}

/** Runs `main.ts` until it has ended or says where it listens. */
export const launch = async (
  settings: Record<string, string>,
): Promise<{ child: ChildProcess; line: string | null; errors: () => string; ended: Promise<number | null> }> => {
  const child = spawn(process.execPath, [entry], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NODE_NO_WARNINGS: '1', ...settings },
  })
  let said = ''
  child.stderr?.setEncoding('utf8').on('data', (part: string) => {
    said += part
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const line = await Promise.race([
    new Promise<string>((resolve) =>
      createInterface({ input: child.stdout as NodeJS.ReadableStream }).once('line', resolve),
    ),
    ended.then(() => null),
  ])
  return { child, line, errors: () => said, ended }
}

/** Starts a supervised sidecar with a home of its own that is removed with it. */
export const startSidecar = async (settings: Record<string, string> = {}): Promise<RunningSidecar> => {
  const home = await mkdtemp(join(tmpdir(), 'cairn-sidecar-'))
  const { child, line, errors, ended } = await launch({
    CAIRN_SIDECAR_SECRET: SECRET,
    CAIRN_SIDECAR_PORT: '0',
    CAIRN_SIDECAR_SUPERVISED: '1',
    CAIRN_VECTORS: join(home, 'vectors'),
    CAIRN_ADDONS: join(home, 'addons'),
    ...settings,
  })
  if (line === null) throw new Error(`the sidecar did not start: ${errors()}`)
  const { port, pid } = JSON.parse(line) as { port: number; pid: number }
  const url = `http://127.0.0.1:${port}`
  const ask: RunningSidecar['ask'] = (path, body, init = {}) =>
    fetch(url + path, {
      method: body === undefined ? 'GET' : 'POST',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...init,
      headers: { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json', ...init.headers },
    })
  return {
    url,
    port,
    pid,
    home,
    child,
    errors,
    ask,
    json: async <T>(path: string, body?: unknown) => (await (await ask(path, body)).json()) as T,
    stop: async () => {
      child.stdin?.end()
      const code = await ended
      await rm(home, { recursive: true, force: true })
      return code
    },
  }
}

/** The lines of an NDJSON answer. */
export const ndjson = async (response: Response): Promise<Frame[]> =>
  (await response.text())
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Frame)
