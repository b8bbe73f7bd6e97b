/** Splits source code by its definitions. */
import type { Definition } from './definitions.ts'
import { isBlank, type Lines, lineText, rangeSize } from './lines.ts'
import { type Section, WHOLE } from './pack.ts'

/** Sections of a file: its definitions with the comments above them, and what lies between. */
export const splitCode = (lines: Lines, definitions: Definition[]): Section[] =>
  cover(lines, 1, lines.last, definitions, { kind: 'window', name: null, context: [] }, [])

type Label = Pick<Section, 'kind' | 'name' | 'context'>

/** Covers the lines `from…to`; the first piece between definitions gets `head`'s label, the others are windows. */
const cover = (
  lines: Lines,
  from: number,
  to: number,
  definitions: Definition[],
  head: Label,
  context: string[],
): Section[] => {
  const sections: Section[] = []
  let at = from
  let label = head
  const between = (until: number) => {
    if (until < at) return
    sections.push({ from: at, to: until, ...label })
    label = { kind: 'window', name: null, context }
  }
  for (const definition of definitions) {
    if (definition.to < at) continue
    const start = Math.max(at, withComments(lines, definition.from, at))
    between(start - 1)
    sections.push(...splitDefinition(lines, definition, start, Math.min(definition.to, to), context))
    at = Math.min(definition.to, to) + 1
  }
  between(to)
  return sections
}

const splitDefinition = (
  lines: Lines,
  definition: Definition,
  from: number,
  to: number,
  outer: string[],
): Section[] => {
  const { kind, name, container, children } = definition
  // A method written outside its type still belongs to it.
  const context = container !== null && outer.at(-1) !== container ? [...outer, container] : outer
  const label = { kind, name, context }
  const isWrapper = kind === 'module' && children.length > 0
  if (!isWrapper && (rangeSize(lines, from, to) <= WHOLE || !worthSplitting(lines, definition))) {
    return [{ from, to, ...label }]
  }
  return cover(lines, from, to, children, label, [...context, name])
}

/** Do the parts of a definition make up enough of it, or is it one long body with a small function inside? */
const worthSplitting = (lines: Lines, { from, to, children }: Definition) => {
  let inside = 0
  for (const child of children) inside += rangeSize(lines, child.from, child.to)
  return inside * 2 >= rangeSize(lines, from, to)
}

const comment =
  /^\s*(\/\/|\/\*|\*|--|@|\[|"""|#(?!\s*(include|define|undef|if|ifdef|ifndef|elif|else|endif|pragma|import|region|endregion)\b))/
const LONGEST_COMMENT = 200

/** First line of the comments and attributes that stand right above a definition, not above `least`. */
const withComments = (lines: Lines, from: number, least: number): number => {
  let start = from
  while (start > least && from - start < LONGEST_COMMENT && !isBlank(lines, start - 1)) {
    const above = lineText(lines, start - 1)
    if (comment.test(above)) start -= 1
    else if (above.trimEnd().endsWith('*/')) {
      const opening = openingOf(lines, start - 1, least)
      if (opening === null) break
      start = opening
    } else break
  }
  return start
}

const openingOf = (lines: Lines, closing: number, least: number): number | null => {
  for (let line = closing; line >= least && closing - line < LONGEST_COMMENT; line -= 1) {
    if (lineText(lines, line).trimStart().startsWith('/*')) return line
  }
  return null
}
