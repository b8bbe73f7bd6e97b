/** Repositories for tests, made with plain git under a name of their own, away from the machine's configuration. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const environment = {
  PATH: '/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin',
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.org',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.org',
}
type Times = { at?: number }

/** Runs plain git; throws with what it says. */
export const git = (folder: string, args: string[], options: Times & { input?: string } = {}) =>
  execFileSync('git', args, {
    cwd: folder,
    env: { ...environment, ...(options.at && dates(options.at)) },
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(options.input !== undefined && { input: options.input }),
  }).trim()

/** The same, whatever comes of it: a control that runs what a repository planted. */
export const plainGit = (folder: string, args: string[]) =>
  spawnSync('git', args, { cwd: folder, env: { ...environment, GIT_PAGER: 'cat' }, encoding: 'utf8' })

/** Seconds since the epoch. */
const dates = (at: number) => ({ GIT_AUTHOR_DATE: `${at} +0000`, GIT_COMMITTER_DATE: `${at} +0000` })

export function makeRepository(folder: string, files: Record<string, string> = { 'a.txt': 'first\n' }): string {
  mkdirSync(folder, { recursive: true })
  git(folder, ['init', '-q', '-b', 'main'])
  return commitFiles(folder, files, 'first commit')
}

/** Writes files and commits them; the commit's name. */
export function commitFiles(
  folder: string,
  files: Record<string, string>,
  message: string,
  options: Times = {},
): string {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
  git(folder, ['add', '-A'])
  git(folder, ['commit', '-q', '--allow-empty', '-m', message], options)
  return git(folder, ['rev-parse', 'HEAD'])
}
