/** Finds where a working copy keeps its data, and refuses data that lies outside the folders that may be read. */
import { lstat, readFile, realpath, stat } from 'node:fs/promises'
import { dirname, join, resolve, sep } from 'node:path'
import { fail } from '@cairn/api/errors'

export type GitDir = {
  /** Of this working copy: `HEAD`, `index`. */
  own: string
  /** Shared by all working copies: refs, objects, configuration. */
  common: string
}

const maxPointerBytes = 8_192
/** What git follows without asking. */
const followed = [
  'HEAD',
  'config',
  'index',
  'packed-refs',
  'refs',
  'refs/heads',
  'objects',
  'objects/pack',
  'logs',
  'info',
]

/**
 * The data of the working copy at `folder` (real). REPO_NOT_READABLE when there is none, or when it, a part of it or a
 * store that it borrows from lies outside every one of `roots` (real paths).
 */
export async function findGitDir(folder: string, roots: readonly string[]): Promise<GitDir> {
  const own = await within(roots, await dataFolder(folder))
  const shared = await pointer(join(own, 'commondir'))
  const common = shared === null ? own : await within(roots, resolve(own, shared))
  for (const name of followed) {
    await within(roots, join(own, name), true)
    await within(roots, join(common, name), true)
  }
  for (const line of (await pointer(join(common, 'objects/info/alternates')))?.split('\n') ?? []) {
    if (line !== '' && !line.startsWith('#')) await within(roots, resolve(common, 'objects', line), true)
  }
  return { own, common }
}

async function dataFolder(folder: string): Promise<string> {
  const path = join(folder, '.git')
  const found = await lstat(path).catch(() => null)
  if (!found) throw fail('REPO_NOT_READABLE', { reason: 'there is none' })
  if (!found.isFile()) return path
  // A linked working copy or a submodule: the file names the folder.
  const named = /^gitdir: (.+)$/.exec((await pointer(path)) ?? '')?.[1]
  if (named === undefined) throw fail('REPO_NOT_READABLE', { reason: 'its .git is neither a folder nor names one' })
  return resolve(folder, named)
}

/** The text of a small file without the line end; null when there is none. */
async function pointer(path: string): Promise<string | null> {
  const found = await stat(path).catch(() => null)
  if (!found?.isFile() || found.size > maxPointerBytes) return null
  return (await readFile(path, 'utf8')).trimEnd()
}

/** The real path, if it lies below a root; as given, if it may be absent and is. */
async function within(roots: readonly string[], path: string, mayBeAbsent = false): Promise<string> {
  const real = await realpath(path).catch(() => null)
  if (real === null) {
    // What is absent by its own name is not followed; a link into nothing may lead somewhere later.
    if (mayBeAbsent && !(await lstat(path).catch(() => null))) return path
    throw fail('REPO_NOT_READABLE', { reason: 'its data is not there' })
  }
  if (roots.some((root) => real === root || real.startsWith(root + sep))) return real
  throw fail('REPO_NOT_READABLE', { reason: outside })
}

export const outside = 'its data lies outside the registered folders'

/** Folders in which git writes when a ref moves. */
export const refFolders = ({ own, common }: GitDir): string[] => [
  ...new Set([own, join(own, 'logs'), common, join(common, 'refs/heads'), join(common, 'refs/tags')]),
]

/** Whether a path in one of them tells of a ref. */
export const tellsOfRef = (folder: string, name: string, { own, common }: GitDir): boolean =>
  !name.endsWith('.lock') &&
  (folder === own || folder === common ? ['HEAD', 'packed-refs', 'FETCH_HEAD'].includes(name) : dirname(name) === '.')
