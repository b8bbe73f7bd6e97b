/** Text that behaves like text: words by Zipf's law out of a large vocabulary, in passages of a few dozen words. */

/** A generator of numbers in [0, 1) that gives the same ones for the same seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const onsets = [
  'b',
  'br',
  'c',
  'ch',
  'cl',
  'd',
  'dr',
  'f',
  'fl',
  'g',
  'gr',
  'h',
  'j',
  'k',
  'l',
  'm',
  'n',
  'p',
  'pl',
  'qu',
  'r',
  's',
  'sh',
  'st',
  't',
  'tr',
  'v',
  'w',
  'z',
]
const vowels = ['a', 'e', 'i', 'o', 'u', 'ai', 'ea', 'io', 'ou']
const codas = ['', '', 'n', 'r', 'l', 's', 't', 'm', 'ck', 'nd', 'st', 'p']

/** The word of a rank: short for common ranks, the same for the same rank, no two alike. */
export function wordOf(rank: number): string {
  let rest = rank
  let word = ''
  do {
    word += onsets[rest % onsets.length]
    rest = Math.floor(rest / onsets.length)
    word += vowels[rest % vowels.length]
    rest = Math.floor(rest / vowels.length)
    word += codas[(rank + word.length) % codas.length]
  } while (rest > 0)
  return word
}

export type Synthetic = { id: string; title: string; text: string }

/**
 * Passages number `from` to `to`. A twentieth of the words are names of their own (identifiers, numbers), as in code and
 * chats; each passage repeats a topic word or two.
 */
export function* passages(from: number, to: number, vocabulary = 400_000): Generator<Synthetic> {
  for (let number = from; number < to; number++) {
    const next = random(number * 2_654_435_761)
    // Inverse of Zipf's distribution with exponent 1, cut off at the vocabulary.
    const zipf = () => Math.floor(vocabulary ** next()) - 1
    const topics = [wordOf(200 + zipf()), wordOf(200 + zipf())]
    const words: string[] = []
    const length = 40 + Math.floor(next() * 90)
    for (let at = 0; at < length; at++) {
      const kind = next()
      if (kind < 0.05) words.push(topics[at % 2] as string)
      else if (kind < 0.08)
        words.push(`${wordOf(zipf())}${wordOf(zipf()).replace(/^./, (letter) => letter.toUpperCase())}`)
      else if (kind < 0.1) words.push(String(Math.floor(next() * 100_000)))
      else words.push(wordOf(zipf()))
      if (at % 14 === 13) words.push('\n')
    }
    yield { id: `s${number}`, title: `${topics.join(' ')} ${number % 97}`, text: words.join(' ') }
  }
}

export type SyntheticQuery = { kind: string; text: string }

/** Queries of the kinds that people type, made from the passages themselves. */
export function queries(total: number, each: number): SyntheticQuery[] {
  const next = random(99)
  const some = (): string[] => {
    const [passage] = passages(Math.floor(next() * total), total)
    return (passage as Synthetic).text.split(/\s+/)
  }
  const pick = (words: string[], count: number) =>
    Array.from({ length: count }, () => words[Math.floor(next() * words.length)] as string)
  const made: SyntheticQuery[] = []
  for (let at = 0; at < each; at++) {
    const words = some()
    made.push({ kind: 'rare word', text: longest(words) })
    made.push({ kind: 'two words', text: pick(words, 2).join(' ') })
    made.push({ kind: 'four words', text: pick(words, 4).join(' ') })
    made.push({ kind: 'question', text: `${pick(words, 8).join(' ')} ${wordOf(0)} ${wordOf(1)} ${wordOf(2)}` })
    made.push({ kind: 'common word', text: wordOf(Math.floor(next() * 60)) })
    made.push({
      kind: 'common words',
      text: `${wordOf(Math.floor(next() * 200))} ${wordOf(Math.floor(next() * 200))} ${wordOf(Math.floor(next() * 200))}`,
    })
    made.push({ kind: 'identifier', text: words.find((word) => /[a-z][A-Z]/.test(word)) ?? (words[0] as string) })
    const long = words.filter((word) => word.length > 6)
    made.push({ kind: 'typing error', text: [swap(long[0] ?? 'wanting'), ...pick(words, 1)].join(' ') })
  }
  return made
}

/** The longest word is among the rarest: common ranks have short ones. */
const longest = (words: string[]) =>
  words.filter((word) => /^[a-z]+$/.test(word)).reduce((a, b) => (b.length > a.length ? b : a))
const swap = (word: string) => word.slice(0, 3) + (word[4] ?? '') + (word[3] ?? '') + word.slice(5)
