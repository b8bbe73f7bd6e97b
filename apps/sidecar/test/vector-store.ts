/** Rows whose vectors are the same in every run, and a store in a folder of its own. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodeFloats } from '../src/floats.ts'
import { makeVectors, type VectorSettings, type Vectors } from '../src/vectors/index.ts'

export const WORKSPACE = '0190a000-0000-7000-8000-000000000001'
export const MODEL = 'test-embed'
export const DIMENSIONS = 16

/** `n`'s own direction (mulberry32). All numbers are positive, so every two are somewhat near. */
export const direction = (n: number, dimensions = DIMENSIONS) => {
  let state = Math.imul(n + 1, 0x9e3779b9)
  return Float32Array.from({ length: dimensions }, () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  })
}

export type Row = { id: string; vector: string; kind: string; source: string; time: number }
export const row = (n: number, change: Partial<Row> = {}): Row => ({
  id: `id-${n}`,
  vector: encodeFloats(direction(n)),
  kind: 'file',
  source: `file-${n % 10}`,
  time: n,
  ...change,
})
export const rows = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => row(from + i))

export const put = (store: Vectors, some: Row[], fence = 1) =>
  store.upsert(WORKSPACE, { model: MODEL, dimensions: DIMENSIONS, fence, rows: some })
export const find = async (store: Vectors, n: number, filter: object = {}) =>
  (await store.search(WORKSPACE, { model: MODEL, vector: encodeFloats(direction(n)), limit: 10, ...filter })).hits
export const ids = (hits: { id: string }[]) => hits.map((hit) => hit.id)

/** A folder for stores; each opened on it is closed before the folder goes. */
export const makeFolder = async () => {
  const root = await mkdtemp(join(tmpdir(), 'cairn-vectors-'))
  const stores: Vectors[] = []
  const place = join(root, WORKSPACE)
  const files = async (): Promise<string[]> => {
    const entries = await readdir(place, { withFileTypes: true, recursive: true }).catch(() => [])
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  }
  return {
    /** The workspace's own folder. */
    place,
    files,
    /** Files whose path has this part as a folder, or as its end. */
    filesIn: async (part: string) => (await files()).filter((file) => file.includes(`${part}/`) || file.endsWith(part)),
    filesWith: async (canary: string) => {
      const found: string[] = []
      for (const file of await files()) if ((await readFile(file)).includes(canary)) found.push(file)
      return found
    },
    ledgers: async () => (await files()).filter((file) => file.endsWith('.json') && !file.includes('.lance')),
    open: (settings: Partial<VectorSettings> = {}) => {
      const store = makeVectors({ root, ...settings })
      stores.push(store)
      return store
    },
    remove: async () => {
      for (const store of stores) await store.close()
      // A store that was closed may still be putting its last files in place.
      await rm(root, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
    },
  }
}
