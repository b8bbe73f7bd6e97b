/**
 * Fits a few letters to a path, as the pickers of editors do: all letters in their order, better where they stand
 * together, at the beginning of words, and in the file's name.
 */
export type Fuzzy = { score: number; matches: number[] }

/** Letters that count: white space only separates. */
const lettersOf = (query: string) => [...query.toLowerCase().replace(/\s+/g, '')]

/** What LIKE takes to find at least every path that fits; databases fold the case of ASCII letters only. */
export const likePattern = (query: string) =>
  `%${lettersOf(query)
    .filter((letter) => letter < '\x7f')
    .map((letter) => letter.replace(/[%_\\]/, '\\$&'))
    .join('%')}%`

const boundary = /[/\\._\- ]/

/**
 * Null when the path does not hold the letters in order. Tries the name alone first, then the whole path; each greedily
 * from the right, since what people type ends where the path ends.
 */
export function fuzzyMatch(query: string, folder: string, name: string): Fuzzy | null {
  const letters = lettersOf(query)
  const path = folder + name
  const lower = path.toLowerCase()
  // A case that changes length would shift the positions.
  const searched = lower.length === path.length ? lower : path
  const inName = place(letters, searched, folder.length)
  const matches = inName ?? place(letters, searched, 0)
  if (!matches) return null
  return { matches, score: scoreOf(matches, path, folder.length) + (inName ? 40 : 0) - path.length / 50 }
}

/** Positions of the letters from the last to the first, not before `from`; then drawn together from the left. */
function place(letters: string[], text: string, from: number): number[] | null {
  const whole = letters.join('')
  const together = text.lastIndexOf(whole)
  if (together >= from) {
    const positions: number[] = []
    for (let at = together; at < together + whole.length; at++) positions.push(at)
    return positions
  }
  const positions: number[] = []
  let end = text.length
  for (const letter of letters.toReversed()) {
    const at = end > from ? text.lastIndexOf(letter, end - 1) : -1
    if (at < from) return null
    positions.push(at)
    end = at
  }
  return positions.reverse()
}

function scoreOf(matches: number[], path: string, nameFrom: number): number {
  let score = 0
  for (const [at, position] of matches.entries()) {
    const before = path[position - 1]
    if (at > 0 && matches[at - 1] === position - 1) score += 12
    if (before === undefined || boundary.test(before)) score += 8
    else if (isUpper(path[position]) && !isUpper(before)) score += 6
    if (position === nameFrom) score += 10
  }
  const stem = path.indexOf('.', nameFrom + 1)
  const covers = matches.length === (stem < 0 ? path.length : stem) - nameFrom && matches[0] === nameFrom
  return score / matches.length + (covers ? 20 : 0)
}

const isUpper = (character: string | undefined) => character !== undefined && character !== character.toLowerCase()
