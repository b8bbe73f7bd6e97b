/**
 * Walks a root without recursion and without following links, and yields what it finds in the order of `order.ts`.
 * Folders that cannot be opened, names that are not text, devices and loops become entries with a reason.
 */
import type { Dirent, Stats } from 'node:fs'
import { join } from 'node:path'
import { CairnError } from '@cairn/api/errors'
import type { FileReason } from '@cairn/api/files'
import { builtIn, ignores, type Layer, parseLayer } from './ignore.ts'
import { reasonByName } from './kinds.ts'
import { compareBytes } from './order.ts'
import { type Bounds, close, isCairnData, namesOf, type Opened, openFolder, openIn, readUpTo, statIn } from './paths.ts'

export type Found = {
  /** Empty for the folder itself, when it cannot be opened. */
  name: string
  size: number
  /** Epoch ms. */
  mtime: number
  /** Changes whenever the file was written, moved in or replaced. */
  stamp: string
  /** Why it will not be read; null for what is worth opening. */
  reason: FileReason | null
}
export type Listing = {
  /** Empty, or ending in `/`. */
  folder: string
  files: Found[]
  /** Names of the folders below that are walked as well. */
  folders: string[]
  /** How many names were left out by rules. */
  ignored: number
}
export type Range = { folder: string; deep: boolean }

/** Longer paths would not fit into an index of the database. */
const maxPathBytes = 2_000
const maxRuleBytes = 1_000_000

export type Pending = { folder: string; layers: readonly Layer[]; above: readonly string[] }

export type WalkOptions = {
  /** Told of each folder, and which one it is, before it is read: so that it can be watched without a gap. */
  enter?(folder: string, identity: string): void
  /** Names only: nothing is asked about files that have a name. */
  light?: boolean
}

/**
 * Lists the folder of `range`, and with `deep` everything below. Yields nothing when the folder is gone or is left out
 * by a rule above it, and the folder that is in the way when one cannot be opened; throws only when the root itself
 * cannot be read.
 */
export function* walk(bounds: Bounds, range: Range, options: WalkOptions = {}): Generator<Listing> {
  const start = descend(bounds, range.folder)
  const pending: Pending[] = start ? [start] : []
  for (let next = pending.pop(); next; next = pending.pop()) {
    const visited = visit(bounds, next, options)
    if (!visited) continue
    yield visited.listing
    if (!range.deep) return
    const { folder } = next
    const below = visited.listing.folders.map((name) => ({
      folder: `${folder}${name}/`,
      layers: visited.layers,
      above: visited.above,
    }))
    // The stack gives back the last first.
    pending.push(...below.reverse())
  }
}

/**
 * Collects the rules from the root down to `folder`; null when a folder on the way is left out or gone. A folder that
 * cannot be opened ends the way there. Throws when the root itself cannot be read.
 */
export function descend(bounds: Bounds, folder: string): Pending | null {
  let pending: Pending = { folder: '', layers: [builtIn], above: [] }
  for (const name of folder.split('/').slice(0, -1)) {
    const opened = pending.folder === '' ? openFolder(bounds, '') : openQuietly(bounds, pending.folder)
    if (opened === null) return null
    if (opened === 'unreadable') return pending
    const layers = withRules(bounds, opened, pending.folder, pending.layers)
    const above = [...pending.above, identity(opened.stats)]
    close(opened)
    if (ignores(layers, pending.folder, name, true)) return null
    pending = { folder: `${pending.folder}${name}/`, layers, above }
  }
  return pending
}

function visit(bounds: Bounds, pending: Pending, options: WalkOptions) {
  const { folder } = pending
  const opened = folder === '' ? openFolder(bounds, '') : openQuietly(bounds, folder)
  if (opened === null) return null
  const above: readonly string[] = pending.above
  const alone = (reason: FileReason) => ({ listing: problem(folder, reason), layers: pending.layers, above })
  if (opened === 'unreadable') return alone('folder_unreadable')
  try {
    const self = identity(opened.stats)
    // A folder inside itself, as bind mounts can make it.
    if (above.includes(self)) return alone('link')
    options.enter?.(folder, self)
    const layers = withRules(bounds, opened, folder, pending.layers)
    const listing = list(bounds, opened, { folder, layers, light: options.light ?? false })
    return { listing, layers, above: [...above, self] }
  } catch (error) {
    if (folder === '') throw error
    return alone('folder_unreadable')
  } finally {
    close(opened)
  }
}

