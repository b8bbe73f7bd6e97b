/**
 * Blobs: payloads that are too large for the database. Addressed by workspace and SHA-256, so that the same bytes are
 * kept once per workspace and never under a name that a user chose. Files are written whole or not at all.
 */
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { fail } from '@cairn/api/errors'
import { newId } from '../ids.ts'

export type Blob = { hash: string; bytes: number }
/** What a driver offers; files now, an object store beside it later. */
export type Blobs = {
  put(workspace: string, content: Readable | Uint8Array, maxBytes: number): Promise<Blob>
  read(workspace: string, hash: string): Promise<Readable | null>
  has(workspace: string, hash: string): Promise<boolean>
  remove(workspace: string, hash: string): Promise<boolean>
  /** Removes all that is held for a workspace; answers how many there were. */
  clear(workspace: string): Promise<number>
  /** Bytes held for a workspace. */
  size(workspace: string): Promise<number>
  /** Takes away what a process that was killed had only begun to write. At start, before anything is written. */
  tidy(): Promise<void>
}

const safe = /^[0-9a-f-]{1,64}$/

/** `url` is `file:/folder`. */
export function makeFileBlobs(url: string): Blobs {
  const root = url.startsWith('file://') ? fileURLToPath(url) : url.slice('file:'.length)
  const folder = (workspace: string) => {
    if (!safe.test(workspace)) throw fail('INVALID_INPUT')
    return join(root, workspace)
  }
  const place = (workspace: string, hash: string) => {
    if (!safe.test(hash)) throw fail('INVALID_INPUT')
    return join(folder(workspace), hash.slice(0, 2), hash)
  }

  return {
    async put(workspace, content, maxBytes) {
      const passing = join(folder(workspace), `.incoming-${newId()}`)
      await mkdir(folder(workspace), { recursive: true, mode: 0o700 })
      const hash = createHash('sha256')
      let bytes = 0
      const measure = new Transform({
        transform(piece: Buffer, _encoding, done) {
          bytes += piece.length
          hash.update(piece)
          done(bytes > maxBytes ? fail('BODY_TOO_LARGE', { max: maxBytes }) : null, piece)
        },
      })
      try {
        const source = content instanceof Readable ? content : Readable.from([Buffer.from(content)])
        await pipeline(source, measure, createWriteStream(passing, { mode: 0o600 }))
        const name = hash.digest('hex')
        const final = place(workspace, name)
        await mkdir(dirname(final), { recursive: true, mode: 0o700 })
        await flush(passing)
        await rename(passing, final)
        await flush(dirname(final))
        return { hash: name, bytes }
      } catch (error) {
        await rm(passing, { force: true })
        throw (error as { code?: string }).code === 'ENOSPC' ? fail('DISK_FULL', {}, [], error) : error
      }
    },
    async read(workspace, hash) {
      const path = place(workspace, hash)
      return (await exists(path)) ? createReadStream(path) : null
    },
    has: (workspace, hash) => exists(place(workspace, hash)),
    async remove(workspace, hash) {
      const path = place(workspace, hash)
      const there = await exists(path)
      await rm(path, { force: true })
      return there
    },
    async clear(workspace) {
      const names = await readdir(folder(workspace), { recursive: true, withFileTypes: true }).catch(() => [])
      await rm(folder(workspace), { recursive: true, force: true })
      return names.filter((entry) => entry.isFile()).length
    },
    async size(workspace) {
      let total = 0
      const names = await readdir(folder(workspace), { recursive: true, withFileTypes: true }).catch(() => [])
      for (const entry of names) {
        if (entry.isFile()) total += (await stat(join(entry.parentPath, entry.name)).catch(() => ({ size: 0 }))).size
      }
      return total
    },
    async tidy() {
      for (const workspace of await readdir(root).catch(() => [])) {
        const names = await readdir(join(root, workspace)).catch(() => [])
        const begun = names.filter((name) => name.startsWith('.incoming-'))
        for (const name of begun) await rm(join(root, workspace, name), { force: true })
      }
    },
  }
}

const exists = (path: string) =>
  stat(path)
    .then(() => true)
    .catch(() => false)

async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
