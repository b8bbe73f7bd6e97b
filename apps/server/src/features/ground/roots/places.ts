/** Which folders of a machine may become roots. */
import { constants } from 'node:fs'
import { access, opendir, realpath, stat } from 'node:fs/promises'
import { basename, isAbsolute, parse, sep } from 'node:path'
import { fail } from '@cairn/api/errors'

const systemFolders = ['/proc', '/sys', '/dev', '/run']

/**
 * The real path of a folder that may be registered. INVALID_INPUT for a path that is not absolute, ROOT_NOT_READABLE
 * when it is missing, no folder or closed to us, ROOT_NOT_ALLOWED for Cairn's own data and for folders of the system.
 */
export async function checkPlace(path: string, home: string): Promise<string> {
  if (!isAbsolute(path)) throw fail('INVALID_INPUT', {}, [{ path: '/path', message: 'must be an absolute path' }])
  const real = await realpath(path).catch((error: unknown) => {
    throw unreadable(error)
  })
  const found = await stat(real)
  if (!found.isDirectory()) throw fail('ROOT_NOT_READABLE', { reason: 'it is not a folder' })
  const own = await realpath(home).catch(() => home)
  if (isWithin(own, real)) throw fail('ROOT_NOT_ALLOWED', { reason: 'Cairn keeps its own data there' })
  const ofSystem = systemFolders.some((folder) => isWithin(folder, real))
  if (real === parse(real).root || ofSystem) throw fail('ROOT_NOT_ALLOWED', { reason: 'it belongs to the system' })
  if (!isText(real)) throw fail('ROOT_NOT_ALLOWED', { reason: 'its name is not UTF-8' })
  await checkOpens(real)
  return real
}

/** A path with bytes that are no UTF-8 would not lead back to its folder. */
const isText = (path: string) => path.isWellFormed() && !path.includes('\uFFFD')

async function checkOpens(real: string): Promise<void> {
  try {
    await access(real, constants.R_OK | constants.X_OK)
    await (await opendir(real)).close()
  } catch (error) {
    throw unreadable(error)
  }
}

const reasons: Record<string, string> = {
  ENOENT: 'it is not there',
  ENOTDIR: 'it is not there',
  ENAMETOOLONG: 'it is not there',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ELOOP: 'its links lead in a circle',
}
const unreadable = (error: unknown) => {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
  return fail('ROOT_NOT_READABLE', { reason: reasons[code] ?? code }, [], error)
}

/** Whether `path` is `folder` or lies below it; both real. */
export const isWithin = (folder: string, path: string) =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep)

/** What to call a folder: its own name, or with a number behind it where that is taken. */
export function nameFor(real: string, taken: ReadonlySet<string>): string {
  const wanted = basename(real)
  for (let number = 1; ; number++) {
    const name = number === 1 ? wanted : `${wanted} ${number}`
    if (!taken.has(name)) return name
  }
}