const identity = (stats: Stats) => `${stats.dev}:${stats.ino}`
const problem = (folder: string, reason: FileReason): Listing => ({
  folder,
  files: [withoutStats('', reason)],
  folders: [],
  ignored: 0,
})

/** Null when it has gone, is a link by now, or is not to be read at all. */
function openQuietly(bounds: Bounds, folder: string): Opened | 'unreadable' | null {
  try {
    const opened = openFolder(bounds, folder)
    if (opened.real === join(bounds.root, folder.slice(0, -1))) return opened
    close(opened)
    return null
  } catch (error) {
    if (error instanceof CairnError) return error.code === 'FILE_NOT_READABLE' ? 'unreadable' : null
    throw error
  }
}

export function withRules(bounds: Bounds, opened: Opened, folder: string, layers: readonly Layer[]): readonly Layer[] {
  const added = ['.git/info/exclude', '.gitignore', '.cairnignore'].flatMap((name) => {
    const file = openIn(bounds, opened, name)
    if (!file) return []
    try {
      return [parseLayer(readUpTo(file, maxRuleBytes).toString(), folder)]
    } catch {
      return []
    } finally {
      close(file)
    }
  })
  return added.length > 0 ? [...layers, ...added] : layers
}

type Level = { folder: string; layers: readonly Layer[]; light: boolean }

function list(bounds: Bounds, opened: Opened, level: Level): Listing {
  const listing: Listing = { folder: level.folder, files: [], folders: [], ignored: 0 }
  const foreign = new Set<string>()
  for (const entry of namesOf(opened)) {
    const name = textOf(entry.name)
    if (name === null) foreign.add(escapeName(entry.name))
    else place(bounds, opened, level, listing, entry, name)
  }
  for (const name of foreign) listing.files.push(withoutStats(name, 'name'))
  listing.files.sort((one, other) => compareBytes(one.name, other.name))
  listing.folders.sort((one, other) => compareBytes(`${one}/`, `${other}/`))
  return listing
}

/** Puts one name where it belongs: a folder to walk, a file to look at, or a reason not to. */
function place(bounds: Bounds, opened: Opened, level: Level, listing: Listing, entry: Dirent<Buffer>, name: string) {
  const { folder, layers } = level
  if (name === '.git') return void listing.files.push(withoutStats(name, 'repository'))
  const stats = entry.isDirectory() || (level.light && entry.isFile()) ? null : statIn(opened, name)
  const isFolder = stats ? stats.isDirectory() : entry.isDirectory()
  if (!isFolder && !stats && !level.light) return
  if (ignores(layers, folder, name, isFolder) || isCairnData(bounds, opened, name)) return void listing.ignored++
  const tooDeep = Buffer.byteLength(folder) + Buffer.byteLength(name) > maxPathBytes
  if (isFolder && !tooDeep) return void listing.folders.push(name)
  if (tooDeep || !stats) return void listing.files.push(withoutStats(name, tooDeep ? 'too_deep' : null))
  const mtime = Math.floor(stats.mtimeMs)
  listing.files.push({ name, size: stats.size, mtime, stamp: stampOf(stats), reason: reasonOf(stats, name) })
}

const withoutStats = (name: string, reason: FileReason | null): Found => ({
  name,
  size: 0,
  mtime: 0,
  stamp: '',
  reason,
})

function reasonOf(stats: Stats, name: string): FileReason | null {
  if (stats.isSymbolicLink()) return 'link'
  return stats.isFile() ? reasonByName(name) : 'special'
}

export const stampOf = (stats: Stats) => `${stats.mtimeMs}/${stats.ctimeMs}/${stats.ino}`

/** The name as text; null when its bytes are not UTF-8. */
export function textOf(bytes: Buffer): string | null {
  const text = bytes.toString('utf8')
  return text.includes('\uFFFD') && !Buffer.from(text, 'utf8').equals(bytes) ? null : text
}

/** A name that is not UTF-8, to be shown: its foreign bytes as `\xNN`. */
export const escapeName = (bytes: Buffer) =>
  [...bytes]
    .map((byte) => (byte > 31 && byte < 127 ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`))
    .join('')
