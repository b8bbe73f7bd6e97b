/** The command line of tests, and the Cairn that it speaks to. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect } from 'vitest'
import { type Cairn, compiled, startCairn } from '../../server/test/harness.ts'

type Ran = { code: number; out: string; err: string }
type Printed = {
  items: { type: string }[]
  checks: { name: string }[]
  status: string
  url: string
  id: string
  secret: string
}

/** Starts a Cairn before the tests of a file and stops it after them. */
export function commandLine(settings: Record<string, string> = {}) {
  const bin = fileURLToPath(new URL('../bin/cairn.mjs', import.meta.url))
  let cairn: Cairn
  beforeAll(async () => {
    cairn = await startCairn({ environment: settings })
  })
  afterAll(() => cairn.stop())
  const running = () => cairn

  /** Runs the command line as a person would, against the Cairn of this test. */
  function cli(parameters: readonly string[], environment: Record<string, string> = {}): Promise<Ran> {
    const env = {
      PATH: process.env.PATH ?? '',
      ...compiled,
      CAIRN_HOME: running().home,
      CAIRN_URL: running().url,
      CAIRN_API_KEY: running().key,
      ...environment,
    }
    return new Promise((resolve) => {
      execFile(process.execPath, [bin, ...parameters], { env }, (error, out, err) => {
        const code = error ? ((error as { code?: number }).code ?? 1) : 0
        resolve({ code, out: String(out), err: String(err) })
      })
    })
  }
  const json = async (...parameters: string[]) => {
    const ran = await cli([...parameters, '--json'])
    expect(ran.code, ran.err).toBe(0)
    return JSON.parse(ran.out) as Printed & { id: string }[]
  }

  return { bin, cli, json, running }
}
