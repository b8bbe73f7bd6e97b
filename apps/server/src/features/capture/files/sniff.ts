/** Tells text from bytes: which encoding, or none. */
export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'latin-1'
export type Decoded = { text: string; encoding: Encoding }

const strict = new TextDecoder('utf-8', { fatal: true })
const lenient = new TextDecoder('utf-8')
const latin = new TextDecoder('windows-1252')
/** Control characters that do not occur in text; tab, line ends, form feed, backspace and escape do. */
const control = (byte: number) => byte < 32 && !(byte >= 8 && byte <= 13) && byte !== 27

/** Decodes a whole file, without its byte order mark; null when it is not text. */
export function decodeText(bytes: Uint8Array): Decoded | null {
  const wide = decodeWide(bytes)
  if (wide !== undefined) return wide
  if (bytes.includes(0)) return null
  try {
    return { text: strict.decode(bytes), encoding: 'utf-8' }
  } catch {
    return decodeBroken(bytes)
  }
}

/** UTF-16 by its mark; undefined without one. */
function decodeWide(bytes: Uint8Array): Decoded | null | undefined {
  const [first, second] = bytes
  const little = first === 0xff && second === 0xfe
  if (!little && !(first === 0xfe && second === 0xff)) return undefined
  const encoding = little ? 'utf-16le' : 'utf-16be'
  const text = new TextDecoder(encoding).decode(bytes)
  return text.includes('\0') ? null : { text, encoding }
}

/** UTF-8 with a few broken bytes, or an older encoding, or no text. */
function decodeBroken(bytes: Uint8Array): Decoded | null {
  let high = 0
  let controls = 0
  for (const byte of bytes) {
    if (byte >= 128) high++
    else if (control(byte)) controls++
  }
  if (controls > bytes.length / 500 || high > bytes.length * 0.7) return null
  const text = lenient.decode(bytes)
  const broken = text.split('\uFFFD').length - 1
  if (broken < high / 4) return { text, encoding: 'utf-8' }
  return high > bytes.length / 3 ? null : { text: latin.decode(bytes), encoding: 'latin-1' }
}

/** Whether the beginning of a file already shows that it is not text. */
export function looksBinary(head: Uint8Array): boolean {
  const [first, second] = head
  const wide = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)
  return !wide && head.subarray(0, 8_192).includes(0)
}

const squeezable = new Set(['javascript', 'css', 'html', 'xml', 'json', 'typescript'])

/** Code squeezed for machines: more than 20,000 characters in lines of more than 1,000 on average. */
export function looksMinified(text: string, language: string | null): boolean {
  if (text.length < 20_000 || language === null || !squeezable.has(language)) return false
  let lines = 1
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++
  return text.length / lines > 1_000
}
