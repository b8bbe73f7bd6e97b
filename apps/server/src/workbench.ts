/** The built workbench: where it is, and building it again in a clone whose sources are newer. */
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const web = fileURLToPath(new URL('../../web', import.meta.url))
const api = fileURLToPath(new URL('../../../packages/api/src', import.meta.url))
export const workbenchFolder = join(web, 'dist')

/** Builds the workbench when it is missing or older than its sources. What is served is whole at any moment. */
export async function ensureWorkbench(say: (words: string) => void): Promise<void> {
  const built = join(workbenchFolder, 'index.html')
  const sources = [
    join(web, 'src'),
    join(web, 'index.html'),
    join(web, 'vite.config.ts'),
    join(web, 'package.json'),
    api,
  ]
  if (!existsSync(join(web, 'src'))) return
  if (existsSync(built) && statSync(built).mtimeMs >= Math.max(...sources.map(newest))) return
  say('Building the workbench, once; this takes a few seconds.')
  const passing = join(web, `dist.${process.pid}`)
  const { code, output } = await runVite(['build', '--outDir', passing, '--emptyOutDir', '--logLevel', 'warn'])
  if (code !== 0) {
    rmSync(passing, { recursive: true, force: true })
    say(`The workbench cannot be built; everything else goes on without it:\n${output}`)
    return
  }
  rmSync(workbenchFolder, { recursive: true, force: true })
  renameSync(passing, workbenchFolder)
}

function runVite(parameters: readonly string[]): Promise<{ code: number; output: string }> {
  const entry = join(dirname(fileURLToPath(import.meta.resolve('vite/package.json'))), 'bin/vite.js')
  const child = spawn(process.execPath, [entry, ...parameters], { cwd: web, stdio: ['ignore', 'pipe', 'pipe'] })
  const pieces: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => pieces.push(piece))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) =>
      resolve({ code: code ?? 1, output: Buffer.concat(pieces).toString('utf8').slice(-4_000) }),
    )
  })
}

function newest(path: string): number {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found) return 0
  if (!found.isDirectory()) return found.mtimeMs
  return Math.max(found.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))))
}
