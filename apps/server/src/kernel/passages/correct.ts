/**
 * What an unknown word of a query may have meant, out of the workspace's own vocabulary. The work is bounded, and the
 * choice depends on the vocabulary alone, so both databases choose the same.
 */
import { stem } from './words.ts'

export type Vocabulary = {
  /** Which of these terms exist, and in how many passages. */
  known(terms: readonly string[]): Promise<Map<string, number>>
  /** Terms that begin with `prefix` and have a length (code points) in the range, in the order of their code points. */
  beginning(
    prefix: string,
    shortest: number,
    longest: number,
    limit: number,
  ): Promise<{ term: string; passages: number }[]>
}
/** `trust` from 0 to 1: how near the term is to what was typed. `shown` is what to tell the person. */
export type Correction = { term: string; shown: string; passages: number; trust: number }

const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789'
const longestWord = 32
const scanned = 2_000
const completed = 400
const kept = 3
const leastTrust = 0.5

/** At most three corrections of a folded word, best first; none when nothing is near. */
export async function correct(word: string, vocabulary: Vocabulary, last: boolean): Promise<Correction[]> {
  if (word.length < 3 || word.length > 64) return []
  const near = /\d/.test(word) && !/^[a-z]+\d{0,2}$/.test(word) ? [] : await edited(word, vocabulary)
  const split = near.length === 0 ? await halves(word, vocabulary) : []
  const longer = near.some((each) => each.trust >= 0.85) ? [] : await completions(word, vocabulary, last)
  const best = [...near, ...longer, ...split].sort(
    (a, b) => worth(b) - worth(a) || (a.term < b.term ? -1 : a.term > b.term ? 1 : 0),
  )
  const seen = new Set<string>()
  return best.filter(({ term }) => !seen.has(term) && seen.add(term)).slice(0, kept)
}

/** Near counts most, but of two that are equally near the more common one is meant. */
const worth = ({ trust, passages }: Correction) => trust ** 3 * Math.log2(2 + passages)

async function edited(word: string, vocabulary: Vocabulary): Promise<Correction[]> {
  if (word.length < 4 || word.length > longestWord) return []
  const forms = new Map<string, { form: string; trust: number }>()
  for (const { form, trust } of oneEdit(word)) {
    const term = stem(form)
    if (trust > (forms.get(term)?.trust ?? leastTrust)) forms.set(term, { form, trust })
  }
  const known = await vocabulary.known([...forms.keys()])
  if (known.size === 0) return twiceEdited(word, vocabulary)
  return [...known].map(([term, passages]) => {
    const { form = term, trust = leastTrust } = forms.get(term) ?? {}
    return { term, passages, shown: form, trust }
  })
}

/**
 * Two mistakes in a long word, none of them among the first letters unless two of those were swapped. Endings that a stem
 * has lost are cut off here as well; what is short is something else rather than mistyped.
 */
async function twiceEdited(word: string, vocabulary: Vocabulary): Promise<Correction[]> {
  if (word.length < 7) return []
  const stemmed = stem(word)
  const [a = '', b = '', c = ''] = word
  const found = new Map<string, Correction>()
  for (const prefix of new Set([a + b + c, b + a + c, a + c + b])) {
    const rows = await vocabulary.beginning(prefix, stemmed.length - 4, stemmed.length + 2, scanned)
    for (const { term, passages } of rows) {
      const mistakes = Math.min(
        ...[stemmed, word.slice(0, -1), word.slice(0, -2), word.slice(0, -3)].map((form, at) => {
          const allowed = Math.min(form.length, term.length) >= 7 ? 2 : Math.min(form.length, term.length) >= 6 ? 1 : -1
          const between = allowed < 0 ? 9 : distance(form, term, allowed)
          return between > allowed ? 9 : between + (at === 0 ? 0 : 0.5)
        }),
      )
      if (mistakes <= 2.5) found.set(term, { term, passages, shown: term, trust: 0.95 - mistakes / word.length })
    }
  }
  return [...found.values()]
}

