/**
 * The plain chunker: any text in windows of whole lines. It knows no language, so it serves both as the sidecar's
 * fall-back and as the core's own way to index while the sidecar is away. Pure, linear in the text, browser-safe.
 */

/** A piece of a text that is searched and cited as one. Lines count from 1 and both ends belong to the piece. */
export type Chunk = {
  text: string
  start_line: number
  end_line: number
  /** `function`, `class`, `method`, `section`, `key`, `cell`, `window`, … */
  kind: string
  name: string | null
  /** Names of what encloses the piece, outermost first: class and function, heading path, key path. */
  context: string[]
}

export type WindowOptions = { maxChars?: number; overlapLines?: number }

/** Offsets (UTF-16 units) at which the lines of a text begin. An empty text has one empty line. */
export const lineStarts = (text: string): number[] => {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

/** A tail shorter than this share of a window joins the window before it. */
const TAIL = 0.2
/** A window may end early at a blank line once it is this full. */
const FULL_ENOUGH = 0.6

/**
 * Cuts a text into windows of whole lines: at most about `maxChars` UTF-16 units each, the next one beginning
 * `overlapLines` before the last ended, ending at a blank line where one is near. A line longer than a window is cut
 * by characters, never inside a surrogate pair. Every line that is not blank is in at least one window; a blank text
 * has none.
 */
export const chunkWindows = (text: string, options: WindowOptions = {}): Chunk[] => {
  const { maxChars = 1600, overlapLines = 3 } = options
  const starts = lineStarts(text)
  const chunks: Chunk[] = []
  const last = starts.length
  const begin = (line: number) => starts[line - 1] ?? text.length
  const end = (line: number) => (line < last ? begin(line + 1) - 1 : text.length)
  const blank = (line: number) => text.slice(begin(line), end(line)).trim() === ''
  const size = (from: number, to: number) => end(to) - begin(from)

  let from = 1
  while (from <= last) {
    if (end(from) - begin(from) > maxChars) {
      chunks.push(...cutLine(text.slice(begin(from), end(from)), from, maxChars))
      from += 1
      continue
    }
    if (blank(from)) {
      from += 1
      continue
    }
    const to = lastLine(from)
    let shownTo = to
    while (blank(shownTo)) shownTo -= 1
    chunks.push(windowOf(text.slice(begin(from), end(shownTo)), from, shownTo))
    from = nextStart(from, to)
  }
  return chunks

  function lastLine(first: number): number {
    if (last - first < maxChars && size(first, last) <= maxChars * (1 + TAIL) && fits(first, last)) return last
    let to = first
    while (to < last && size(first, to + 1) <= maxChars) to += 1
    if (to === last) return to
    for (let line = to; line > first && size(first, line) >= maxChars * FULL_ENOUGH; line -= 1) {
      if (blank(line)) return line
    }
    return to
  }

  /** Is no line of the tail so long that it has to be cut by itself? */
  function fits(first: number, to: number): boolean {
    for (let line = first; line <= to; line += 1) if (end(line) - begin(line) > maxChars) return false
    return true
  }

  /** Steps back over the overlap, but always forward over all, and not into a window of its own length. */
  function nextStart(first: number, to: number): number {
    if (to >= last) return last + 1
    let next = to + 1
    for (let back = 0; back < overlapLines && next - 1 > first; back += 1) {
      if (size(next - 1, to) > maxChars / 4) break
      next -= 1
    }
    return next
  }
}

const windowOf = (text: string, start_line: number, end_line: number): Chunk => ({
  text,
  start_line,
  end_line,
  kind: 'window',
  name: null,
  context: [],
})

const isLowSurrogate = (unit: number) => unit >= 0xdc00 && unit <= 0xdfff

const cutLine = (line: string, number: number, maxChars: number): Chunk[] => {
  const overlap = Math.min(200, Math.floor(maxChars / 8))
  const pieces: Chunk[] = []
  let from = 0
  while (from < line.length) {
    let to = Math.min(line.length, from + maxChars)
    if (to < line.length && isLowSurrogate(line.charCodeAt(to))) to -= 1
    const piece = line.slice(from, to)
    if (piece.trim() !== '') pieces.push(windowOf(piece, number, number))
    if (to === line.length) break
    from = Math.max(from + 1, to - overlap)
    if (isLowSurrogate(line.charCodeAt(from))) from += 1
  }
  return pieces
}
