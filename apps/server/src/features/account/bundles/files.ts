/** Files of bundles: taken in, laid out for reading, let go. */
import { createWriteStream } from 'node:fs'
import { mkdir, open, stat } from 'node:fs/promises'
import { createReadStream } from 'node:fs'
import { dirname } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { maxBundleBytes } from '@cairn/api/bundles'
import { fail } from '@cairn/api/errors'
import { AgeError, decrypted, isAge } from '../../../kernel/age.ts'
import { unreadable } from './manifest.ts'

/** Name under which the passphrase of a bundle lies among the secrets until its job has ended. */
export const passphraseName = (job: string) => `bundles.${job}.passphrase`

/** The same file sent twice is two blobs, so that each import can let go of its own: its job's id stands before it. */
export async function* marked(source: AsyncIterable<Uint8Array>, id: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`${id}
`)
  yield* source
}
const markLength = 37

/** What stands behind the mark. */
export async function* unmarked(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let left = markLength
  for await (const piece of source) {
    if (piece.length > left) yield piece.subarray(left)
    left = Math.max(left - piece.length, 0)
  }
}

/** Writes a bundle to a file of its own, opened with its passphrase where it is locked. */
export async function layOut(
  source: AsyncIterable<Buffer>,
  to: string,
  passphrase: string | null,
  signal: AbortSignal,
) {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 })
  const pieces = source[Symbol.asyncIterator]()
  // As many pieces as it takes to see what it is.
  let head = Buffer.alloc(0)
  for (let next = await pieces.next(); !next.done; next = await pieces.next()) {
    head = Buffer.concat([head, next.value])
    if (head.length >= 64) break
  }
  if (head.length === 0) throw unreadable('it is empty')
  const whole = (async function* () {
    yield head
    for (let next = await pieces.next(); !next.done; next = await pieces.next()) yield next.value
  })()
  const locked = isAge(head)
  if (locked && passphrase === null) throw fail('BUNDLE_LOCKED')
  try {
    const content = locked ? decrypted(whole, passphrase as string) : whole
    await pipeline(content, createWriteStream(to, { mode: 0o600 }), { signal })
  } catch (error) {
    if (!(error instanceof AgeError)) throw error
    throw error.problem === 'damaged' ? unreadable('it is damaged') : fail('BUNDLE_PASSPHRASE_WRONG')
  } finally {
    await pieces.return?.(undefined)
  }
}

/** A bundle that lies on this machine. BUNDLE_NOT_READABLE for what is no file. */
export async function openFile(path: string): Promise<Readable> {
  const found = await stat(path).catch(() => null)
  if (!found?.isFile()) throw unreadable('there is no such file')
  if (found.size >= maxBundleBytes) throw fail('BODY_TOO_LARGE', { max: maxBundleBytes })
  const handle = await open(path, 'r').catch(() => null)
  if (!handle) throw unreadable('it may not be read')
  await handle.close()
  return createReadStream(path)
}
