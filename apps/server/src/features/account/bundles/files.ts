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
import type { Blobs } from '../../../kernel/blobs/blobs.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { unreadable } from './manifest.ts'
import { isShared } from './store.ts'

/** Name under which the passphrase of a bundle lies among the secrets until its job has ended. */
export const passphraseName = (job: string) => `bundles.${job}.passphrase`

/** Removes a bundle's file, unless another bundle is the same one. */
export async function dropBlob(from: Pick<Scope, 'workspace' | 'db'>, blobs: Blobs, blob: string, id: string) {
  if (!(await isShared(from, blob, id))) await blobs.remove(from.workspace, blob)
}

/** Writes a bundle to a file of its own, opened with its passphrase where it is locked. */
export async function layOut(source: Readable, to: string, passphrase: string | null, signal: AbortSignal) {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 })
  const pieces = source[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  const first = await pieces.next()
  if (first.done) throw unreadable('it is empty')
  const whole = (async function* () {
    yield first.value
    for (let next = await pieces.next(); !next.done; next = await pieces.next()) yield next.value
  })()
  const locked = isAge(first.value)
  if (locked && passphrase === null) throw fail('BUNDLE_LOCKED')
  try {
    const content = locked ? decrypted(whole, passphrase as string) : whole
    await pipeline(content, createWriteStream(to, { mode: 0o600 }), { signal })
  } catch (error) {
    if (!(error instanceof AgeError)) throw error
    throw error.problem === 'damaged' ? unreadable('it is damaged') : fail('BUNDLE_PASSPHRASE_WRONG')
  } finally {
    source.destroy()
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
