/** What every command is given: the client, and where to print. */
import { join } from 'node:path'
import { ApiError, type Client, makeClient, routesOf } from '@cairn/api/client'
import { type Table, table } from '@cairn/api/table'
import { findTarget, type Target } from './config.ts'
import { harmless } from './text.ts'

export type Context = {
  api: Client<Table>
  target: Target
  json: boolean
  /** Prints the one JSON value of `--json`, or the lines for people. */
  print(value: unknown, lines: () => string | readonly string[]): void
}

export const exitCodes = { ok: 0, failed: 1, usage: 2, unreachable: 3, notAllowed: 4 } as const

/** A mistake in how a command was called. */
export class UsageError extends Error {}

/** A job that did not succeed, with its own code. */
export class JobError extends Error {
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/** Reads an option that is a number. */
export function whole(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new UsageError(`A whole number is wanted, not "${text}".`)
}

/** Reads an option that is a time; a day such as `2026-11-20` is its beginning on this person's wall. */
export function time(text: string): string {
  const at = new Date(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00` : text)
  if (!Number.isNaN(at.getTime())) return at.toISOString()
  throw new UsageError(`A time is wanted, such as 2026-01-31, not "${harmless(text)}".`)
}

export function makeContext(options: { json?: boolean; workspace?: string }): Context {
  const target = findTarget()
  const json = options.json === true
  const settings = {
    url: target.url,
    ...(target.key !== null && { key: target.key }),
    ...(options.workspace !== undefined && { workspace: options.workspace }),
  }
  return {
    api: makeClient<Table>(routesOf(table), settings),
    target,
    json,
    print(value, lines) {
      if (json) return void process.stdout.write(`${JSON.stringify(value)}\n`)
      const text = lines()
      process.stdout.write(`${typeof text === 'string' ? text : text.join('\n')}\n`)
    },
  }
}

/** As in the server's problem documents, with two codes more: USAGE and NOT_REACHABLE. */
type Told = { code: string; detail: string }
type Explained = { code: number; message: string; problem: Told }

/** What an error means for the exit code, for people and for `--json`. */
export function explain(error: unknown, target: Target = findTarget()): Explained {
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof UsageError)
    return { code: exitCodes.usage, message, problem: { code: 'USAGE', detail: message } }
  if (error instanceof JobError)
    return { code: exitCodes.failed, message, problem: { code: error.code, detail: message } }
  if (!(error instanceof ApiError))
    return { code: exitCodes.failed, message, problem: { code: 'FAILED', detail: message } }
  const { problem } = error
  if (problem.status === 0) {
    const words = `${problem.detail}\nStart it with: npx cairn up`
    return { code: exitCodes.unreachable, message: words, problem: { ...problem, code: 'NOT_REACHABLE' } }
  }
  if (problem.status === 401) {
    const detail = refused(target)
    return { code: exitCodes.notAllowed, message: detail, problem: { ...problem, detail } }
  }
  const fields = (problem.errors ?? []).map(({ path, message: fault }) => `  ${path || 'input'} ${fault}`)
  const words = [problem.detail, ...fields].join('\n')
  return { code: problem.status === 403 ? exitCodes.notAllowed : exitCodes.failed, message: words, problem }
}

/** Which key was not accepted, and what to do: a person sees no header here. */
function refused({ url, key, keyFrom, home }: Target): string {
  const file = join(home, 'owner.key')
  if (key === null)
    return `${url} wants a key, and there is none: set CAIRN_API_KEY, or CAIRN_HOME to the folder of that Cairn.`
  if (keyFrom === 'file')
    return `The key in ${file} is not accepted by ${url}; is that another Cairn? Set CAIRN_HOME to its folder, or CAIRN_API_KEY.`
  return `The key in CAIRN_API_KEY is not accepted by ${url}; unset it to use the one in ${file}, or make one: cairn key create NAME`
}
