/** Reads what a model server answers, to a bound: a server that never ends must not fill the memory. */
import { fail } from '@cairn/api/errors'

/** The whole answer as text. Rejects with MODEL_REFUSED beyond `max` bytes; the rest is not fetched. */
export const bodyOf = async (response: Response, max: number): Promise<string> => {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of response.body ?? []) {
    size += part.byteLength
    if (size > max) throw fail('MODEL_REFUSED', { reason: `the answer has more than ${max} bytes` })
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}
