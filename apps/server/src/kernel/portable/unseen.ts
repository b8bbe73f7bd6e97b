/** Lines of a bundle that nobody looked at yet. In worker threads only. */
import { isUtf8 } from 'node:buffer'
import type { TSchema } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import type { Line } from './line.ts'

/** By component: its lines look the same for as long as this process lives. */
const validators = new Map<string, Validator>()

/** Reads lines in UTF-8, one after the other; null for one that does not look as `schema` says, or is no text or JSON. */
export function lineReader(component: string, schema: TSchema): (bytes: Uint8Array) => Generator<Line | null> {
  const validator = validators.get(component) ?? Compile(schema)
  validators.set(component, validator)
  return function* read(bytes) {
    // What is no UTF-8 becomes U+FFFD.
    const whole = isUtf8(bytes)
    // Line by line: the text of all of them would be an object that the young heap has no room for.
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    for (let [from, end] = [0, 0]; from < buffer.length; from = end + 1) {
      end = buffer.indexOf(newline, from)
      if (end < 0) end = buffer.length
      if (end === from) continue
      const line = buffer.toString('utf8', from, end)
      const said = whole || !line.includes('\ufffd') ? parsed(line) : null
      yield validator.Check(said) ? (said as Line) : null
    }
  }
}
const newline = 10

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return null
  }
}
