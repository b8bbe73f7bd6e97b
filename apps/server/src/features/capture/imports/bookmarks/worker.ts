/** Writes a profile's bookmarks down as every browser exports them; in a thread, since a file may be large. */
import { readFile, stat } from 'node:fs/promises'
import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { bookmarkFile } from '@cairn/api/bookmarks'
import { isProblem, type Problem, problemOf } from '../problem.ts'
import { type Lines, readChromiumBookmarks } from './chromium.ts'
import { readFirefoxBookmarks } from './firefox.ts'

export type Writing = { firefox: boolean; file: string; out: string }
/** `sound`: does the file's own checksum fit, if it has one? */
export type Wrote = { sound: boolean }

export async function write({ firefox, file, out }: Writing): Promise<Wrote | Problem> {
  try {
    // Separators, tags and roots are rows, too.
    const read = firefox ? readFirefoxBookmarks(file, 4 * bookmarkFile.entries) : await chromium(file)
    if (isProblem(read)) return read
    await pipeline(Readable.from(read.lines), createWriteStream(out, { mode: 0o600 }))
    return { sound: read.sound }
  } catch (error) {
    return problemOf(error)
  }
}

async function chromium(file: string): Promise<Lines | Problem> {
  const { size } = await stat(file)
  if (size > bookmarkFile.bytes) return { problem: 'it is larger than any file of bookmarks' }
  return readChromiumBookmarks(await readFile(file, 'utf8'))
}
