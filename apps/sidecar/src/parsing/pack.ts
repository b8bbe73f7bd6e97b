/**
 * From sections to chunks. A splitter says where the parts of a file begin and end; packing makes pieces of a useful
 * size of them: tiny neighbours together, big parts in overlapping windows that keep the part's name.
 */
import { type Chunk, chunkWindows } from '@cairn/api/windows'
import { beginOf, endOf, isBlank, type Lines, rangeSize, rangeText } from './lines.ts'

/** A part of a file by whole lines, both ends included. Sections of a file do not overlap and leave no gap. */
export type Section = { from: number; to: number; kind: string; name: string | null; context: string[] }

/** A section up to this many characters stays whole. */
export const WHOLE = 2000
/** About 400 tokens, with an overlap of about 64. */
const WINDOW = { maxChars: 1600, overlapLines: 6 }
/** What is smaller than this and carries no name of weight joins its neighbours … */
const SMALL = 400
/** … and so does anything smaller than this … */
const TINY = 40
/** … until the piece is this big. */
const FILLED = 1200

const light = new Set(['window', 'constant', 'variable', 'type', 'key', 'property'])

/** Turns sections into chunks. Blank sections vanish; every other line of the file is in at least one chunk. */
export const pack = (lines: Lines, sections: Section[]): Chunk[] => {
  const joined: Section[] = []
  for (const section of sections) {
    const trimmed = trim(lines, section)
    const before = joined.at(-1)
    if (!trimmed) continue
    if (before && isRemnant(lines, trimmed)) before.to = trimmed.to
    else if (before && joins(lines, before, trimmed)) joined.splice(-1, 1, join(before, trimmed))
    else joined.push(trimmed)
  }
  return joined.flatMap((section) => cut(lines, section))
}

const trim = (lines: Lines, section: Section): Section | null => {
  let { from, to } = section
  while (from <= to && isBlank(lines, from)) from += 1
  while (to > from && isBlank(lines, to)) to -= 1
  return from > to ? null : { ...section, from, to }
}

/** The closing brace of a class, a lone `end`: nothing anyone would look for by itself. */
const isRemnant = (lines: Lines, { from, to, kind, name }: Section) =>
  (kind === 'window' && name === null && rangeSize(lines, from, to) < 16) ||
  (from === to && !/[\p{L}\p{N}]/u.test(rangeText(lines, from, to)))

const isLight = (lines: Lines, { from, to, kind }: Section) => {
  const size = rangeSize(lines, from, to)
  return size < TINY || (size < SMALL && light.has(kind))
}

const joins = (lines: Lines, a: Section, b: Section) =>
  a.kind !== 'cell' &&
  isLight(lines, b) &&
  (isLight(lines, a) || (light.has(a.kind) && a.name === null)) &&
  rangeSize(lines, a.from, b.to) <= FILLED &&
  a.context.length === b.context.length &&
  a.context.every((name, i) => name === b.context[i])

const join = (a: Section, b: Section): Section => ({
  from: a.from,
  to: b.to,
  kind: a.kind === b.kind ? a.kind : 'window',
  name: null,
  context: a.context,
})

const cut = (lines: Lines, { from, to, kind, name, context }: Section): Chunk[] => {
  if (rangeSize(lines, from, to) <= WHOLE) {
    return [{ text: rangeText(lines, from, to), start_line: from, end_line: to, kind, name, context }]
  }
  const windows = chunkWindows(lines.text.slice(beginOf(lines, from), endOf(lines, to)), WINDOW)
  return windows.map((window) => ({
    text: window.text,
    start_line: window.start_line + from - 1,
    end_line: window.end_line + from - 1,
    kind,
    name,
    context,
  }))
}
