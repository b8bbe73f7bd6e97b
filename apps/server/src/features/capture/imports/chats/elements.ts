/** Takes a JSON list apart as it streams in, so that only one of its elements is in memory at a time. */
import { fail } from '@cairn/api/errors'

/** A longer conversation is left out. */
const longest = 134_217_728

export const unreadable = (reason: string) => fail('CHATS_NOT_READABLE', { reason })

const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a]
const opens = new Set([0x7b, 0x5b])
const closes = new Set([0x7d, 0x5d])
const blank = new Set([0x20, 0x0a, 0x0d, 0x09])
const mark = [0xef, 0xbb, 0xbf]

/** The element's bytes; null where it is too long. `end` is the byte behind it. */
export type Element = { bytes: Buffer | null; end: number }

/** The objects of a list. Throws CHATS_NOT_READABLE where the file is no list of objects, or ends too early. */
export async function* elements(stream: AsyncIterable<Buffer>): AsyncGenerator<Element> {
  let parts: Buffer[] = []
  let held = 0
  let at = 0
  let depth = 0
  let [inString, escaped, begun, ended, wanted] = [false, false, false, false, true]
  const hold = (part: Buffer) => {
    held += part.length
    if (held > longest) parts = []
    else parts.push(part)
  }
  for await (const chunk of stream) {
    let begin = 0
    for (let offset = 0; offset < chunk.length; offset++) {
      const byte = chunk[offset] as number
      if (depth > 0) {
        if (escaped) escaped = false
        else if (inString) {
          if (byte === backslash) escaped = true
          else if (byte === quote) inString = false
        } else if (byte === quote) inString = true
        else if (opens.has(byte)) depth += 1
        else if (closes.has(byte)) {
          depth -= 1
          if (depth > 0) continue
          hold(chunk.subarray(begin, offset + 1))
          yield { bytes: held > longest ? null : Buffer.concat(parts), end: at + offset + 1 }
          parts = []
          held = 0
          wanted = false
        }
        continue
      }
      if (blank.has(byte) || (at + offset < mark.length && byte === mark[at + offset])) continue
      if (!begun && byte === 0x5b) begun = true
      else if (!begun || ended || byte === colon) throw unreadable('it is not a list of conversations')
      else if (byte === 0x5d) ended = true
      else if (byte === comma && !wanted) wanted = true
      else if (byte === 0x7b && wanted) {
        depth = 1
        begin = offset
      } else throw unreadable('it is not a list of conversations')
    }
    if (depth > 0) hold(chunk.subarray(begin))
    at += chunk.length
  }
  if (at === 0) throw unreadable('it is empty')
  if (!ended) throw unreadable('it is cut off')
}
