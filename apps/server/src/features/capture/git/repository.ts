/** What is asked of one repository. Each function takes its folder anew: it may have changed into something else. */
import { fail } from '@cairn/api/errors'
import { logFormat, parseFiles, parseLog, parseStatus, type Status } from './parse.ts'
import { type GitRequest, type GitResult, type RunGit, refusalOf } from './run.ts'

export type Limits = Pick<GitRequest, 'timeout' | 'signal' | 'maxBytes'>
export type Ref = { name: string; sha: string }
export type BranchEntry = {
  /** `refs/heads/…` or `refs/remotes/…`. */
  ref: string
  sha: string
  current: boolean
  upstream: string | null
  ahead: number | null
  behind: number | null
  committed: number
  subject: string
}

export type Repository = ReturnType<typeof openRepository>

/** `folder` is the real path of a working copy whose data was found by `findGitDir`. */
export function openRepository(runGit: RunGit, folder: string) {
  async function ask(args: readonly string[], rest: Omit<GitRequest, 'folder' | 'args'> = {}): Promise<GitResult> {
    const result = await runGit({ folder, args, ...rest })
    if (result.code !== 0) throw refusalOf(result)
    return result
  }

  /** Filters would run on files that changed; which there are, only the configuration knows. */
  async function filters(limits: Limits): Promise<string[]> {
    const args = ['config', '-z', '--name-only', '--get-regexp', '^filter\\.']
    const result = await runGit({ folder, args, ...limits })
    if (result.code !== 0 && result.code !== 1) throw refusalOf(result)
    const names = text(result)
      .split('\0')
      .flatMap((key) => /^filter\.([^]*)\.[^.]*$/.exec(key)?.[1] ?? [])
    return [...new Set(names)]
  }

  /** Branch, upstream and what changed, of the whole working copy. */
  async function status(limits: Limits = {}): Promise<Status> {
    const args = ['status', '--porcelain=v2', '--branch', '-z', '--untracked-files=normal', '--ignore-submodules=all']
    return parseStatus(text(await ask(args, { ...limits, filters: await filters(limits) })))
  }

  /** Branches and tags with their commits, the newest 5,000, and the branch that is checked out. */
  async function refs(limits: Limits = {}): Promise<{ branch: string | null; refs: Ref[] }> {
    const peeled = '%(if)%(*objectname)%(then)%(*objectname)%(else)%(objectname)%(end)'
    const format = `--format=%(refname)%00${peeled}%00%(HEAD)%00`
    const args = ['for-each-ref', '--count=5000', '--sort=-creatordate', format, 'refs/heads', 'refs/tags']
    const found = records(text(await ask(args, limits)), 3)
    const current = found.find(([, , head]) => head === '*')?.[0]
    return {
      branch: current?.slice('refs/heads/'.length) ?? null,
      refs: found.map(([name, sha]) => ({ name: name as string, sha: sha as string })),
    }
  }

  /** Names of commits that branches and the working copy reach and `known` commits do not, newest first. */
  async function reachable(known: readonly string[], most: number, limits: Limits = {}): Promise<string[]> {
    const args = ['rev-list', '--ignore-missing', '--date-order', `--max-count=${most}`, '--branches', '--stdin']
    const head = await runGit({ folder, args: ['rev-parse', '-q', '--verify', 'HEAD^{commit}'], ...limits })
    const input = [...(head.code === 0 ? [text(head).trim()] : []), ...known.map((sha) => `^${sha}`)]
    const result = await ask(args, { ...limits, input: input.map((line) => `${line}\n`).join('') })
    return text(result)
      .split('\n')
      .filter((line) => line !== '')
  }

  /** These commits and the files that each changed against its first parent; a merge has none. */
  async function commits(shas: readonly string[], limits: Limits = {}) {
    const input = shas.map((sha) => `${sha}\n`).join('')
    const show = ['log', '-z', '--no-walk=unsorted', '--no-notes', '--no-decorate', '--no-color', logFormat, '--stdin']
    const entries = parseLog(text(await ask(show, { ...limits, input })))
    const diff = ['diff-tree', '--stdin', '-r', '--root', '-z', '--no-renames', '--no-ext-diff', '--no-textconv']
    // Counting lines of huge files takes long; their names do not.
    const files = await ask([...diff, '--numstat'], { ...limits, input }).catch(() =>
      ask([...diff, '--name-only'], { ...limits, input }),
    )
    return { entries, files: parseFiles(text(files)) }
  }

  /** Commits from a point on, newest first. REF_NOT_FOUND. */
  async function log(from: string, options: { skip: number; limit: number; path: string | null }, limits: Limits = {}) {
    const args = [
      ...['log', '-z', '--no-notes', '--no-decorate', '--no-color', '--no-show-signature', '--date-order', logFormat],
      `--skip=${options.skip}`,
      `--max-count=${options.limit}`,
      ...['--end-of-options', from, '--', ...(options.path === null ? [] : [options.path])],
    ]
    return parseLog(text(await ask(args, limits)))
  }

  /** The commit behind a name; REF_NOT_FOUND. */
  async function resolve(ref: string, limits: Limits = {}): Promise<string> {
    if (!isPlainRef(ref)) throw fail('REF_NOT_FOUND')
    const args = ['rev-parse', '-q', '--verify', '--end-of-options', `${ref}^{commit}`]
    const result = await runGit({ folder, args, ...limits })
    const sha = text(result)
      .split('\n')
      .find((line) => /^[0-9a-f]{40,64}$/.test(line))
    if (result.code > 1 && !/^fatal: (Needed a single|ambiguous|bad)/.test(result.stderr)) throw refusalOf(result)
    if (!sha) throw fail('REF_NOT_FOUND')
    return sha
  }

  /** Branches here and of remotes, the newest commit first. */
  async function branches(options: { skip: number; limit: number }, limits: Limits = {}): Promise<BranchEntry[]> {
    const fields = [
      'refname',
      'objectname',
      'HEAD',
      'upstream',
      'upstream:track,nobracket',
      'committerdate:unix',
      'subject',
    ]
    const format = `--format=${fields.map((field) => `%(${field})%00`).join('')}%(symref)%00`
    // One more, for the pointer to a remote's own branch, which is left out.
    const most = `--count=${options.skip + options.limit + 1}`
    const args = ['for-each-ref', most, '--sort=refname', '--sort=-committerdate', format, 'refs/heads', 'refs/remotes']
    const found = records(text(await ask(args, limits)), fields.length + 1)
    const real = found.filter((record) => record.at(-1) === '')
    return real.slice(options.skip, options.skip + options.limit).map(toBranch)
  }

  return { folder, status, refs, reachable, commits, log, resolve, branches }
}

