/**
 * Compares a root with what is stored of it. Both come in the same order (`order.ts`), so one pass over both is enough,
 * whatever their size; only files whose size, times or inode changed are opened.
 */
import type { Scope } from '../../../kernel/scope.ts'
import { module, type Save, type SaveBatch } from './bulk.ts'
import type { Ask } from './disk.ts'
import type { Examined } from './examine.ts'
import { compareFiles, splitPath } from './order.ts'
import type { Bounds } from './paths.ts'
import { filesByContent, type Known, knownAfter, type Place } from './store.ts'
import type { Found, Listing, Range } from './walk.ts'

export type SyncSettings = {
  ask: Ask
  scope: Scope
  root: string
  bounds: Bounds
  ranges: readonly Range[]
  /** Watch the folders on the way. */
  watch: boolean
  /** Open every file, also those that look unchanged. */
  hash: boolean
  signal: AbortSignal
  /** Told how many files more were compared. */
  progress(files: number): void
  /** Run between batches: a place for what is urgent. */
  pause(): Promise<void>
}
export type SyncResult = { ignored: number; changed: number; watched: { folders: number; limited: boolean } | null }
type Fresh = { folder: string; found: Found; known: Known | undefined }
type Gone = SaveBatch['gone'][number]

const rowsAtOnce = 500
const filesAtOnce = 200
const bytesAtOnce = 8_000_000

/** Throws the code of a root that cannot be read, and ROOT_NOT_FOUND when it was removed meanwhile. */
export async function sync(settings: SyncSettings): Promise<SyncResult> {
  const result: SyncResult = { ignored: 0, changed: 0, watched: null }
  const gone: Gone[] = []
  const save = makeSaver(settings, result)
  for (const range of settings.ranges) await syncRange(settings, range, { result, gone, save })
  await save.end()
  for (let at = 0; at < gone.length; at += filesAtOnce) {
    settings.signal.throwIfAborted()
    const batch = gone.slice(at, at + filesAtOnce).filter((row) => !save.moved.has(row.id))
    result.changed += batch.length
    if (batch.length > 0) await write(settings, [], batch)
  }
  return result
}

type Shared = { result: SyncResult; gone: Gone[]; save: ReturnType<typeof makeSaver> }

async function syncRange(settings: SyncSettings, range: Range, { result, gone, save }: Shared): Promise<void> {
  const { ask, bounds, signal } = settings
  const known = readKnown(settings, range)
  /** Folders that cannot be opened: what is known of them stays. */
  const closed: string[] = []
  const miss = (row: Known) => {
    if (!closed.some((folder) => row.folder.startsWith(folder))) gone.push(row)
  }
  const walk = await ask('open', { bounds, range, watch: settings.watch ? settings.root : null })
  try {
    for (;;) {
      signal.throwIfAborted()
      const batch = await ask('next', walk)
      const fresh: Fresh[] = []
      let files = 0
      for (const listing of batch.listings) {
        result.ignored += listing.ignored
        files += listing.files.length
        if (isClosed(listing)) closed.push(listing.folder)
        for (const found of listing.files) {
          const row = await known.find({ folder: listing.folder, name: found.name }, miss)
          if (settings.hash || !row || !isSame(row, found)) fresh.push({ folder: listing.folder, found, known: row })
        }
      }
      await save.add(fresh, () => settings.progress(files))
      if (batch.done) {
        result.watched = batch.watched ?? result.watched
        break
      }
      await settings.pause()
    }
    await known.rest(miss)
  } catch (error) {
    await ask('close', walk).catch(() => undefined)
    throw error
  }
}

const isClosed = (listing: Listing) => listing.files[0]?.reason === 'folder_unreadable' && listing.files[0].name === ''

/** Is what is stored what would be stored again? Files that could not be read are always tried again. */
function isSame(known: Known, found: Found): boolean {
  if (found.reason !== null) return known.reason === found.reason
  return known.state !== 'failed' && known.stamp !== '' && known.stamp === found.stamp && known.size === found.size
}

/** The stored rows of a range, a page at a time. */
function readKnown(settings: SyncSettings, range: Range) {
  let page: Known[] = []
  let at = 0
  let after: Place | null = null
  let ended = false

  async function peek(): Promise<Known | undefined> {
    if (at === page.length && !ended) {
      page = await knownAfter(settings.scope, settings.root, range, after, rowsAtOnce)
      at = 0
      after = page.at(-1) ?? after
      ended = page.length < rowsAtOnce
    }
    return page[at]
  }

  return {
    /** The row at a place; rows before it belong to nothing any more. */
    async find(place: Place, miss: (row: Known) => void): Promise<Known | undefined> {
      for (
        let row = at < page.length ? page[at] : await peek();
        row;
        row = at < page.length ? page[at] : await peek()
      ) {
        const order = compareFiles(row, place)
        if (order > 0) return undefined
        at++
        if (order === 0) return row
        miss(row)
      }
      return undefined
    },
    async rest(miss: (row: Known) => void): Promise<void> {
      for (let row = await peek(); row; row = await peek()) {
        at++
        miss(row)
      }
    },
  }
}

