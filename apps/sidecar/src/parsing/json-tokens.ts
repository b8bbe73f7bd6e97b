/** The marks of a JSON text, with or without comments, in one pass without recursion. Broken text gives what it has. */

/** A bracket, comma or colon as itself; `"` a string; `v` any other value. `end` is the offset of the last character. */
export type JsonToken = { mark: '{' | '}' | '[' | ']' | ',' | ':' | '"' | 'v'; start: number; end: number }

const marks = new Set(['{', '}', '[', ']', ',', ':'])
const isSpace = (character: string) => character <= ' ' || character === '\ufeff' || character === '\u00a0'

export function* jsonTokens(text: string): Generator<JsonToken> {
  let at = 0
  while (at < text.length) {
    const character = text[at] as string
    if (isSpace(character)) at += 1
    else if (marks.has(character)) {
      yield { mark: character as JsonToken['mark'], start: at, end: at }
      at += 1
    } else if (character === '"') {
      const end = endOfString(text, at)
      yield { mark: '"', start: at, end }
      at = end + 1
    } else if (text.startsWith('//', at)) at = after(text, '\n', at)
    else if (text.startsWith('/*', at)) at = after(text, '*/', at + 2)
    else {
      const start = at
      while (at < text.length && !isSpace(text[at] as string) && !marks.has(text[at] as string)) at += 1
      yield { mark: 'v', start, end: at - 1 }
    }
  }
}

const after = (text: string, mark: string, from: number) => {
  const found = text.indexOf(mark, from)
  return found === -1 ? text.length : found + mark.length
}

/** Strings end at their quote, or at the end of the line where that is missing. */
const endOfString = (text: string, start: number): number => {
  for (let at = start + 1; at < text.length; at += 1) {
    const character = text[at]
    if (character === '\\') at += 1
    else if (character === '"') return at
    else if (character === '\n') return at - 1
  }
  return text.length - 1
}
