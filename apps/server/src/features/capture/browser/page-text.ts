/** What a page says, as a client read it there. */
import { maskText } from '../../../kernel/masking.ts'

/** Most characters that are kept of a page. */
export const longestText = 200_000
/** How far back from a cut a word's beginning is looked for: half a key would not be known for one. */
const longestWord = 4_000

/** Text of a page without what is no text and without secrets, bounded; null when nothing is left. */
export function soundText(given: string): { text: string; truncated: boolean } | null {
  const truncated = given.length > longestText
  const readable = (truncated ? cut(given) : given)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n[ \n]*\n ?/g, '\n\n')
  const text = maskText(readable.trim()).slice(0, longestText).toWellFormed()
  return text === '' ? null : { text, truncated }
}

function cut(given: string): string {
  const kept = given.slice(0, longestText)
  const tail = kept.slice(-longestWord)
  const at = tail.search(/\s\S*$/)
  return kept.slice(0, at < 0 ? -longestWord : kept.length - longestWord + at)
}
