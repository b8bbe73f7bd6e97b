/** Folders for tests: made in the system's temporary folder, registered through the front door, removed at the end. */
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { type Cairn, type HarnessOptions, startCairn, until } from '../../../../test/harness.ts'

/** `until` for what waits for the disk, the index and a machine that is busy. */
export const patiently = <T>(look: () => Promise<T> | T) => until(look, 60_000)

export type Tree = Record<string, string | Uint8Array>

/** A running Cairn and a folder to work in, for all tests of a file. */
export function useGround(options: HarnessOptions = {}) {
  const ground = { cairn: undefined as never as Cairn, base: '' }
  beforeAll(async () => {
    ground.base = await realpath(await mkdtemp(join(tmpdir(), 'cairn-ground-')))
    ground.cairn = await startCairn(options)
  })
  afterAll(async () => {
    await ground.cairn.stop()
    await rm(ground.base, { recursive: true, force: true })
  })

  /** Resolves when nothing is being scanned and nothing waits for the index. */
  const ready = (id: string) =>
    patiently(async () => {
      const root = await ground.cairn.api.roots.get({ id })
      return root.state === 'ready' && root.scan === null && root.files.pending === 0 ? root : null
    })

  /** Resolves when nothing is being scanned; the index may still be at work. */
  const scanned = (id: string) =>
    patiently(async () => {
      const root = await ground.cairn.api.roots.get({ id })
      return root.state === 'ready' && root.scan === null ? root : null
    })

  /** Registers a folder with these files, and waits until they are indexed, or only scanned. */
  async function addRoot(name: string, files: Tree = {}, wait = ready) {
    const path = join(ground.base, name)
    await mkdir(path, { recursive: true })
    await plant(path, files)
    const { id } = await ground.cairn.api.roots.create({ path })
    return { id, path, root: await wait(id) }
  }

  /** What became of each file, by path: its state, or the reason. */
  async function outcomes(id: string): Promise<Record<string, string>> {
    const found: Record<string, string> = {}
    let cursor: string | null = null
    do {
      const page = await ground.cairn.api.files.list({ id, limit: 200, ...(cursor && { cursor }) })
      for (const file of page.items) found[file.path] = file.reason ?? 'indexed'
      cursor = page.next_cursor
    } while (cursor)
    return found
  }

  /** Waits until what became of the files is this. */
  const become = (id: string, wanted: Record<string, string>) =>
    patiently(async () => JSON.stringify(sorted(await outcomes(id))) === JSON.stringify(sorted(wanted)))

  /** Uris that a search finds, best first. */
  async function found(query: string, kinds: string[] = ['file']): Promise<string[]> {
    const { hits } = await ground.cairn.api.search.query({ query, kinds: kinds as never, limit: 20 })
    return [...new Set(hits.map((hit) => hit.source.uri))]
  }

  return { ground, ready, scanned, addRoot, outcomes, become, found }
}

export async function plant(folder: string, files: Tree): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), content)
  }
}

const sorted = (record: Record<string, string>) =>
  Object.entries(record).sort(([one], [other]) => (one < other ? -1 : 1))
