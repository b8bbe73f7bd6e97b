/** Why something is no history that can be read. It crosses from the reader's thread as a value, since errors lose their code there. */
import { fail } from '@cairn/api/errors'

export type Problem = { problem: string }

export const isProblem = (value: object): value is Problem => 'problem' in value

/** The value itself, or PROFILE_NOT_READABLE with the reason. */
export function sound<T extends object>(value: T | Problem): T {
  if (isProblem(value)) throw fail('PROFILE_NOT_READABLE', { reason: value.problem })
  return value
}

const reasons: Record<string, string> = {
  ENOENT: 'there is nothing at that path',
  ENOTDIR: 'there is nothing at that path',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ELOOP: 'its links lead in a circle',
  ENAMETOOLONG: 'the path is too long',
  EIO: 'the disk reports an error',
}

/** What went wrong with a file, in words; what is no matter of the file is thrown on. */
export function problemOf(error: unknown): Problem {
  const code = (error as NodeJS.ErrnoException).code ?? ''
  if (code === 'ENOSPC') throw fail('DISK_FULL', {}, [], error)
  const reason = reasons[code]
  if (reason) return { problem: reason }
  throw error
}
