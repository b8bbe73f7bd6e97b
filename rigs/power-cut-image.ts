/** A power cut with a real file system under it: ext4 in an image, copied while it is written to, mounted again. */
import { execFile, spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Synchronous } from '../apps/server/src/kernel/database/sqlite-connection.ts'
import { findingsIn, prepare } from './crash-writes-check.ts'
import { makeRandom } from './random.ts'
import type { Cut } from './power-cut.ts'

const child = fileURLToPath(new URL('./crash-writes-child.ts', import.meta.url))
const command = promisify(execFile)
const bytes = 96 * 1024 * 1024

/** Why no image can be mounted here; null when one can. */
export async function reasonAgainstImages(): Promise<string | null> {
  const folder = await mkdtemp(join(tmpdir(), 'cairn-mount-'))
  try {
    const disk = await makeDisk(folder)
    await disk.unmount()
    return null
  } catch (error) {
    return (error as Error).message.split('\n').slice(0, 2).join(' ')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Each round: a fresh image, a writer on it, stopped at a random moment; what a copy of the image holds. */
export async function cutImages(synchronous: Synchronous, rounds: number, seed: number): Promise<Cut[]> {
  const random = makeRandom(seed)
  const cuts: Cut[] = []
  for (let round = 0; round < rounds; round++) {
    const folder = await mkdtemp(join(tmpdir(), 'cairn-image-'))
    try {
      cuts.push(await cutImage(folder, synchronous, 20 + Math.floor(random() * 800)))
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }
  return cuts
}

async function cutImage(folder: string, synchronous: Synchronous, writes: number): Promise<Cut> {
  const disk = await makeDisk(folder)
  const copy = join(folder, 'copy')
  let acknowledged: number[]
  try {
    const settings = { dialect: 'sqlite' as const, file: join(disk.mounted, 'cairn.db'), synchronous }
    await prepare(settings)
    await command('sync', ['--file-system', disk.mounted])
    acknowledged = await copyWhileWriting(JSON.stringify(settings), writes, () =>
      command('cp', ['--sparse=always', disk.image, copy]),
    )
  } finally {
    await disk.unmount()
  }
  const again = await mount(copy, join(folder, 'again'))
  try {
    const findings = await findingsIn({ dialect: 'sqlite', file: join(again.mounted, 'cairn.db') }, acknowledged)
    return { acknowledged: acknowledged.length, findings }
  } finally {
    await again.unmount()
  }
}

/** Stops the writer after `writes`, so that the copy is of one moment, copies, kills it; answers what it acknowledged. */
async function copyWhileWriting(settings: string, writes: number, copy: () => Promise<unknown>): Promise<number[]> {
  const writer = spawn(process.execPath, [child, settings, '0', '4'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise<void>((resolve) => void writer.once('close', () => resolve()))
  const lines: string[] = []
  await new Promise<void>((resolve) => {
    createInterface({ input: writer.stdout }).on('line', (line) => {
      lines.push(line)
      if (lines.length > writes) resolve()
    })
    writer.once('exit', () => resolve())
  })
  writer.kill('SIGSTOP')
  // Said before the copy was begun, by a process that stands still: all of it is owed.
  await copy()
  writer.kill('SIGKILL')
  await ended
  if (lines.length <= writes) throw new Error(`the writer ended by itself after ${lines.length} lines`)
  return lines.slice(1).map(Number)
}

async function makeDisk(folder: string) {
  const image = join(folder, 'image')
  await writeFile(image, '')
  await truncate(image, bytes)
  await command('mkfs.ext4', ['-q', '-F', image])
  return { image, ...(await mount(image, join(folder, 'mounted'))) }
}

async function mount(image: string, mounted: string) {
  await mkdir(mounted)
  await command('mount', ['-o', 'loop', image, mounted])
  return { mounted, unmount: () => command('umount', [mounted]) }
}