/** Examines what is new or changed and writes it, a batch being written while the next is examined. */
function makeSaver(settings: SyncSettings, result: SyncResult) {
  const moved = new Set<string>()
  let writing: Promise<void> = Promise.resolve()

  async function add(fresh: Fresh[], done: () => void): Promise<void> {
    for (const chunk of chunks(fresh)) {
      settings.signal.throwIfAborted()
      const saves = await examineChunk(settings, chunk, moved)
      await writing
      if (saves.length === 0) continue
      result.changed += saves.length
      writing = write(settings, saves, [])
      // Its failure is met at the next await.
      writing.catch(() => undefined)
    }
    done()
  }

  return { add, moved, end: () => writing }
}

function* chunks(fresh: Fresh[]): Generator<Fresh[]> {
  let chunk: Fresh[] = []
  let bytes = 0
  for (const one of fresh) {
    if (chunk.length === filesAtOnce || bytes > bytesAtOnce) {
      yield chunk
      chunk = []
      bytes = 0
    }
    chunk.push(one)
    bytes += one.found.reason === null ? one.found.size : 0
  }
  if (chunk.length > 0) yield chunk
}

async function examineChunk(settings: SyncSettings, chunk: Fresh[], moved: Set<string>): Promise<Save[]> {
  const { ask, bounds } = settings
  const open = chunk.filter((one) => one.found.reason === null)
  const paths = open.map((one) => one.folder + one.found.name)
  const examined = paths.length > 0 ? await ask('examine', { bounds, paths }) : []
  const seen = new Map(open.map((one, at) => [one, examined[at] as Examined]))
  const origins = await findMoved(settings, chunk, seen, moved)
  return chunk.flatMap((one) => toSave(one, seen.get(one), origins.get(one) ?? null) ?? [])
}

/** What is to be written of a file; nothing when it is stored like that already, or has gone again. */
function toSave(fresh: Fresh, seen: Examined | undefined, moved: string | null): Save | null {
  const { folder, found, known } = fresh
  if (seen?.outcome === 'gone') return null
  const state = seen ? (seen.outcome === 'text' ? 'indexed' : (seen.outcome as 'skipped' | 'failed')) : stateOf(found)
  const save: Save = {
    folder,
    name: found.name,
    size: seen?.size ?? found.size,
    mtime: seen?.mtime ?? found.mtime,
    stamp: seen?.stamp ?? found.stamp,
    sha256: seen?.sha256 ?? null,
    language: seen?.language ?? null,
    state,
    reason: seen ? seen.reason : found.reason,
    moved,
    index: false,
  }
  save.index = known ? known.sha256 !== save.sha256 || known.state !== save.state : state === 'indexed'
  const same = known && !save.index && known.reason === save.reason && known.stamp === save.stamp
  return same ? null : save
}

const stateOf = (found: Found) => (found.reason === 'folder_unreadable' ? 'failed' : 'skipped')

/** New files with the content of a row whose file has gone: the row moves there and keeps its id. */
async function findMoved(settings: SyncSettings, chunk: Fresh[], seen: Map<Fresh, Examined>, moved: Set<string>) {
  const origins = new Map<Fresh, string>()
  const candidates = chunk.filter((one) => !one.known && seen.get(one)?.sha256)
  if (candidates.length === 0) return origins
  const hashes = [...new Set(candidates.map((one) => seen.get(one)?.sha256 as string))]
  const rows = (await filesByContent(settings.scope, settings.root, hashes)).filter((row) => !moved.has(row.id))
  if (rows.length === 0) return origins
  const paths = rows.map((row) => row.folder + row.name)
  const there = await settings.ask('exist', { bounds: settings.bounds, paths })
  const free = rows.filter((_, at) => !there[at])
  for (const one of candidates) {
    const fitting = free.filter((row) => row.sha256 === seen.get(one)?.sha256 && !moved.has(row.id))
    const origin = fitting.find((row) => row.name === one.found.name) ?? fitting[0]
    if (!origin) continue
    moved.add(origin.id)
    origins.set(one, origin.id)
  }
  return origins
}

async function write(settings: SyncSettings, saves: Save[], gone: Gone[]): Promise<void> {
  const batch: SaveBatch = { root: settings.root, saves, gone }
  await settings.scope.apart.write(module, 'saveFiles', batch)
}

/** Ranges without those that lie inside a deep one. */
export function mergeRanges(ranges: readonly Range[]): Range[] {
  const deep = new Set(ranges.filter((range) => range.deep).map((range) => range.folder))
  const covered = (folder: string): boolean => {
    for (let above = folder; above !== ''; ) {
      above = splitPath(above.slice(0, -1)).folder
      if (deep.has(above)) return true
    }
    return false
  }
  const kept = new Map<string, Range>()
  for (const range of ranges) {
    if (covered(range.folder) || (!range.deep && deep.has(range.folder))) continue
    kept.set(range.folder, range)
  }
  return [...kept.values()]
}
