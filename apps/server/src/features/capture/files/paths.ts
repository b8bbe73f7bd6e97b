/**
 * The one door to the user's files: whatever reads below a root goes through here. A path is resolved, links and all, at
 * the time of use and must end below its root; git's own data, links out, devices and pipes are refused; what was opened
 * is checked once more, by its descriptor, so that a folder swapped for a link in between gains nothing.
 */
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  realpathSync,
  type Stats,
} from 'node:fs'
import { basename, dirname, join, sep } from 'node:path'
import { type CairnError, fail } from '@cairn/api/errors'

const noFollow = constants.O_NOFOLLOW ?? 0
/** Not to hang on a pipe that took a file's place. */
const nonBlock = constants.O_NONBLOCK ?? 0
const folderOnly = constants.O_DIRECTORY ?? 0
const hasDescriptorPaths = process.platform === 'linux'

/** A root's real path, and the real path of CAIRN_HOME, which is never readable although a root may contain it. */
export type Bounds = { root: string; home: string }
export type Opened = { fd: number; stats: Stats; real: string }

/** A relative path as a caller writes it, without empty and `.` segments; PATH_NOT_ALLOWED where it leads elsewhere. */
export function cleanPath(path: string): string {
  if (path.includes('\0') || path.startsWith('/')) throw fail('PATH_NOT_ALLOWED')
  const segments = path.split('/').filter((segment) => segment !== '' && segment !== '.')
  if (segments.includes('..') || segments.some(isGitData)) throw fail('PATH_NOT_ALLOWED')
  return segments.join('/')
}

