/** Reads files for people and for the index. Runs in the thread that reads files. */
import { fstatSync } from 'node:fs'
import type { FileContent } from '@cairn/api/files'
import { sha256 } from '../../../kernel/ids.ts'
import { languageOf } from './kinds.ts'
import { splitPath } from './order.ts'
import { type Bounds, cleanPath, close, openFile, readUpTo } from './paths.ts'
import { decodeText, looksBinary } from './sniff.ts'

export const maxShownBytes = 5_000_000
const headBytes = 8_192

export type Content = Omit<FileContent, 'root' | 'modified_at'> & { mtime: number }

/** A file as it is shown; codes of `openFile`. Binary and oversized files have no text. */
export function readContent(bounds: Bounds, path: string): Content {
  const file = openFile(bounds, path)
  try {
    const large = file.stats.size > maxShownBytes
    const bytes = readUpTo(file, large ? headBytes : maxShownBytes)
    const { size, mtimeMs } = large ? file.stats : fstatSync(file.fd)
    const decoded = large || looksBinary(bytes) ? null : decodeText(bytes)
    const clean = cleanPath(path)
    return {
      path: clean,
      size,
      mtime: Math.floor(mtimeMs),
      sha256: large ? null : sha256(bytes),
      language: languageOf(splitPath(clean).name),
      encoding: decoded?.encoding ?? null,
      binary: large ? looksBinary(bytes) : decoded === null,
      text: decoded?.text ?? null,
      lines: decoded ? countLines(decoded.text) : null,
    }
  } finally {
    close(file)
  }
}

function countLines(text: string): number {
  let lines = 1
  for (let at = text.indexOf('\n'); at >= 0 && at < text.length - 1; at = text.indexOf('\n', at + 1)) lines++
  return lines
}
