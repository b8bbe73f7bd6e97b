/**
 * The thread that touches the user's files: walks, reads, hashes and watches, so that a slow disk or a large file never
 * holds up the core's loop. It knows no database; `disk.ts` is its other side.
 */
import { parentPort } from 'node:worker_threads'
import { systemClock } from '../../../kernel/clock.ts'
import { type Packed, pack } from '../../../kernel/database/packed-error.ts'
import { maskSecrets } from '../../../kernel/masking.ts'
import { type Content, readContent } from './content.ts'
import { type Examined, examine } from './examine.ts'
import { listLevel } from './level.ts'
import { type Bounds, close, locate, openFolder, statOf } from './paths.ts'
import { type Listing, type Range, walk } from './walk.ts'
import { makeWatching, type Watching, type WatchNews } from './watch.ts'

/** Files that one answer of `next` holds at least, unless the walk ends. */
const batchFiles = 1_000
const batchFolders = 200

type Walking = { steps: Iterator<Listing>; range: Range; watching: Watching | null; since: number }
const walks = new Map<number, Walking>()
const watchings = new Map<string, Watching>()
let lastWalk = 0

export type Batch = {
  listings: Listing[]
  done: boolean
  /** After the last batch of a walk that watches. */
  watched: { folders: number; limited: boolean } | null
}

const handlers = {
  /** Begins a walk; with `watch` (a root's id) the folders on the way are watched from then on. */
  open({ bounds, range, watch }: { bounds: Bounds; range: Range; watch: string | null }): number {
    const watching = watch === null ? null : watchingOf(watch, bounds)
    const since = (range.deep && watching?.begin()) || 0
    const steps = inParts(walk(bounds, range, watching ? { enter: watching.enter } : {}), watching)
    walks.set(++lastWalk, { steps, range, watching, since })
    return lastWalk
  },

  next(number: number): Batch {
    const walking = walks.get(number) as Walking
    const listings: Listing[] = []
    let files = 0
    while (files < batchFiles && listings.length < batchFolders) {
      const step = walking.steps.next()
      if (step.done) {
        walks.delete(number)
        const watched = walking.range.deep ? (walking.watching?.end(walking.range, walking.since) ?? null) : null
        return { listings, done: true, watched }
      }
      listings.push(step.value)
      files += step.value.files.length
    }
    return { listings, done: false, watched: null }
  },

  /** Gives up a walk. */
  close(number: number): void {
    walks.delete(number)
  },

  /** How many files a walk would meet. */
  count(bounds: Bounds): number {
    let files = 0
    for (const listing of walk(bounds, { folder: '', deep: true }, { light: true })) files += listing.files.length
    return files
  },

  examine({ bounds, paths }: { bounds: Bounds; paths: string[] }): Examined[] {
    return paths.map((path) => examine(bounds, path, systemClock.now()))
  },

  /** Which of these paths lead to a file. */
  exist({ bounds, paths }: { bounds: Bounds; paths: string[] }): boolean[] {
    return paths.map((path) => statOf(bounds, path) !== null)
  },

  /** A file as it is shown; with `mask` its secrets are taken out. */
  content({ bounds, path, mask }: { bounds: Bounds; path: string; mask: boolean }): Content {
    const content = readContent(bounds, path)
    return mask && content.text !== null ? { ...content, text: maskSecrets(content.text) } : content
  },

  /** The texts of files for the index, without their secrets; null for what is no text. */
  texts: ({ bounds, paths }: { bounds: Bounds; paths: string[] }): (string | null)[] =>
    paths.map((path) => {
      const { text } = readContent(bounds, path)
      return text === null ? null : maskSecrets(text)
    }),

  level: ({ bounds, path, after, limit }: { bounds: Bounds; path: string; after: string | null; limit: number }) =>
    listLevel(bounds, path, after, limit),

  /** The real path behind a path below a root. */
  locate: ({ bounds, path }: { bounds: Bounds; path: string }) => locate(bounds, path),

  /** Throws unless the root can be read. */
  probe(bounds: Bounds): void {
    close(openFolder(bounds, ''))
  },

  unwatch(root: string): void {
    watchings.get(root)?.close()
    watchings.delete(root)
  },
}

/** Cuts long listings, so that a folder of a million files does not cross in one piece. */
function* inParts(listings: Iterable<Listing>, watching: Watching | null): Generator<Listing> {
  for (const listing of listings) {
    watching?.seen(listing)
    const { folder, files, folders, ignored } = listing
    yield { folder, files: files.slice(0, batchFiles), folders, ignored }
    for (let at = batchFiles; at < files.length; at += batchFiles) {
      yield { folder, files: files.slice(at, at + batchFiles), folders: [], ignored: 0 }
    }
  }
}

export type Handlers = typeof handlers
export type Request = { id: number; name: keyof Handlers; argument: unknown }
export type Reply = { id: number; value: unknown } | { id: number; error: Packed } | { root: string; news: WatchNews }

function watchingOf(root: string, bounds: Bounds): Watching {
  const known = watchings.get(root)
  if (known) return known
  const made = makeWatching(bounds, (news) => parentPort?.postMessage({ root, news } satisfies Reply))
  watchings.set(root, made)
  return made
}

parentPort?.on('message', ({ id, name, argument }: Request) => {
  try {
    const value = (handlers[name] as (argument: unknown) => unknown)(argument)
    parentPort?.postMessage({ id, value } satisfies Reply)
  } catch (error) {
    parentPort?.postMessage({ id, error: pack(error) } satisfies Reply)
  }
})
