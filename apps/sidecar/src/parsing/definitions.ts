/** Finds the definitions of a source text with tree-sitter and nests them by their ranges. */
import type { Node, QueryMatch, Tree } from 'web-tree-sitter'
import type { Grammar } from './grammars.ts'

export type Definition = {
  kind: string
  name: string
  /** Name of what encloses it, or of the receiver where a language writes methods outside their type. */
  container: string | null
  /** Lines from 1, both included. */
  from: number
  to: number
  children: Definition[]
}

type Found = Definition & { start: number; end: number }

/** Thrown inside the worker when a parse was stopped by its deadline. */
export class ParseStopped extends Error {}

const typeLike = new Set(['class', 'interface', 'struct', 'trait', 'impl', 'enum'])
/** A kind said by a general pattern gives way to one said by a more exact pattern for the same place. */
const general = new Set(['constant', 'variable', 'type'])
const MAX_NAME = 200

/**
 * The tree of definitions, in the order of the text.
 * @param deadline epoch milliseconds after which parsing stops with `ParseStopped`.
 */
export const findDefinitions = ({ parser, query }: Grammar, text: string, deadline: number): Definition[] => {
  const late = () => Date.now() > deadline
  const tree = parse(parser, text, late)
  try {
    const matches = query.matches(tree.rootNode, { progressCallback: late, matchLimit: 100_000 })
    if (late()) throw new ParseStopped('query took too long')
    return nest(matches.flatMap((match) => foundIn(match, text)))
  } finally {
    tree.delete()
  }
}

const parse = (parser: Grammar['parser'], text: string, late: () => boolean): Tree => {
  try {
    const tree = parser.parse(text, null, { progressCallback: late })
    if (!tree) throw new ParseStopped('parse took too long')
    return tree
  } finally {
    parser.reset()
  }
}

const foundIn = (match: QueryMatch, text: string): Found[] => {
  let node: Node | undefined
  let kind = ''
  let name: string | undefined
  let container: string | null = null
  for (const capture of match.captures) {
    if (capture.name === 'name') name = text.slice(capture.node.startIndex, capture.node.endIndex)
    else if (capture.name === 'container') container = text.slice(capture.node.startIndex, capture.node.endIndex)
    else if (capture.name.startsWith('definition.')) {
      node = capture.node
      kind = capture.name.slice('definition.'.length)
    }
  }
  if (!node || name === undefined) return []
  const place = { from: node.startPosition.row + 1, to: lastRow(node) + 1, start: node.startIndex, end: node.endIndex }
  return [{ ...named(kind, name, container), ...place, children: [] }]
}

/** A node that ends at column 0 ends with the line before. */
const lastRow = (node: Node) => {
  const { row, column } = node.endPosition
  return column === 0 && row > node.startPosition.row ? row - 1 : row
}

/** Takes a written name apart: quotes of a test's title, `Type<T>`, `Type::method`. */
const named = (kind: string, written: string, container: string | null) => {
  let name = written.trim()
  if (kind === 'test') name = name.replace(/^(['"`])([\s\S]*)\1$/, '$2')
  else if (kind === 'impl') name = name.replace(/<[\s\S]*$/, '')
  else if (name.includes('::') && !name.startsWith('operator')) {
    const at = name.lastIndexOf('::')
    container = name.slice(0, at)
    name = name.slice(at + 2)
  }
  return { kind, name: name.replace(/\s+/g, ' ').slice(0, MAX_NAME), container }
}

const nest = (found: Found[]): Definition[] => {
  const order = found.toSorted((a, b) => a.start - b.start || b.end - a.end || rank(a) - rank(b))
  const roots: Found[] = []
  const open: Found[] = []
  for (const item of order) {
    while (open.length > 0 && (open.at(-1) as Found).end <= item.start) open.pop()
    const parent = open.at(-1)
    if (parent && repeats(parent, item)) {
      if (general.has(parent.kind)) parent.kind = item.kind
      continue
    }
    if (item.kind === 'function' && (item.container !== null || (parent && typeLike.has(parent.kind)))) {
      item.kind = 'method'
    }
    item.container ??= parent?.name ?? null
    ;(parent ? (parent.children as Found[]) : roots).push(item)
    open.push(item)
  }
  return roots
}

const rank = ({ kind }: Found) => (general.has(kind) ? 1 : 0)

/** Is this the same definition again: a wrapper (`export`, decorators, templates) and what it wraps? */
const repeats = (outer: Found, inner: Found) =>
  outer.name === inner.name &&
  (outer.end === inner.end || outer.end === inner.end + 1) &&
  (family(outer) === family(inner) || general.has(inner.kind) || general.has(outer.kind))

const family = ({ kind }: Found) => (kind === 'method' ? 'function' : kind)
