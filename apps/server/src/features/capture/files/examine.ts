/** Looks into files: is it text worth indexing, and which bytes are they? Runs in the thread that reads files. */
import { fstatSync } from 'node:fs'
import { CairnError } from '@cairn/api/errors'
import type { FileReason } from '@cairn/api/files'
import { sha256 } from '../../../kernel/ids.ts'
import { languageOf } from './kinds.ts'
import { splitPath } from './order.ts'
import { type Bounds, close, type Opened, openFile, readUpTo } from './paths.ts'
import { decodeText, looksBinary, looksMinified } from './sniff.ts'
import { stampOf } from './walk.ts'

export const maxIndexedBytes = 2_000_000
const headBytes = 8_192
const tries = 3
/** A file written this recently may be written again without its time changing: its stamp is not to be trusted. */
const tickMilliseconds = 50

export type Examined = {
  path: string
  /** `gone` when it vanished since it was found. */
  outcome: 'text' | 'skipped' | 'failed' | 'gone'
  reason: FileReason | null
  size: number
  mtime: number
  stamp: string
  sha256: string | null
  language: string | null
}

/** Examines one file; never throws for what it finds. `now` is epoch ms. */
export function examine(bounds: Bounds, path: string, now: number): Examined {
  const blank = { path, size: 0, mtime: 0, stamp: '', sha256: null, language: null }
  try {
    const file = openFile(bounds, path)
    try {
      return look(file, path, now)
    } finally {
      close(file)
    }
  } catch (error) {
    const code = error instanceof CairnError ? error.code : 'unknown'
    if (code === 'FILE_NOT_FOUND') return { ...blank, outcome: 'gone', reason: null }
    if (code === 'PATH_NOT_ALLOWED') return { ...blank, outcome: 'skipped', reason: 'link' }
    return { ...blank, outcome: 'failed', reason: 'unreadable' }
  }
}

function look(file: Opened, path: string, now: number): Examined {
  const language = languageOf(splitPath(path).name)
  const large = file.stats.size > maxIndexedBytes
  const bytes = large ? readUpTo(file, headBytes) : readWhole(file)
  const { stats } = file
  const trusted = now - stats.mtimeMs > tickMilliseconds && now - stats.ctimeMs > tickMilliseconds
  const seen = {
    path,
    size: stats.size,
    mtime: Math.floor(stats.mtimeMs),
    stamp: trusted ? stampOf(stats) : '',
    sha256: null,
    language,
  }
  const skipped = (reason: FileReason): Examined => ({ ...seen, outcome: 'skipped', reason })
  if (looksBinary(bytes)) return skipped('binary')
  if (large) return skipped('too_large')
  const decoded = decodeText(bytes)
  if (!decoded) return skipped('binary')
  if (looksMinified(decoded.text, language)) return skipped('minified')
  return { ...seen, outcome: 'text', reason: null, sha256: sha256(bytes) }
}

/** Reads until the file stood still from beginning to end, three times at most. */
function readWhole(file: Opened): Buffer {
  for (let attempt = 1; ; attempt++) {
    const bytes = readUpTo(file, maxIndexedBytes)
    const after = fstatSync(file.fd)
    const still = after.size === file.stats.size && after.mtimeMs === file.stats.mtimeMs
    file.stats = after
    if (still || attempt === tries || after.size > maxIndexedBytes) return bytes
  }
}
