/**
 * Kills a writing process with SIGKILL at random moments, again and again on the same database. Nothing acknowledged may
 * be missing, nothing may be there by half. Control: a process that acknowledges before COMMIT must be caught losing.
 */
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { DatabaseSettings } from '../apps/server/src/kernel/database/database.ts'
import { findingsIn, prepare } from './crash-writes-check.ts'
import { makeRandom } from './random.ts'

const child = fileURLToPath(new URL('./crash-writes-child.ts', import.meta.url))
type Manner = 'honest' | 'early'

export async function run({
  rounds,
  seed,
}: {
  rounds: number
  seed: number
}): Promise<{ rounds: number; notes: string[] }> {
  console.log(`crash-writes: seed ${seed}`)
  const honest = await crash('honest', rounds, seed)
  const early = await crash('early', Math.max(5, Math.round(rounds / 10)), seed)
  const { lost, torn, damage } = honest.findings
  if (lost.length + torn.length + damage.length > 0)
    throw new Error(
      `lost ${lost.length} (${lost.slice(0, 5).join()}), torn ${torn.length} (${torn.slice(0, 5).join()}), damage: ${damage.join('; ')}`,
    )
  if (early.findings.lost.length === 0)
    throw new Error('the control lost nothing: killing at these moments proves nothing')
  return {
    rounds,
    notes: [
      `${honest.acknowledged} writes acknowledged over ${rounds} kills, every one there and whole (${honest.findings.kept} kept)`,
      `control, acknowledging before COMMIT: ${early.findings.lost.length} of ${early.acknowledged} lost`,
    ],
  }
}

async function crash(manner: Manner, rounds: number, seed: number) {
  const folder = await mkdtemp(join(tmpdir(), 'cairn-crash-'))
  const settings: DatabaseSettings = { dialect: 'sqlite', file: join(folder, 'cairn.db') }
  const random = makeRandom(seed)
  try {
    await prepare(settings)
    const acknowledged: number[] = []
    for (let round = 0; round < rounds; round++) {
      const after = 1 + Math.floor(random() * 300)
      acknowledged.push(...(await killed(settings, round * 1_000_000, manner, after, random() * 3)))
    }
    return { acknowledged: acknowledged.length, findings: await findingsIn(settings, acknowledged) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Lets the process acknowledge `after` writes, waits `delay` ms more, kills it; answers what it acknowledged. */
async function killed(
  settings: DatabaseSettings,
  first: number,
  manner: Manner,
  after: number,
  delay: number,
): Promise<number[]> {
  const started = spawn(process.execPath, [child, JSON.stringify(settings), String(first), '16', manner], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<void>((resolve) => void started.once('close', () => resolve()))
  const lines: string[] = []
  await new Promise<void>((resolve) => {
    createInterface({ input: started.stdout }).on('line', (line) => {
      lines.push(line)
      if (lines.length > after) resolve()
    })
    started.once('exit', () => resolve())
  })
  await pause(delay)
  started.kill('SIGKILL')
  await ended
  if (lines.length <= after) throw new Error(`the writer ended by itself after ${lines.length} lines`)
  return lines.slice(1).map(Number)
}
