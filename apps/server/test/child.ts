/** A script of ours in a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'

export type Child = {
  process: ChildProcess
  lines: string[]
  /** Resolves when it has printed `count` lines or ended. */
  printed(count: number): Promise<void>
  ended: Promise<{ code: number | null; signal: string | null; errors: string }>
}

/** Starts `module` with the Node of this process; it is ended with the test. */
export function startChild(module: URL, args: readonly string[], options: { uid?: number } = {}): Child {
  const child = spawn(process.execPath, [module.pathname, ...args], { stdio: ['ignore', 'pipe', 'pipe'], ...options })
  onTestFinished(() => void child.kill('SIGKILL'))
  const lines: string[] = []
  let errors = ''
  let wake = () => {}
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line)
    wake()
  })
  child.stderr.on('data', (data: Buffer) => {
    errors += data.toString()
  })
  const state = { over: false }
  const ended = new Promise<{ code: number | null; signal: string | null; errors: string }>((resolve) => {
    child.once('close', (code, signal) => {
      state.over = true
      wake()
      resolve({ code, signal, errors })
    })
  })
  return {
    process: child,
    lines,
    ended,
    async printed(count) {
      while (lines.length < count && !state.over) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
  }
}
