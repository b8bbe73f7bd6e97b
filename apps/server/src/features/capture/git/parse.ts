/** Reads what git prints with `-z`: fields and records end in NUL, so no name or message can break out of its field. */
import type { ChangedFile, Standing } from '@cairn/api/git'
import type { RepoStatus } from '@cairn/api/repos'

export type Change = RepoStatus['changes'][number]
export type Status = { standing: Standing; changes: Change[] }
type ChangeState = NonNullable<Change['staged']>

const letters: Record<string, ChangeState> = {
  A: 'added',
  M: 'modified',
  D: 'deleted',
  R: 'renamed',
  C: 'copied',
  T: 'type_changed',
}

/** `git status --porcelain=v2 --branch -z` (git-status(1), "Porcelain Format Version 2"). */
export function parseStatus(output: string): Status {
  const standing: Standing = { branch: null, head: null, upstream: null, ahead: null, behind: null, dirty: false }
  const changes: Change[] = []
  const records = output.split('\0')
  for (let at = 0; at < records.length; at++) {
    const record = records[at] as string
    if (record.startsWith('# ')) readHeader(standing, record.slice(2))
    else if (record.startsWith('2 ')) changes.push(tracked(record, 9, records[++at] ?? null))
    else if (record.startsWith('1 ')) changes.push(tracked(record, 8, null))
    else if (record.startsWith('u ')) changes.push(change(afterFields(record, 10), 'conflicted', 'conflicted'))
    else if (record.startsWith('? ')) changes.push(change(record.slice(2), null, 'untracked'))
  }
  standing.dirty = changes.length > 0
  return { standing, changes }
}

function readHeader(standing: Standing, header: string): void {
  const space = header.indexOf(' ')
  const [name, value] = [header.slice(0, space), header.slice(space + 1)]
  if (name === 'branch.oid' && value !== '(initial)') standing.head = value
  if (name === 'branch.head' && value !== '(detached)') standing.branch = value
  if (name === 'branch.upstream') standing.upstream = value
  const distance = name === 'branch.ab' ? /^\+(\d+) -(\d+)$/.exec(value) : null
  if (distance) [standing.ahead, standing.behind] = [Number(distance[1]), Number(distance[2])]
}

function tracked(record: string, fields: number, from: string | null): Change {
  const [index, worktree] = [record[2] as string, record[3] as string]
  return {
    path: afterFields(record, fields),
    from,
    staged: letters[index] ?? null,
    unstaged: letters[worktree] ?? null,
  }
}

const change = (path: string, staged: ChangeState | null, unstaged: ChangeState | null): Change => ({
  path,
  from: null,
  staged,
  unstaged,
})

/** What follows so many fields that are separated by one blank each. */
function afterFields(record: string, fields: number): string {
  let at = 0
  for (let field = 0; field < fields; field++) at = record.indexOf(' ', at) + 1
  return record.slice(at)
}

export type LogEntry = {
  sha: string
  parents: string[]
  author: string
  email: string
  /** Epoch ms. */
  authored: number
  committed: number
  message: string
}

/** The format that `parseLog` reads, for `git log -z`. */
export const logFormat = '--format=%H%x00%P%x00%an%x00%ae%x00%at%x00%ct%x00%B'
const logFields = 7

export function parseLog(output: string): LogEntry[] {
  const tokens = output.split('\0')
  const entries: LogEntry[] = []
  for (let at = 0; at + logFields <= tokens.length; at += logFields) {
    const [sha, parents, author, email, authored, committed, message] = tokens.slice(at, at + logFields) as string[]
    entries.push({
      sha: sha as string,
      parents: (parents as string).split(' ').filter((parent) => parent !== ''),
      author: author as string,
      email: email as string,
      authored: seconds(authored as string),
      committed: seconds(committed as string),
      message: (message as string).trim(),
    })
  }
  return entries
}

/** Commits can claim any time; what a date cannot hold becomes its nearest bound. */
const latest = 253_402_300_799_000
const seconds = (text: string) => Math.min(Math.max(Number(text) * 1_000 || 0, 0), latest)

/** `git diff-tree --stdin -r -z --no-renames` with `--numstat` or `--name-only`: a commit's name, then its files. */
export function parseFiles(output: string): Map<string, ChangedFile[]> {
  const commits = new Map<string, ChangedFile[]>()
  let files: ChangedFile[] = []
  for (const token of output.split('\0')) {
    const parts = /^(\d+|-)\t(\d+|-)\t([^]+)$/.exec(token)
    if (parts) files.push({ path: parts[3] as string, added: count(parts[1]), removed: count(parts[2]) })
    else if (/^[0-9a-f]{40,64}$/.test(token)) {
      files = []
      commits.set(token, files)
    } else if (token !== '') files.push({ path: token, added: null, removed: null })
  }
  return commits
}

const count = (text: string | undefined) => (text === '-' ? null : Number(text))
