/** What an upload holds, told by a hash: bytes pass by on their way to the handler and are counted in. */
import { createHash } from 'node:crypto'
import { Transform } from 'node:stream'
import { finished, pipeline } from 'node:stream/promises'
import { CairnError, fail } from '@cairn/api/errors'
import { sha256 } from '../ids.ts'
import { stableJson } from '../json.ts'
import type { UploadPart } from './call.ts'

export type UploadPrint = ReturnType<typeof makeUploadPrint>

export function makeUploadPrint(upload: AsyncIterable<UploadPart>) {
  const source = upload[Symbol.asyncIterator]()
  const prints: Promise<string>[] = []

  /** Not a `for` of the source: whoever stops early leaves the rest to be counted. */
  async function* parts(): AsyncGenerator<UploadPart> {
    for (;;) {
      const { value: part, done } = await source.next()
      if (done) return
      yield passing(part)
    }
  }

  function passing(part: UploadPart): UploadPart {
    const hash = createHash('sha256')
    const stream = new Transform({
      transform(piece: Buffer, _encoding, done) {
        hash.update(piece)
        done(null, piece)
      },
    })
    // Who reads it is told of what breaks; nobody has to wait for this.
    pipeline(part.stream, stream).catch(() => undefined)
    const { name, filename, type, fields } = part
    const print = finished(stream).then(() => stableJson({ name, filename, type, fields, hash: hash.digest('hex') }))
    print.catch(() => undefined)
    prints.push(print)
    return { ...part, stream }
  }

  return {
    /** The parts as they came, to be read once. */
    parts: parts(),
    /** Once everything has passed: what the handler did not ask for goes by unread. INVALID_INPUT where it is not sound. */
    async whole(): Promise<string> {
      try {
        for await (const { stream } of parts()) stream.resume()
        return sha256(stableJson(await Promise.all(prints)))
      } catch (error) {
        const told = error instanceof CairnError || (error as { code?: string }).code !== undefined
        throw told
          ? error
          : fail('INVALID_INPUT', {}, [{ path: '', message: 'is not sound multipart/form-data' }], error)
      }
    },
  }
}
