/**
 * Notices changes below a root: one watch per folder (a watch per file would cost ten times the memory), a pause of
 * 300 ms to let a burst end, then a look at the folders that moved. What is told are folders to compare with the index,
 * so an event that the system loses costs nothing but time. Runs in the thread that reads files.
 */
import { type FSWatcher, watch } from 'node:fs'
import { dirname } from 'node:path'
import { systemClock } from '../../../kernel/clock.ts'
import { type Bounds, refusal } from './paths.ts'
import { type Listing, type Range, walk } from './walk.ts'

const quietMilliseconds = 300
const longestMilliseconds = 1_000
/** These systems watch a whole tree with one watch. */
const wholeTree = process.platform === 'darwin' || process.platform === 'win32'

type Folder = {
  identity: string
  watcher: FSWatcher | null
  round: number
  signature: number
  folders: readonly string[]
}
export type Watching = ReturnType<typeof makeWatching>
export type WatchNews =
  | { changes: Range[] }
  /** The system grants no more watches. */
  | { limit: string }
  /** The root itself cannot be read any more. */
  | { lost: string }

export function makeWatching(bounds: Bounds, tell: (news: WatchNews) => void) {
  const folders = new Map<string, Folder>()
  const dirty = new Map<string, boolean>()
  let round = 0
  let limited = false
  let timer: NodeJS.Timeout | undefined
  let since = 0
  let closed = false

  /** Watches a folder that is about to be read. */
  function enter(folder: string, identity: string): void {
    const known = folders.get(folder)
    if (known?.identity === identity && (known.watcher || wholeTree)) {
      known.round = round
      return
    }
    known?.watcher?.close()
    folders.set(folder, { identity, watcher: open(folder), round, signature: 0, folders: [] })
  }

  function open(folder: string): FSWatcher | null {
    if (closed || limited || (wholeTree && folder !== '')) return null
    try {
      // With a slash at its end, so that news of the folder itself come without a name.
      const watcher = watch(`${bounds.root}/${folder}`, { recursive: wholeTree }, (event, name) =>
        notice(folder, name, event),
      )
      watcher.on('error', () => notice(folder, null, 'change'))
      return watcher
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'ENOSPC' || code === 'EMFILE' || code === 'ENOMEM') reachLimit()
      return null
    }
  }

  function reachLimit(): void {
    limited = true
    tell({ limit: 'The system grants no more watches for folders (on Linux: fs.inotify.max_user_watches).' })
  }

  function notice(folder: string, name: string | null, event: string): void {
    // The folder itself went or was moved: the watch died with it, even if another of this name is there by now.
    const known = event === 'rename' && !wholeTree && !name ? folders.get(folder) : undefined
    if (known) known.identity = ''
    const at = wholeTree && name ? `${dirname(name).replaceAll('\\', '/')}/`.replace(/^\.\/$/, '') : folder
    const file = name?.replaceAll('\\', '/').split('/').at(-1)
    // A change of rules concerns everything below.
    const deep = file === '.gitignore' || file === '.cairnignore'
    dirty.set(at, deep || (dirty.get(at) ?? false))
    const now = systemClock.monotonic()
    if (!timer) since = now
    clearTimeout(timer)
    timer = setTimeout(flush, Math.max(0, Math.min(quietMilliseconds, since + longestMilliseconds - now)))
  }

  function flush(): void {
    timer = undefined
    const noticed = [...dirty]
    dirty.clear()
    const changes: Range[] = []
    try {
      for (const [folder, deep] of noticed) changes.push(...compare(folder, deep))
    } catch (error) {
      tell({ lost: String(refusal(error).parameters.reason ?? 'it is not there') })
      return
    }
    if (changes.length > 0) tell({ changes })
  }

  /** What became of one folder since it was last listed. */
  function compare(folder: string, deep: boolean): Range[] {
    const known = folders.get(folder)
    // Below a folder that came and was not listed yet, or is left out.
    if (!known && folder !== '') return []
    let identity = ''
    const [listing] = walk(bounds, { folder, deep: false }, { enter: (_, self) => void (identity = self) })
    if (!listing) {
      forget(folder)
      return [{ folder, deep: true }]
    }
    if (listing.folder !== folder) return [{ folder: listing.folder, deep: false }]
    if (deep || known?.identity !== identity) return [{ folder, deep: true }]
    const gone = known.folders.filter((name) => !listing.folders.includes(name)).map((name) => `${folder}${name}/`)
    const come = listing.folders.filter((name) => !folders.has(`${folder}${name}/`)).map((name) => `${folder}${name}/`)
    for (const below of gone) forget(below)
    const below = [...gone, ...come].map((path) => ({ folder: path, deep: true }))
    return known.signature === signatureOf(listing) ? below : [{ folder, deep: false }, ...below]
  }

  /** Notes what a folder held when it was compared with the index. */
  function seen(listing: Listing): void {
    const known = folders.get(listing.folder)
    if (known) Object.assign(known, { signature: signatureOf(listing), folders: listing.folders })
  }

  function forget(folder: string): void {
    for (const [path, known] of folders) {
      if (!path.startsWith(folder)) continue
      known.watcher?.close()
      folders.delete(path)
    }
  }

  return {
    enter,
    seen,
    /** Begins a walk over everything below a folder; the answer is for its end. */
    begin(): number {
      limited = false
      return ++round
    },
    /** Ends it: folders that nothing met since are not watched any longer. */
    end(range: Range, since: number) {
      for (const [path, known] of folders) {
        if (known.round >= since || !path.startsWith(range.folder)) continue
        known.watcher?.close()
        folders.delete(path)
      }
      return { folders: folders.size, limited }
    },
    close() {
      closed = true
      clearTimeout(timer)
      forget('')
    },
  }
}

/** FNV-1a over names and stamps. */
function signatureOf(listing: Listing): number {
  let hash = 0x811c9dc5
  const add = (text: string) => {
    for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  }
  for (const file of listing.files) add(`${file.name}\0${file.stamp}\0${file.reason ?? ''}\0`)
  return hash
}
