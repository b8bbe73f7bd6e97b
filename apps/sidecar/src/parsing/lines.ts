import { lineStarts } from '@cairn/api/windows'

/** A text with its lines found once. Lines count from 1; ranges include both ends. */
export type Lines = { text: string; starts: number[]; last: number }

export const linesOf = (text: string): Lines => {
  const starts = lineStarts(text)
  return { text, starts, last: starts.length }
}

/** Offset at which a line begins; the end of the text for lines past the last. */
export const beginOf = (lines: Lines, line: number): number => lines.starts[line - 1] ?? lines.text.length

/** Offset just before a line's newline. */
export const endOf = (lines: Lines, line: number): number =>
  line < lines.last ? beginOf(lines, line + 1) - 1 : lines.text.length

export const lineText = (lines: Lines, line: number): string =>
  lines.text.slice(beginOf(lines, line), endOf(lines, line))

export const rangeText = (lines: Lines, from: number, to: number): string =>
  lines.text.slice(beginOf(lines, from), endOf(lines, to))

export const rangeSize = (lines: Lines, from: number, to: number): number => endOf(lines, to) - beginOf(lines, from)

export const isBlank = (lines: Lines, line: number): boolean => lineText(lines, line).trim() === ''

/** Line that holds an offset, by bisection. */
export const lineAt = (lines: Lines, offset: number): number => {
  let low = 0
  let high = lines.starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((lines.starts[middle] ?? 0) <= offset) low = middle
    else high = middle - 1
  }
  return low + 1
}
