/**
 * Runs the system's git on repositories that nobody vouches for: by its absolute path, with an argument array, a clean
 * environment and a configuration that outranks the repository's own, so that nothing of what a repository may name
 * there is run: hooks, monitors, filters, text converters, external diffs, signature checkers, transports, submodules.
 * Time, output and processes are bounded. What each setting forbids is proved in `hostile.test.ts`.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { delimiter, dirname, isAbsolute, join } from 'node:path'
import { type CairnError, fail } from '@cairn/api/errors'

export type GitRequest = {
  /** Top folder of a working copy, real. */
  folder: string
  args: readonly string[]
  /** Written to its standard input. */
  input?: string
  /** Milliseconds; default 5,000. */
  timeout?: number
  /** Bytes of output; default 16 MiB. */
  maxBytes?: number
  signal?: AbortSignal
  /** Names of filter drivers to switch off. */
  filters?: readonly string[]
}
export type GitResult = { code: number; stdout: Buffer; stderr: string }
export type RunGit = (request: GitRequest) => Promise<GitResult>

const defaultTimeout = 5_000
const defaultBytes = 16_777_216
const stderrBytes = 8_192
/** How many git processes run at once. */
const atOnce = 4

const nothing = '/dev/null'
/** Outranks what the repository's own configuration says. */
const settings: readonly (readonly [string, string])[] = [
  ['core.fsmonitor', 'false'],
  ['core.hooksPath', nothing],
  ['core.attributesFile', nothing],
  ['core.excludesFile', nothing],
  ['core.pager', 'cat'],
  ['core.editor', 'false'],
  ['core.sshCommand', 'false'],
  ['core.gitProxy', 'false'],
  ['core.askPass', 'false'],
  ['core.alternateRefsCommand', 'false'],
  ['core.untrackedCache', 'false'],
  ['core.quotePath', 'false'],
  ['credential.helper', ''],
  ['safe.bareRepository', 'explicit'],
  ['protocol.allow', 'never'],
  ['protocol.ext.allow', 'never'],
  ['gpg.program', 'false'],
  ['gpg.openpgp.program', 'false'],
  ['gpg.x509.program', 'false'],
  ['gpg.ssh.program', 'false'],
  ['log.showSignature', 'false'],
  ['log.mailmap', 'false'],
  ['diff.orderFile', nothing],
  ['diff.ignoreSubmodules', 'all'],
  ['diff.submodule', 'short'],
  ['status.submoduleSummary', 'false'],
  ['submodule.recurse', 'false'],
  ['color.ui', 'false'],
  ['i18n.logOutputEncoding', 'UTF-8'],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
]

const flags = ['--no-pager', '--no-optional-locks', '--no-replace-objects', '--literal-pathspecs']

export function makeRunGit(searchPath: string): RunGit {
  const folders = searchPath.split(delimiter).filter((folder) => isAbsolute(folder))
  let program: Promise<string> | undefined
  const gate = makeTurns(atOnce)

  async function find(): Promise<string> {
    const name = process.platform === 'win32' ? 'git.exe' : 'git'
    for (const folder of folders) {
      const path = join(folder, name)
      const runs = await access(path, constants.X_OK).then(
        () => true,
        () => false,
      )
      if (runs) return path
    }
    throw fail('GIT_UNAVAILABLE')
  }

  return async (request) => {
    program ??= find().catch((error: unknown) => {
      // It may be installed while we run.
      program = undefined
      throw error
    })
    const path = await program
    return gate(() => run(path, request))
  }
}

