/** A deterministic embedding that knows words and nothing else: texts that share words are near, others are not. */

/** The words of a text in lower case; identifiers are split at humps and underscores. */
const words = (text: string): string[] =>
  text
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu) ?? []

/** FNV-1a, 32 bit. */
const hash = (word: string): number => {
  let value = 0x811c9dc5
  for (let i = 0; i < word.length; i += 1) value = Math.imul(value ^ word.charCodeAt(i), 0x01000193)
  return value >>> 0
}

/** Each word adds to one of the dimensions, up or down; repeated words count by their square root. Length 1, or 0. */
export const bagOfWords = (text: string, dimensions = 384): number[] => {
  const counts = new Map<string, number>()
  for (const word of words(text)) counts.set(word, (counts.get(word) ?? 0) + 1)
  const vector = new Array<number>(dimensions).fill(0)
  for (const [word, count] of counts) {
    const value = hash(word)
    const at = value % dimensions
    vector[at] = (vector[at] ?? 0) + (value & 0x10000 ? 1 : -1) * Math.sqrt(count)
  }
  const length = Math.hypot(...vector)
  return length === 0 ? vector : vector.map((x) => x / length)
}
