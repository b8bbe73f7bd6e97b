/**
 * A power cut at file level. Two ways, each with `synchronous=FULL`, which must lose nothing that was acknowledged, and
 * with `NORMAL` as the control, which must lose something: the writer's system calls replayed up to a random moment, and,
 * where a file system can be mounted, an image copied in the middle of writes, mounted and opened.
 */
import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Synchronous } from '../apps/server/src/kernel/database/sqlite-connection.ts'
import { type Findings, findingsIn, prepare } from './crash-writes-check.ts'
import { makeRandom } from './random.ts'
import { cutImages, reasonAgainstImages } from './power-cut-image.ts'
import { afterPowerCut, readTrace, traced } from './power-cut-replay.ts'

const child = fileURLToPath(new URL('./crash-writes-child.ts', import.meta.url))
/** Enough for the log to be moved into the main file and begun anew several times. */
const writesTraced = 1_200

export async function run({
  rounds,
  seed,
}: {
  rounds: number
  seed: number
}): Promise<{ rounds: number; notes: string[] }> {
  console.log(`power-cut: seed ${seed}`)
  const notes = [
    ...judged(
      'replayed system calls',
      await cutReplays('FULL', rounds, seed),
      await cutReplays('NORMAL', Math.max(8, rounds), seed),
    ),
  ]
  const reason = await reasonAgainstImages()
  if (reason) return { rounds, notes: [...notes, `no image was mounted: ${reason}`] }
  const imageRounds = Math.max(1, Math.round(rounds / 4))
  const full = await cutImages('FULL', imageRounds, seed)
  notes.push(
    ...judged('mounted images', full, await cutImages('NORMAL', Math.max(2, Math.round(imageRounds / 2)), seed)),
  )
  return { rounds, notes }
}

export type Cut = { acknowledged: number; findings: Findings }

function judged(way: string, full: readonly Cut[], normal: readonly Cut[]): string[] {
  const bad = full.filter(({ findings }) => findings.lost.length + findings.torn.length + findings.damage.length > 0)
  if (bad.length > 0)
    throw new Error(
      `${way}, FULL: ${bad.length} of ${full.length} cuts lost or damaged something: ${JSON.stringify(bad[0]?.findings).slice(0, 500)}`,
    )
  const losing = normal.filter(({ findings }) => findings.lost.length > 0)
  if (losing.length === 0)
    throw new Error(`${way}: NORMAL lost nothing in ${normal.length} cuts, so this proves nothing about FULL`)
  const acknowledged = full.reduce((sum, cut) => sum + cut.acknowledged, 0)
  return [
    `${way}: FULL kept all of ${acknowledged} acknowledged writes in ${full.length} cuts`,
    `${way}, control: NORMAL lost some in ${losing.length} of ${normal.length} cuts`,
  ]
}

async function cutReplays(synchronous: Synchronous, rounds: number, seed: number): Promise<Cut[]> {
  const folder = await mkdtemp(join(tmpdir(), 'cairn-cut-'))
  try {
    const file = join(folder, 'cairn.db')
    await prepare({ dialect: 'sqlite', file })
    const before = new Map([['cairn.db', await readFile(file)]])
    const trace = await readTrace(await traceWriter(folder, file, synchronous), ['cairn.db', 'cairn.db-wal'])
    const random = makeRandom(seed)
    const cuts: Cut[] = []
    for (let round = 0; round < rounds; round++) {
      const left = afterPowerCut(trace, before, 1 + Math.floor(random() * trace.length), random)
      const home = join(folder, `round-${round}`)
      await mkdir(home)
      for (const [name, bytes] of left.files) await writeFile(join(home, name), bytes)
      const findings = await findingsIn({ dialect: 'sqlite', file: join(home, 'cairn.db') }, left.acknowledged)
      cuts.push({ acknowledged: left.acknowledged.length, findings })
      await rm(home, { recursive: true })
    }
    return cuts
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Runs the writer under strace until it has acknowledged enough, then kills it; answers the log's path. */
async function traceWriter(folder: string, file: string, synchronous: Synchronous): Promise<string> {
  const log = join(folder, 'trace')
  const settings = JSON.stringify({ dialect: 'sqlite', file, synchronous })
  const call = ['-f', '--seccomp-bpf', '-xx', '-s', '100000', '-e', `trace=${traced}`, '-e', 'signal=none', '-o', log]
  const writer = spawn('strace', [...call, process.execPath, child, settings, '0', '4'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: killed as one, since a killed strace would let its writer go on.
    detached: true,
  })
  let errors = ''
  writer.stderr.on('data', (data: Buffer) => {
    errors += data.toString()
  })
  const ended = new Promise<void>((resolve, reject) => {
    writer.once('error', (error) => reject(new Error(`strace is needed for this rig: ${error.message}`)))
    writer.once('close', () => resolve())
  })
  let count = 0
  await Promise.race([
    ended,
    new Promise<void>((resolve) => {
      createInterface({ input: writer.stdout }).on('line', () => {
        count += 1
        if (count > writesTraced) resolve()
      })
    }),
  ])
  if (writer.exitCode === null && writer.pid !== undefined) process.kill(-writer.pid, 'SIGKILL')
  await ended
  if (count <= writesTraced) throw new Error(`the traced writer ended early: ${errors.slice(0, 500)}`)
  return log
}
