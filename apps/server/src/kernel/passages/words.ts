/** Single words made comparable: Unicode folding and English stems. */
import snowball from 'snowball-stemmers'

/** Longest term in UTF-16 units; longer ones (hashes, base64) are kept by their beginning. */
export const MAX_TERM = 64

const stemmer = snowball.newStemmer('english')
const cache = new Map<string, string>()
const cacheSize = 100_000

/**
 * Folds case, width and ligatures (NFKC), Latin, Greek and Cyrillic accents, Arabic and Hebrew vowel points, and drops
 * invisible characters, so that `Ｃａｆé` and `cafe` are one word. Letters, digits and marks only; may come out empty.
 */
export function fold(word: string): string {
  const folded = isAscii(word) ? word.toLowerCase() : foldUnicode(word)
  return folded.length > MAX_TERM ? cut(folded) : folded
}

/** The stem of a folded word: English by Snowball (Porter 2), everything else as it is. */
export function stem(word: string): string {
  if (word.length < 3 || word.length > 32) return word
  const known = cache.get(word)
  if (known !== undefined) return known
  const stemmed = /^[a-z]+$/.test(word) ? stemmer.stem(word) : word
  if (cache.size >= cacheSize) cache.clear()
  cache.set(word, stemmed)
  return stemmed
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII is meant
const ascii = /^[\x00-\x7f]*$/
const isAscii = (word: string) => ascii.test(word)

const letters: Record<string, string> = {
  ß: 'ss',
  ø: 'o',
  ł: 'l',
  æ: 'ae',
  œ: 'oe',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
  ς: 'σ',
}

function foldUnicode(word: string): string {
  return word
    .slice(0, 4 * MAX_TERM)
    .normalize('NFKC')
    .toLowerCase()
    .normalize('NFD')
    .replace(/[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670]+/g, '')
    .normalize('NFC')
    .replace(/[ßøłæœđðþıς]/g, (letter) => letters[letter] ?? letter)
    .replace(/[^\p{L}\p{N}\p{M}\p{Extended_Pictographic}]+/gu, '')
}

/** Never splits a surrogate pair. */
function cut(word: string): string {
  const code = word.charCodeAt(MAX_TERM - 1)
  return word.slice(0, code >= 0xd800 && code < 0xdc00 ? MAX_TERM - 1 : MAX_TERM)
}
