/** Splits Markdown by its headings (ATX and setext); fences and front matter are left alone. */
import { isBlank, type Lines, lineText, rangeSize } from './lines.ts'
import type { Section } from './pack.ts'

export type Heading = { line: number; level: number; title: string; container: string | null }

const atx = /^ {0,3}(#{1,6})(?:[ \t]+(.*?))??(?:[ \t]+#+)?[ \t]*\r?$/
const fence = /^ {0,3}(`{3,}|~{3,})/
const underline = /^ {0,3}(=+|-+)[ \t]*\r?$/
/** A heading followed by less text than this is told together with what comes below it. */
const BARE = 60
const MAX_TITLE = 200

/** Sections of a Markdown text with their heading path, and the headings themselves. */
export const splitMarkdown = (lines: Lines): { sections: Section[]; headings: Heading[] } => {
  const headings = headingsOf(lines)
  const sections: Section[] = []
  const path: Heading[] = []
  const first = headings[0]?.line ?? lines.last + 1
  if (first > 1) sections.push({ from: 1, to: first - 1, kind: 'section', name: null, context: [] })
  let from: number | null = null
  headings.forEach((heading, i) => {
    while ((path.at(-1)?.level ?? 0) >= heading.level) path.pop()
    heading.container = path.at(-1)?.title ?? null
    const next = headings[i + 1]
    const to = (next?.line ?? lines.last + 1) - 1
    from ??= heading.line
    const context = path.map((above) => above.title)
    path.push(heading)
    const bare = rangeSize(lines, heading.line, to) - lineText(lines, heading.line).length < BARE
    if (bare && next && next.level > heading.level) return
    sections.push({ from, to, kind: 'section', name: heading.title, context })
    from = null
  })
  return { sections, headings }
}

const headingsOf = (lines: Lines): Heading[] => {
  const headings: Heading[] = []
  let closing: string | null = null
  let line = afterFrontMatter(lines)
  for (; line <= lines.last; line += 1) {
    const text = lineText(lines, line)
    const fenced = fence.exec(text)?.[1]
    if (closing !== null) {
      if (fenced?.startsWith(closing) && text.trim() === fenced) closing = null
      continue
    }
    if (fenced) {
      closing = fenced
      continue
    }
    const marked = atx.exec(text)
    if (marked) headings.push(headingOf(line, marked[1]?.length ?? 1, marked[2] ?? ''))
    else if (line < lines.last && isTitleAbove(lines, line)) {
      const level = underline.exec(lineText(lines, line + 1))?.[1]?.startsWith('=') ? 1 : 2
      headings.push(headingOf(line, level, text))
      line += 1
    }
  }
  return headings
}

const headingOf = (line: number, level: number, written: string): Heading => ({
  line,
  level,
  title: plainTitle(written),
  container: null,
})

/** The words of a heading without its marks: links keep their text, code and emphasis their content. */
const plainTitle = (written: string) =>
  written
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[`*]|(?<!\w)_|_(?!\w)/g, '')
    .replace(/<[^>]{1,100}>/g, '')
    .trim()
    .slice(0, MAX_TITLE)

/** A single line of text with `===` or `---` under it; a list, a quote or a table row is none. */
const isTitleAbove = (lines: Lines, line: number) =>
  underline.test(lineText(lines, line + 1)) &&
  !isBlank(lines, line) &&
  (line === 1 || isBlank(lines, line - 1)) &&
  !/^ {0,3}([-*+>|]|\d+[.)] )|^( {4}|\t)/.test(lineText(lines, line))

const afterFrontMatter = (lines: Lines): number => {
  if (lineText(lines, 1).trim() !== '---') return 1
  for (let line = 2; line <= Math.min(lines.last, 200); line += 1) {
    if (/^(---|\.\.\.)\s*$/.test(lineText(lines, line))) return line + 1
  }
  return 1
}
