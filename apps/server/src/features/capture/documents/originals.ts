/**
 * Originals of documents, kept as blobs. Two documents may have the same one, so it goes with the last of them; who
 * keeps one and who lets one go take turns.
 */
import type { Readable } from 'node:stream'
import { documentLimits } from '@cairn/api/documents'
import type { Blobs } from '../../../kernel/blobs/blobs.ts'
import { sha256 } from '../../../kernel/ids.ts'
import { job } from '../../../kernel/jobs/definition.ts'
import type { TravellingFiles } from '../../../kernel/portable/portable.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { list, shape, Type } from '@cairn/api/shapes'
import type { Content } from './reading/content.ts'
import { blobsInUse } from './store.ts'

export type Originals = ReturnType<typeof makeOriginals>

export function makeOriginals(blobs: Blobs) {
  const turns = new Map<string, Promise<unknown>>()

  async function inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = turns.get(key)
    const mine = (before ?? Promise.resolve()).then(work, work)
    turns.set(key, mine)
    try {
      return await mine
    } finally {
      if (turns.get(key) === mine) turns.delete(key)
    }
  }

  /** What nobody has after the writing goes again: it failed, or what was read is there already. */
  const kept = <T>(
    scope: Scope,
    hash: string,
    open: () => Promise<Readable | Uint8Array>,
    write: () => Promise<T>,
  ): Promise<T> =>
    inTurn(`${scope.workspace} ${hash}`, async () => {
      const fresh = !(await blobs.has(scope.workspace, hash))
      if (fresh) await blobs.put(scope.workspace, await open(), documentLimits.bytes)
      try {
        return await write()
      } finally {
        if (fresh) await dropUnused(scope, hash)
      }
    })

  async function dropUnused(scope: Scope, hash: string): Promise<void> {
    if (!(await blobsInUse(scope, [hash])).has(hash)) await blobs.remove(scope.workspace, hash)
  }

  return {
    /** Keeps the original of what was read while `write` writes who has it. */
    async keeping<T>(
      scope: Scope,
      content: Content,
      given: Uint8Array,
      write: (blob: string | null) => Promise<T>,
    ): Promise<T> {
      if (content.original === null) return write(null)
      const bytes = content.original === 'given' ? given : content.original
      const hash = sha256(bytes)
      return kept(
        scope,
        hash,
        async () => bytes,
        () => write(hash),
      )
    },
    /** Keeps one that came along with a bundle while `write` writes who has it. */
    taking: <T>(scope: Scope, hash: string, files: TravellingFiles, write: () => Promise<T>): Promise<T> =>
      kept(scope, hash, () => files.open(hash), write),
    /** Lets those go that nobody has. */
    async drop(scope: Scope, hashes: readonly string[]): Promise<void> {
      for (const hash of hashes) await inTurn(`${scope.workspace} ${hash}`, () => dropUnused(scope, hash))
    },
  }
}

export const dropOriginals = (originals: Originals) =>
  job({
    type: 'documents.drop',
    input: shape({ blobs: list(Type.String()) }),
    quiet: true,
    upkeep: true,
    async run({ scope, input }) {
      await originals.drop(scope, (input as { blobs: string[] }).blobs)
    },
  })