/** The word as the beginning of longer ones: what is still being typed, a hash cut short. */
async function completions(word: string, vocabulary: Vocabulary, last: boolean): Promise<Correction[]> {
  const data = /\d/.test(word) && word.length >= 6
  const stretch = data ? 64 : last ? 12 : 3
  const rows = await vocabulary.beginning(word, word.length + 1, word.length + stretch, completed)
  return rows
    .map(({ term, passages }) => ({
      term,
      passages,
      shown: term,
      trust: 0.9 - (data ? 0 : 0.05 * (term.length - word.length)),
    }))
    .filter(({ trust }) => trust > 0.2)
}

/** Two known words that lost the space between them; they come as two terms that share their trust. */
async function halves(word: string, vocabulary: Vocabulary): Promise<Correction[]> {
  if (word.length < 6 || word.length > longestWord) return []
  const cuts = Array.from({ length: word.length - 5 }, (_, at) => [word.slice(0, at + 3), word.slice(at + 3)] as const)
  const known = await vocabulary.known([...new Set(cuts.flat().map(stem))])
  const found = cuts
    .map(([left, right]) => ({
      left,
      right,
      passages: Math.min(known.get(stem(left)) ?? 0, known.get(stem(right)) ?? 0),
    }))
    .filter(({ passages }) => passages > 0)
    .sort((a, b) => b.passages - a.passages || (a.left < b.left ? -1 : 1))[0]
  if (!found) return []
  return [found.left, found.right].map((half) => ({
    ...{ term: stem(half), shown: `${found.left} ${found.right}`, trust: 0.8 },
    passages: known.get(stem(half)) ?? 0,
  }))
}

/**
 * Every word one deletion, swap, replacement or insertion away, with how likely it is that fingers did that: letters swapped
 * or struck twice most, a letter far off on the keyboard least, the first one less than others, and less in short words.
 */
function oneEdit(word: string): { form: string; trust: number }[] {
  const letters = /^[a-z0-9]+$/.test(word) ? alphabet : [...new Set(word)].join('')
  const made: { form: string; trust: number }[] = []
  const shortness = word.length < 6 ? 0.1 : 0
  const add = (form: string, trust: number, at: number) => {
    if (form !== word && form.length > 1) made.push({ form, trust: trust - shortness - (at === 0 ? 0.1 : 0) })
  }
  for (let at = 0; at <= word.length; at++) {
    const [before, after, here = ''] = [word.slice(0, at), word.slice(at), word[at]]
    const last = before.at(-1) ?? ''
    if (after) add(before + after.slice(1), here === last ? 0.95 : 0.85, at)
    if (after.length > 1) add(`${before}${after[1]}${here}${after.slice(2)}`, 0.95, at)
    for (const letter of letters) {
      if (after) add(before + letter + after.slice(1), adjacent(letter, here) ? 0.85 : 0.75, at)
      add(before + letter + after, letter === last ? 0.95 : 0.85, at)
    }
  }
  return made
}

const keyboard = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm']
/** Keys side by side, or one above the other, on most keyboards with Latin letters. */
function adjacent(one: string, other: string): boolean {
  const [a, b] = [keyOf(one), keyOf(other)]
  return a !== null && b !== null && Math.abs(a.row - b.row) <= 1 && Math.abs(a.column - b.column) <= 1
}
function keyOf(letter: string): { row: number; column: number } | null {
  const row = keyboard.findIndex((keys) => keys.includes(letter))
  return row < 0 ? null : { row, column: (keyboard[row] as string).indexOf(letter) }
}

/** Damerau–Levenshtein distance (optimal string alignment), or `limit + 1` when it is larger. */
export function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1
  let before: number[] = []
  let above = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let best = Math.min(
        (above[j] as number) + 1,
        (row[j - 1] as number) + 1,
        (above[j - 1] as number) + (same ? 0 : 1),
      )
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, (before[j - 2] as number) + 1)
      row.push(best)
    }
    if (Math.min(...row) > limit) return limit + 1
    before = above
    above = row
  }
  return above[b.length] as number
}