/** A branch, tag or commit by name: no ranges, no searches, no options. */
const isPlainRef = (ref: string) => /^[^-\s~^:?*[\\@{\0][^\s~^:?*[\\{\0]*$/.test(ref) && !ref.includes('..')

const text = (result: GitResult) => result.stdout.toString('utf8')

/** Records of fields that end in NUL each, and a line end after each record. */
function records(output: string, fields: number): string[][] {
  const tokens = output.split('\0')
  const found: string[][] = []
  for (let at = 0; at + fields < tokens.length; at += fields) {
    const record = tokens.slice(at, at + fields)
    found.push([(record[0] as string).replace(/^\n/, ''), ...record.slice(1)])
  }
  return found
}

function toBranch(fields: string[]): BranchEntry {
  const [ref, sha, head, upstream, track, committed, subject] = fields as [string, ...string[]]
  const number = (pattern: RegExp) => Number(pattern.exec(track ?? '')?.[1] ?? 0)
  const tracked = upstream !== '' && track !== 'gone'
  return {
    ref,
    sha: sha as string,
    current: head === '*',
    upstream: upstream ? upstream.replace(/^refs\/(heads|remotes)\//, '') : null,
    ahead: tracked ? number(/ahead (\d+)/) : null,
    behind: tracked ? number(/behind (\d+)/) : null,
    committed: Number(committed) * 1_000,
    subject: subject as string,
  }
}
