/** Runs command lines one after the other and says how each went. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))

/** Runs a program of the repository's own tools (or of the system); resolves with its exit code. */
export function run(
  command: string,
  parameters: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<number> {
  const path = `${join(root, 'node_modules/.bin')}:${process.env.PATH ?? ''}`
  const child = spawn(command, parameters, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...environment, PATH: path },
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve(code ?? 1))
  })
}

export type Step = { name: string; command: string; parameters: readonly string[] }

/** Runs all steps in order and stops at the first that fails. */
export async function runAll(steps: readonly Step[]): Promise<boolean> {
  for (const { name, command, parameters } of steps) {
    const begun = performance.now()
    console.log(`\n== ${name}`)
    const code = await run(command, parameters)
    console.log(`== ${name}: ${code === 0 ? 'fine' : 'FAILED'} (${((performance.now() - begun) / 1000).toFixed(1)} s)`)
    if (code !== 0) return false
  }
  return true
}
