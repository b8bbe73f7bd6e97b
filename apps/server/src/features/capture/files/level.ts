/** One folder as a tree shows it: folders first, then files, by name. Runs in the thread that reads files. */
import type { Stats } from 'node:fs'
import type { TreeEntry } from '@cairn/api/files'
import { ignores, type Layer } from './ignore.ts'
import { compareBytes } from './order.ts'
import { type Bounds, cleanPath, close, isCairnData, namesOf, openFolder, statIn } from './paths.ts'
import { descend, escapeName, textOf, withRules } from './walk.ts'

export type LevelEntry = Pick<TreeEntry, 'name' | 'kind' | 'size' | 'hidden' | 'ignored' | 'openable'> & {
  mtime: number | null
}
export type Level = { folder: string; entries: LevelEntry[]; total: number; more: boolean }
type Named = { name: string; rank: number; openable: boolean }

/** The entries after `after` (a name with its rank, as `keyOf` gives it), at most `limit`. */
export function listLevel(bounds: Bounds, path: string, after: string | null, limit: number): Level {
  const clean = cleanPath(path)
  const folder = clean === '' ? '' : `${clean}/`
  const opened = openFolder(bounds, clean)
  try {
    const all = namesOf(opened)
      .map((entry): Named => {
        const name = textOf(entry.name)
        return { name: name ?? escapeName(entry.name), rank: entry.isDirectory() ? 0 : 1, openable: name !== null }
      })
      .filter(({ name }) => name !== '.git' && !isCairnData(bounds, opened, name))
      .sort(compareNames)
    const from = after === null ? 0 : all.findIndex((one) => compareKeys(keyOf(one), after) > 0)
    const page = from < 0 ? [] : all.slice(from, from + limit)
    const above = descend(bounds, folder)
    const layers = above && withRules(bounds, opened, folder, above.layers)
    const entries = page.map((one) => describe(one, one.openable ? statIn(opened, one.name) : null, folder, layers))
    return { folder, entries, total: all.length, more: from >= 0 && from + limit < all.length }
  } finally {
    close(opened)
  }
}

/** Where an entry stands in its folder, as a cursor holds it. */
export const keyOf = (entry: { name: string; rank: number }) => `${entry.rank}${entry.name}`

const compareNames = (one: Named, other: Named) =>
  one.rank - other.rank ||
  compareBytes(one.name.toLowerCase(), other.name.toLowerCase()) ||
  compareBytes(one.name, other.name)
const parseKey = (key: string): Named => ({ rank: Number(key[0]), name: key.slice(1), openable: true })
const compareKeys = (one: string, other: string) => compareNames(parseKey(one), parseKey(other))

function describe(entry: Named, stats: Stats | null, folder: string, layers: readonly Layer[] | null): LevelEntry {
  const isFolder = entry.rank === 0
  return {
    name: entry.name,
    kind: isFolder ? 'folder' : stats?.isSymbolicLink() ? 'link' : stats?.isFile() ? 'file' : 'other',
    size: isFolder ? null : (stats?.size ?? null),
    mtime: stats ? Math.floor(stats.mtimeMs) : null,
    hidden: entry.name.startsWith('.'),
    // Without rules the folder itself is left out.
    ignored: layers === null || ignores(layers, folder, entry.name, isFolder),
    openable: entry.openable,
  }
}
