/**
 * Wildcards of one path segment (`*`, `?`, `[a-z]`, `\`) as git's wildmatch reads them (by character, not by byte). Patterns come from repositories
 * that nobody vouches for, so matching never backtracks beyond the last star: time is bounded by name × pattern.
 */
type Token = { star: true } | { star: false; matches(character: string): boolean }
export type Segment = (name: string) => boolean

const special = /[*?[\\]/

/** Compiles one segment; a broken pattern (open bracket, trailing backslash) matches nothing. */
export function compileSegment(pattern: string): Segment {
  if (!special.test(pattern)) return (name) => name === pattern
  const rest = pattern.slice(1)
  if (pattern.startsWith('*') && !special.test(rest)) return (name) => name.endsWith(rest)
  const tokens = tokenize(pattern)
  return tokens ? (name) => matchTokens(tokens, name) : () => false
}

function tokenize(pattern: string): Token[] | null {
  const characters = [...pattern]
  const tokens: Token[] = []
  let at = 0
  while (at < characters.length) {
    const character = characters[at] as string
    if (character === '[') {
      const parsed = parseClass(characters, at + 1)
      if (!parsed) return null
      tokens.push({ star: false, matches: parsed.matches })
      at = parsed.end
      continue
    }
    if (character === '\\') {
      const escaped = characters[at + 1]
      if (escaped === undefined) return null
      tokens.push(literal(escaped))
      at += 2
      continue
    }
    if (character !== '*') tokens.push(character === '?' ? anything : literal(character))
    else if (!tokens.at(-1)?.star) tokens.push({ star: true })
    at++
  }
  return tokens
}

const anything: Token = { star: false, matches: () => true }
const literal = (wanted: string): Token => ({ star: false, matches: (character) => character === wanted })

/** Two pointers; on a mismatch the last star takes one character more. */
function matchTokens(tokens: Token[], name: string): boolean {
  const characters = [...name]
  let token = 0
  let at = 0
  let star = -1
  let resume = 0
  while (at < characters.length) {
    const current = tokens[token]
    if (current?.star) {
      star = token++
      resume = at
    } else if (current && !current.star && current.matches(characters[at] as string)) {
      token++
      at++
    } else if (star >= 0) {
      token = star + 1
      at = ++resume
    } else {
      return false
    }
  }
  while (tokens[token]?.star) token++
  return token === tokens.length
}

const posix: Record<string, RegExp> = {
  alnum: /[a-z0-9]/i,
  alpha: /[a-z]/i,
  blank: /[ \t]/,
  cntrl: /[\x00-\x1f\x7f]/,
  digit: /[0-9]/,
  graph: /[\x21-\x7e]/,
  lower: /[a-z]/,
  print: /[\x20-\x7e]/,
  punct: /[\x21-\x2f\x3a-\x40\x5b-\x60\x7b-\x7e]/,
  space: /[ \t-\r]/,
  upper: /[A-Z]/,
  xdigit: /[0-9a-f]/i,
}

/** A bracket expression from the character after `[`; null when it never closes or names an unknown class. */
function parseClass(characters: string[], start: number): { matches(character: string): boolean; end: number } | null {
  let at = start
  const negated = characters[at] === '!' || characters[at] === '^'
  if (negated) at++
  const parts: ((character: string) => boolean)[] = []
  for (let first = true; ; first = false) {
    const character = characters[at]
    if (character === undefined) return null
    if (character === ']' && !first) break
    if (character === '[' && characters[at + 1] === ':') {
      const named = parsePosix(characters, at + 2)
      if (!named) return null
      parts.push((candidate) => named.pattern.test(candidate))
      at = named.end
      continue
    }
    const low = readOne(characters, at)
    if (!low) return null
    at = low.end
    const high = characters[at] === '-' && characters[at + 1] !== ']' ? readOne(characters, at + 1) : null
    if (high) at = high.end
    parts.push(between(low.character, high?.character ?? low.character))
  }
  const matches = (character: string) => parts.some((part) => part(character)) !== negated
  return { matches, end: at + 1 }
}

function parsePosix(characters: string[], start: number) {
  const end = characters.indexOf(']', start)
  if (end < 0 || characters[end - 1] !== ':') return null
  const pattern = posix[characters.slice(start, end - 1).join('')]
  return pattern ? { pattern, end: end + 1 } : null
}

function readOne(characters: string[], at: number): { character: string; end: number } | null {
  const escaped = characters[at] === '\\'
  const character = characters[escaped ? at + 1 : at]
  return character === undefined ? null : { character, end: at + (escaped ? 2 : 1) }
}

const between = (low: string, high: string) => {
  const [from, to] = [low.codePointAt(0) as number, high.codePointAt(0) as number]
  return (character: string) => {
    const code = character.codePointAt(0) as number
    return from <= code && code <= to
  }
}
