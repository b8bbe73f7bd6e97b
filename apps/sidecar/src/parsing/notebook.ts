/** Splits a Jupyter notebook (nbformat 4) by its cells; lines are those of the file. */
import { type Chunk, chunkWindows } from '@cairn/api/windows'
import { jsonTokens } from './json-tokens.ts'
import { type Lines, lineAt } from './lines.ts'
import { WHOLE } from './pack.ts'

type Cell = { cell_type?: unknown; source?: unknown; outputs?: unknown }

/** Chunks of kind `cell`, named by their number from 1, under the last Markdown heading; throws on what is no notebook. */
export const splitNotebook = (lines: Lines): Chunk[] => {
  const notebook = JSON.parse(lines.text.replace(/^\uFEFF/, '')) as { cells?: unknown }
  if (!Array.isArray(notebook.cells)) throw new SyntaxError('a notebook has cells')
  const places = cellPlaces(lines)
  let heading: string[] = []
  return (notebook.cells as Cell[]).flatMap((cell, i) => {
    const source = joined(cell?.source)
    if (cell?.cell_type === 'markdown') {
      const title = /^#{1,6}[ \t]+(.+?)[ \t#]*$/m.exec(source)?.[1]
      if (title) heading = [title.slice(0, 200)]
    }
    const text = [source, ...outputsOf(cell)].filter((part) => part.trim() !== '').join('\n')
    const place = places[i] ?? { from: 1, to: lines.last }
    const about = { start_line: place.from, end_line: place.to, kind: 'cell', name: `cell ${i + 1}`, context: heading }
    if (text.length <= WHOLE) return text === '' ? [] : [{ text, ...about }]
    return chunkWindows(text).map((window) => ({ ...about, text: window.text }))
  })
}

const joined = (source: unknown): string =>
  Array.isArray(source) ? source.filter((part) => typeof part === 'string').join('') : String(source ?? '')

const MAX_OUTPUT = 1000

/** What a cell printed, shortened; pictures and the like are left out. */
const outputsOf = ({ outputs }: Cell): string[] => {
  if (!Array.isArray(outputs)) return []
  return (outputs as { text?: unknown; data?: Record<string, unknown>; ename?: unknown; evalue?: unknown }[])
    .map((output) => {
      if (output?.ename !== undefined) return `${String(output.ename)}: ${String(output.evalue)}`
      return joined(output?.text ?? output?.data?.['text/plain'])
    })
    .map((text) => text.slice(0, MAX_OUTPUT))
}

/** Lines of the objects in the top-level list `cells`. */
const cellPlaces = (lines: Lines): { from: number; to: number }[] => {
  const places: { from: number; to: number }[] = []
  let depth = 0
  let key = ''
  let from = 0
  for (const { mark, start, end } of jsonTokens(lines.text)) {
    if (mark === '"' && depth === 1) key = lines.text.slice(start + 1, end)
    else if (mark === '{' || mark === '[') {
      depth += 1
      if (depth === 3 && key === 'cells') from = lineAt(lines, start)
    } else if (mark === '}' || mark === ']') {
      if (depth === 3 && key === 'cells') places.push({ from, to: lineAt(lines, end) })
      depth -= 1
    }
  }
  return places
}
