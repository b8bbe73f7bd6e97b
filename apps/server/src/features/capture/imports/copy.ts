/**
 * Copies a database that a browser may hold and write to at any moment. The original is only read, byte by byte: opening
 * it with SQLite would wait for the browser's lock, or leave files beside it.
 */
import { constants } from 'node:fs'
import { copyFile, mkdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Problem, problemOf } from './problem.ts'

/** What belongs to a database beside its file: changes that are not in it yet, or are to be taken back. */
const companions = ['', '-wal', '-journal'] as const
const attempts = 8

/**
 * Copies `original` into `folder`, which is made. Copied again when it changed meanwhile; a problem when it never
 * keeps still, or cannot be read.
 */
export async function copyDatabase(
  original: string,
  folder: string,
  signal: AbortSignal,
): Promise<{ file: string } | Problem> {
  const file = join(folder, 'copy.db')
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    for (let attempt = 1; attempt <= attempts; attempt++) {
      signal.throwIfAborted()
      const before = await stamps(original)
      if (!before[0]) return { problem: 'it is not a file' }
      for (const [at, end] of companions.entries()) {
        await rm(file + end, { force: true })
        if (before[at]) await copyFile(original + end, file + end, constants.COPYFILE_FICLONE).catch(unlessGone(end))
      }
      if (same(before, await stamps(original))) return { file }
      // A browser writes in bursts, seconds apart.
      await pause(attempt * 50, undefined, { signal })
    }
    return { problem: 'it changes all the time; close the browser and try again' }
  } catch (error) {
    if (signal.aborted) throw error
    return problemOf(error)
  }
}

/** A companion that went since it was looked at is a change like any other. */
const unlessGone = (end: string) => (error: unknown) => {
  if (end === '' || (error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
}

const stamps = (original: string) =>
  Promise.all(
    companions.map(async (end) => {
      const found = await stat(original + end, { bigint: true }).catch((error: unknown) => {
        if (end !== '' && (error as NodeJS.ErrnoException).code === 'ENOENT') return null
        throw error
      })
      // Only files are copied: a pipe beside a database would be waited for.
      return found?.isFile() ? `${found.ino} ${found.size} ${found.mtimeNs}` : null
    }),
  )

const same = (before: readonly (string | null)[], after: readonly (string | null)[]) =>
  before.every((stamp, at) => stamp === after[at])
