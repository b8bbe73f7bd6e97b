/** Splits JSON, YAML, TOML and INI by their keys: top ones, and the keys inside what is too big for one piece. */
import { jsonTokens } from './json-tokens.ts'
import { isBlank, type Lines, lineAt, lineText, rangeSize } from './lines.ts'
import { type Section, WHOLE } from './pack.ts'

type Entry = { from: number; to: number; name: string; children: Entry[] }

const MAX_DEPTH = 6
const MAX_NAME = 200

/** JSON with or without comments. Works on broken JSON as far as its brackets match. */
export const splitJson = (lines: Lines): Section[] => cover(lines, 1, lines.last, jsonEntries(lines), [])

/** YAML by indentation: block scalars, lists and flow values belong to the key above them. */
export const splitYaml = (lines: Lines): Section[] =>
  cover(lines, 1, lines.last, yamlEntries(lines, 1, lines.last, 0), [])

/** TOML and INI by `[table]`; what stands before the first table is its own part. */
export const splitTables = (lines: Lines): Section[] => cover(lines, 1, lines.last, tableEntries(lines), [])

const cover = (lines: Lines, from: number, to: number, entries: Entry[], context: string[]): Section[] => {
  const sections: Section[] = []
  let at = from
  const between = (until: number) => {
    if (until >= at)
      sections.push({ from: at, to: until, kind: 'key', name: context.at(-1) ?? null, context: context.slice(0, -1) })
  }
  for (const entry of entries) {
    if (entry.to < at) continue
    const start = Math.max(at, entry.from)
    between(start - 1)
    const inside = [...context, entry.name]
    if (entry.children.length > 0 && rangeSize(lines, start, entry.to) > WHOLE) {
      sections.push(...cover(lines, start, entry.to, entry.children, inside))
    } else sections.push({ from: start, to: entry.to, kind: 'key', name: entry.name, context })
    at = entry.to + 1
  }
  between(to)
  return sections
}

type Level = { entry: Entry; isList: boolean; items: number; key: { name: string; start: number } | null }

/** Levels are counted, not recursed into, so that no depth of brackets can hurt. */
const jsonEntries = (lines: Lines): Entry[] => {
  const root: Entry = { from: 1, to: lines.last, name: '', children: [] }
  const levels: Level[] = []
  let deeper = 0

  const begin = (level: Level, start: number): Entry => {
    const name = level.isList ? `[${level.items}]` : (level.key?.name ?? '')
    const from = lineAt(lines, level.key?.start ?? start)
    const entry = { from, to: from, name: name.slice(0, MAX_NAME), children: [] }
    level.entry.children.push(entry)
    return entry
  }

  for (const { mark, start, end } of jsonTokens(lines.text)) {
    const level = levels.at(-1)
    if (mark === '{' || mark === '[') {
      if (deeper > 0 || levels.length > MAX_DEPTH) deeper += 1
      else levels.push({ entry: level ? begin(level, start) : root, isList: mark === '[', items: 0, key: null })
    } else if (mark === '}' || mark === ']') {
      if (deeper > 0) deeper -= 1
      else {
        levels.pop()
        const above = levels.at(-1)
        if (level && above) level.entry.to = lineAt(lines, end)
        if (above) above.key = null
      }
    } else if (level && deeper === 0) {
      if (mark === ',') level.items += 1
      else if (mark === '"' && !level.isList && !level.key) {
        level.key = { name: lines.text.slice(start + 1, end), start }
      } else if (mark !== ':' && (level.isList || level.key)) {
        begin(level, start).to = lineAt(lines, end)
        level.key = null
      }
    }
  }
  return root.children
}

const yamlKey = /^(\s*)(?:- )?("(?:[^"\\]|\\.)*"|'[^']*'|[^\s#&*!|>'"%@`{}[\]-][^#]*?|-[^\s#][^#]*?)\s*:(?:\s|$)/

const yamlEntries = (lines: Lines, from: number, to: number, depth: number): Entry[] => {
  const indent = smallestIndent(lines, from, to)
  const entries: Entry[] = []
  let above: number | null = null
  for (let line = from; line <= to; line += 1) {
    const text = lineText(lines, line)
    if (text.trim() === '') continue
    const margin = text.length - text.trimStart().length
    const isComment = text.trimStart().startsWith('#')
    if (isComment && margin === indent) {
      above ??= line
      continue
    }
    const name = margin === indent ? nameOf(text) : null
    if (name !== null) entries.push({ from: above ?? line, to, name, children: [] })
    above = null
  }
  entries.forEach((entry, i) => {
    entry.to = (entries[i + 1]?.from ?? to + 1) - 1
    const inner = entry.from + 1
    if (depth < MAX_DEPTH && inner <= entry.to && rangeSize(lines, entry.from, entry.to) > WHOLE) {
      entry.children = yamlEntries(lines, inner, entry.to, depth + 1)
    }
  })
  return entries
}

const nameOf = (text: string): string | null => {
  const key = yamlKey.exec(text.slice(0, 400))?.[2]
  if (key !== undefined) return key.replace(/^(['"])(.*)\1$/, '$2').slice(0, MAX_NAME)
  return text.trimStart().startsWith('- ') ? text.trim().slice(2, 80) : null
}

const smallestIndent = (lines: Lines, from: number, to: number): number => {
  let least = Number.POSITIVE_INFINITY
  for (let line = from; line <= to; line += 1) {
    if (isBlank(lines, line)) continue
    const text = lineText(lines, line)
    least = Math.min(least, text.length - text.trimStart().length)
    if (least === 0) break
  }
  return least
}

const tableEntries = (lines: Lines): Entry[] => {
  const entries: Entry[] = []
  let closing: string | null = null
  let above: number | null = null
  for (let line = 1; line <= lines.last; line += 1) {
    const text = lineText(lines, line)
    if (closing !== null) {
      if (text.includes(closing)) closing = null
      continue
    }
    const table = /^\s*\[{1,2}\s*([^\]]+?)\s*\]{1,2}\s*([#;].*)?\r?$/.exec(text.slice(0, 400))?.[1]
    if (table !== undefined) {
      entries.push({ from: above ?? line, to: line, name: table.slice(0, MAX_NAME), children: [] })
    }
    above = /^\s*[#;]/.test(text) ? (above ?? line) : null
    closing = openString(text)
  }
  entries.forEach((entry, i) => {
    entry.to = (entries[i + 1]?.from ?? lines.last + 1) - 1
  })
  return entries
}

/** The mark that ends a multi-line string of TOML which this line leaves open. */
const openString = (text: string): string | null => {
  for (const mark of ['"""', "'''"]) if (text.split(mark).length % 2 === 0) return mark
  return null
}
