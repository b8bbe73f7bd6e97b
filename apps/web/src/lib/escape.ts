/**
 * Text from outside (titles, file names, addresses) may hold characters that cannot be seen and that change how the
 * rest is read: controls, bidirectional marks, zero-width joints. They are shown as what they are and never obeyed.
 */
export type Piece = { text: string; escaped: boolean }

/** C0 and C1 controls, bidi marks and overrides, zero-width and other default-ignorable characters, lone surrogates. */
const hidden =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/gu

const names: Record<string, string> = { '\n': '⏎', '\r': '␍', '\t': '⇥', '\u0000': '␀', '\u001b': '␛' }

/** Cuts text into what can be shown as it stands and what has to be shown by name. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = []
  let from = 0
  for (const match of text.matchAll(hidden)) {
    if (match.index > from) found.push({ text: text.slice(from, match.index), escaped: false })
    found.push({ text: nameOf(match[0]), escaped: true })
    from = match.index + match[0].length
  }
  if (from < text.length || found.length === 0) found.push({ text: text.slice(from), escaped: false })
  return found
}

/** The same in one string, for places that take only text: page titles, labels, tooltips. */
export const plain = (text: string) =>
  pieces(text)
    .map((piece) => piece.text)
    .join('')

function nameOf(character: string): string {
  const known = names[character]
  if (known) return known
  const code = character.codePointAt(0) ?? 0
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
}

/** An address that a click may follow: http, https or mailto; anything else is null. */
export function safeHref(address: string): string | null {
  try {
    const url = new URL(address)
    return ['http:', 'https:', 'mailto:'].includes(url.protocol) ? url.href : null
  } catch {
    return null
  }
}