function run(program: string, request: GitRequest): Promise<GitResult> {
  request.signal?.throwIfAborted()
  const { timeout = defaultTimeout, maxBytes = defaultBytes, signal } = request
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...flags, ...request.args], {
      cwd: request.folder,
      env: environment(request),
      shell: false,
      windowsHide: true,
      // A group of its own, so that whatever it starts ends with it.
      detached: process.platform !== 'win32',
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    const out: Buffer[] = []
    let bytes = 0
    let stderr = ''
    let refusal: unknown
    const end = (error: unknown) => {
      refusal ??= error
      killGroup(child)
    }
    const timer = setTimeout(() => end(fail('GIT_TIMEOUT', { seconds: timeout / 1_000 })), timeout)
    const onAbort = () => end(signal?.reason)
    signal?.addEventListener('abort', onAbort, { once: true })
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > maxBytes) end(tooMuch())
      else out.push(chunk)
    })
    child.stderr.on('data', (chunk: Buffer) => {
      if (stderr.length < stderrBytes) stderr += chunk.toString()
    })
    // It may end before it has read everything.
    child.stdin.on('error', () => undefined)
    child.stdin.end(request.input ?? '')
    child.on('error', (error: NodeJS.ErrnoException) => end(error.code === 'ENOENT' ? goneFolder() : error))
    child.on('close', (code) => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      if (refusal) reject(refusal)
      else resolve({ code: code ?? -1, stdout: Buffer.concat(out), stderr })
    })
  })
}

const tooMuch = () => fail('REPO_NOT_READABLE', { reason: 'git answers more than can be held' })
const goneFolder = () => fail('REPO_NOT_READABLE', { reason: 'the folder is not there' })

function killGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined && process.platform !== 'win32') process.kill(-child.pid, 'SIGKILL')
    else child.kill('SIGKILL')
  } catch {
    child.kill('SIGKILL')
  }
}

function environment({ folder, filters = [] }: GitRequest): NodeJS.ProcessEnv {
  const off = filters.flatMap((name): [string, string][] => [
    [`filter.${name}.clean`, ''],
    [`filter.${name}.smudge`, ''],
    [`filter.${name}.process`, ''],
    [`filter.${name}.required`, 'false'],
  ])
  const all = [...settings, ...off]
  const pairs = all.flatMap(([key, value], at): [string, string][] => [
    [`GIT_CONFIG_KEY_${at}`, key],
    [`GIT_CONFIG_VALUE_${at}`, value],
  ])
  return {
    // Found by its absolute path already; what git itself starts are its own parts.
    PATH: '/usr/bin:/bin',
    LC_ALL: 'C',
    TZ: 'UTC',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_SYSTEM: nothing,
    GIT_CONFIG_GLOBAL: nothing,
    GIT_ATTR_NOSYSTEM: '1',
    // Only this folder, not those above it; and its own files, whatever `core.worktree` says.
    GIT_CEILING_DIRECTORIES: dirname(folder),
    GIT_WORK_TREE: folder,
    // Missing objects are not fetched, whatever transport the repository names.
    GIT_NO_LAZY_FETCH: '1',
    GIT_ALLOW_PROTOCOL: 'none',
    GIT_TERMINAL_PROMPT: '0',
    GIT_PAGER: 'cat',
    GIT_CONFIG_COUNT: String(all.length),
    ...Object.fromEntries(pairs),
  }
}

/** What a failed call says about the repository. Never carries git's own words, which may quote any file. */
export function refusalOf(result: GitResult): CairnError {
  if (/dubious ownership/.test(result.stderr)) {
    return fail('REPO_NOT_READABLE', { reason: 'it belongs to another user of this machine' })
  }
  if (/not a git repository/.test(result.stderr)) return fail('REPO_NOT_READABLE', { reason: 'there is none' })
  return fail('REPO_NOT_READABLE', { reason: 'it is damaged, or of a kind that this git does not know' })
}

/** Lets so many run at once; the others wait in order. */
function makeTurns(limit: number) {
  const waiting: (() => void)[] = []
  let running = 0
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (running >= limit) await new Promise<void>((resolve) => waiting.push(resolve))
    running++
    try {
      return await work()
    } finally {
      running--
      waiting.shift()?.()
    }
  }
}
