/** From what a person names — a browser, a profile's folder, a file — to the file that is read; looked at, not opened for writing. */
import { constants } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import type { HistorySource } from '@cairn/api/imports'
import { type Browser, fileName, findProfiles, type Part, profilesIn, type System } from './places.ts'
import { type Problem, problemOf } from './problem.ts'

/** The file with a part of `source`; without a path that of the only profile in its default places. */
export async function locate(
  system: System,
  source: HistorySource,
  path: string | undefined,
  part: Part = 'history',
): Promise<{ file: string } | Problem> {
  if (path === undefined) return source === 'jsonl' ? { problem: 'a path is needed' } : only(system, source, part)
  const full = path === '~' || /^~[\\/]/.test(path) ? join(system.home, path.slice(1)) : path
  if (!isAbsolute(full)) return { problem: 'the path must be absolute' }
  try {
    const found = await stat(full)
    const file = found.isDirectory() ? await fileIn(full, source, part) : { file: full }
    return 'file' in file ? await looked(file.file, isDatabase(source, part)) : file
  } catch (error) {
    return problemOf(error)
  }
}

const isDatabase = (source: HistorySource, part: Part) =>
  source === 'firefox' || (source !== 'jsonl' && part === 'history')

async function only(system: System, source: Browser, part: Part): Promise<{ file: string } | Problem> {
  const [first, ...others] = await findProfiles(system, part, source)
  if (!first) return { problem: `no profile of ${source} was found in its usual places; name its folder` }
  if (others.length > 0) {
    const names = [first, ...others].map(({ name }) => name).join(', ')
    return { problem: `there are several profiles (${names}); name the folder of one` }
  }
  return looked(join(first.path, fileName(source, part)), isDatabase(source, part))
}

async function fileIn(folder: string, source: HistorySource, part: Part): Promise<{ file: string } | Problem> {
  if (source === 'jsonl') return { problem: 'it is a folder, not a file' }
  const name = fileName(source, part)
  const direct = join(folder, name)
  if ((await stat(direct).catch(() => null))?.isFile()) return { file: direct }
  const [first, ...others] = await profilesIn(folder, source, part)
  if (!first) return { problem: `there is no file ${name} in that folder` }
  if (others.length === 0) return { file: join(first.path, name) }
  return { problem: `that folder holds several profiles (${[first, ...others].map((one) => one.name).join(', ')})` }
}

/** A quick look at the beginning of a file, before a job is made of it. */
async function looked(file: string, database: boolean): Promise<{ file: string } | Problem> {
  // Not to wait for ever on a pipe that nobody writes to.
  const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  try {
    const found = await handle.stat()
    if (!found.isFile()) return { problem: 'it is not a file' }
    if (found.size === 0) return { problem: 'it is empty' }
    if (!database) return { file }
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(100), 0, 100, 0)
    return headerProblem(buffer.subarray(0, bytesRead), found.size) ?? { file }
  } finally {
    await handle.close()
  }
}

/** What is wrong with a database by its header, if anything: https://sqlite.org/fileformat.html#the_database_header */
export function headerProblem(header: Buffer, size: number): Problem | null {
  if (header.subarray(0, 16).toString('latin1') !== 'SQLite format 3\0')
    return { problem: 'it is not a SQLite database, or it is encrypted' }
  if (header.length < 100) return { problem: 'it is cut off' }
  const pageSize = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16)
  // The size in pages counts when it was written together with the last change.
  const counted = header.readUInt32BE(24) === header.readUInt32BE(92) ? header.readUInt32BE(28) : 0
  return counted * pageSize > size ? { problem: 'it is cut off' } : null
}