/** `.git` in the spellings that file systems fold together (case, invisible characters, endings). */
const isGitData = (segment: string) =>
  /^(\.git|git~1)$/i.test(segment.replace(/[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g, '').replace(/[. ]+$/, ''))

/** Whether the real path `path` is the folder `root` or lies below it. */
export const isBelow = (root: string, path: string) =>
  path === root || path.startsWith(root.endsWith(sep) ? root : root + sep)

const isWithin = (bounds: Bounds, real: string) => isBelow(bounds.root, real) && !isBelow(bounds.home, real)

/** Whether a name in an opened folder is CAIRN_HOME. */
export const isCairnData = (bounds: Bounds, folder: Opened, name: string) => join(folder.real, name) === bounds.home

/**
 * The real path behind `path` below `root` (itself a real path). FILE_NOT_FOUND, FILE_NOT_READABLE, or
 * PATH_NOT_ALLOWED when links lead out of the root or into git's data.
 */
export function locate(bounds: Bounds, path: string): string {
  const clean = cleanPath(path)
  let real: string
  try {
    real = realpathSync.native(join(bounds.root, clean))
  } catch (error) {
    throw refusal(error)
  }
  if (!isWithin(bounds, real)) throw fail('PATH_NOT_ALLOWED')
  if (real.slice(bounds.root.length).split(sep).some(isGitData)) throw fail('PATH_NOT_ALLOWED')
  return real
}

/** Opens a regular file below a root for reading; the caller closes `fd`. */
export function openFile(bounds: Bounds, path: string): Opened {
  const opened = open(bounds, locate(bounds, path), 0)
  if (opened.stats.isFile()) return opened
  closeSync(opened.fd)
  throw opened.stats.isDirectory() ? fail('FILE_NOT_READABLE', { reason: 'it is a folder' }) : fail('PATH_NOT_ALLOWED')
}

/** Opens a folder below a root; the caller closes `fd`. */
export const openFolder = (bounds: Bounds, path: string): Opened => open(bounds, locate(bounds, path), folderOnly)

/** Opens what stands at a path that is real already, and makes sure that it is still that. */
function open(bounds: Bounds, real: string, flags: number): Opened {
  let fd: number
  try {
    // Devices act on being opened: look first, although only the look at the descriptor counts.
    const before = lstatSync(real)
    if (!before.isFile() && !before.isDirectory()) throw fail('PATH_NOT_ALLOWED')
    fd = openSync(real, constants.O_RDONLY | noFollow | nonBlock | flags)
  } catch (error) {
    throw refusal(error)
  }
  try {
    const stats = fstatSync(fd)
    if (!isWithin(bounds, pathOfDescriptor(fd, real, stats))) throw fail('PATH_NOT_ALLOWED')
    return { fd, stats, real }
  } catch (error) {
    closeSync(fd)
    throw refusal(error)
  }
}

/** Where the opened file really is. Systems that cannot tell are asked whether the path still leads to it. */
function pathOfDescriptor(fd: number, real: string, stats: Stats): string {
  if (hasDescriptorPaths) return readlinkSync(`/proc/self/fd/${fd}`)
  const now = realpathSync.native(real)
  const there = lstatSync(now)
  if (there.ino !== stats.ino || there.dev !== stats.dev)
    throw fail('FILE_NOT_READABLE', { reason: 'it is being replaced' })
  return now
}

/** Status of what stands at a path below a root, links not followed at its end; null when nothing does. */
export function statOf(bounds: Bounds, path: string): Stats | null {
  const clean = cleanPath(path)
  try {
    const folder = locate(bounds, dirname(clean) === '.' ? '' : dirname(clean))
    return lstatSync(join(folder, basename(clean)), { throwIfNoEntry: false }) ?? null
  } catch {
    return null
  }
}

export const close = (opened: Opened) => closeSync(opened.fd)

/** The names in an opened folder, as bytes, with their kinds. */
export function namesOf(folder: Opened) {
  const path = hasDescriptorPaths ? `/proc/self/fd/${folder.fd}` : folder.real
  try {
    return readdirSync(path, { withFileTypes: true, encoding: 'buffer' })
  } catch (error) {
    throw refusal(error)
  }
}

/** Status of a name in an opened folder, links not followed; null when it has gone. */
export function statIn(folder: Opened, name: string): Stats | null {
  const path = hasDescriptorPaths ? `/proc/self/fd/${folder.fd}/${name}` : join(folder.real, name)
  return lstatSync(path, { throwIfNoEntry: false }) ?? null
}

/** Opens a regular file by its name in an opened folder; null when it is none, has gone, or may not be read. */
export function openIn(bounds: Bounds, folder: Opened, name: string): Opened | null {
  try {
    // Mostly there is none, and a thrown error costs more than a look.
    if (!statIn(folder, name)) return null
    const opened = open(bounds, join(folder.real, name), 0)
    if (opened.stats.isFile()) return opened
    closeSync(opened.fd)
  } catch {
    // Whoever needs the reason opens it by its path.
  }
  return null
}

/** Reads at most `limit` bytes from the beginning of an opened file. */
export function readUpTo(file: Opened, limit: number): Buffer {
  const bytes = Buffer.allocUnsafe(Math.min(limit, file.stats.size))
  let filled = 0
  try {
    while (filled < bytes.length) {
      const read = readSync(file.fd, bytes, filled, bytes.length - filled, filled)
      if (read === 0) break
      filled += read
    }
  } catch (error) {
    throw refusal(error)
  }
  return bytes.subarray(0, filled)
}

const reasons: Record<string, string> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EIO: 'the disk reports an error',
  EBUSY: 'it is in use',
  ETXTBSY: 'it is in use',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
}

/** A system's error as one of ours. Never carries a path of the machine. */
export function refusal(error: unknown): CairnError {
  if (error instanceof Error && error.name === 'CairnError') return error as CairnError
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG') return fail('FILE_NOT_FOUND', {}, [], error)
  if (code === 'ELOOP' || code === 'ENXIO') return fail('PATH_NOT_ALLOWED', {}, [], error)
  return fail('FILE_NOT_READABLE', { reason: reasons[code] ?? code }, [], error)
}
