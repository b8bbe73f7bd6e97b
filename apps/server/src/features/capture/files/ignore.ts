/**
 * Ignore rules as gitignore(5) describes them, in layers: built-in names first, then `.git/info/exclude`, then the
 * `.gitignore` and `.cairnignore` of each folder on the way down. The last rule that matches decides.
 */
import { compileSegment, type Segment } from './glob.ts'

/** In `path` `null` stands for `**`: any number of folders. */
type Rule = {
  /** Its place among the rules of its file. */
  at: number
  negated: boolean
  folderOnly: boolean
  path: (Segment | null)[] | null
  name: Segment
}
export type Layer = {
  /** Folder that the rules stand in: empty, or ending in `/`. */
  base: string
  /** Rules that are a bare name, by that name, in their order: most rules are, and most names fit none. */
  plain: ReadonlyMap<string, readonly Rule[]>
  patterns: readonly Rule[]
}

const maxRules = 5_000
const maxLength = 1_000

/** Reads an ignore file; lines beyond the 5,000th and longer than 1,000 characters are left out. */
export function parseLayer(text: string, base = ''): Layer {
  const patterns: Rule[] = []
  const plain = new Map<string, Rule[]>()
  let at = 0
  for (const line of text.replace(/^\uFEFF/, '').split('\n')) {
    const parsed = at < maxRules && line.length <= maxLength ? parseRule(line, at) : null
    if (!parsed) continue
    at++
    const { bare, rule } = parsed
    if (bare === null) patterns.push(rule)
    else plain.set(bare, [...(plain.get(bare) ?? []), rule])
  }
  return { base, plain, patterns }
}

function parseRule(line: string, at: number): { rule: Rule; bare: string | null } | null {
  let pattern = trimEnd(line.endsWith('\r') ? line.slice(0, -1) : line)
  if (pattern === '' || pattern.startsWith('#')) return null
  const negated = pattern.startsWith('!')
  if (negated) pattern = pattern.slice(1)
  const folderOnly = pattern.endsWith('/')
  if (folderOnly) pattern = pattern.slice(0, -1)
  if (pattern === '') return null
  const rule = { at, negated, folderOnly, path: null, name: never }
  if (pattern.includes('/')) return { rule: { ...rule, path: compilePath(pattern) }, bare: null }
  const bare = /[*?[\\]/.test(pattern) ? null : pattern
  return { rule: { ...rule, name: bare === null ? compileSegment(pattern) : always }, bare }
}

const always = () => true
const never = () => false

function compilePath(pattern: string): (Segment | null)[] {
  const parts = pattern.replace(/^\//, '').split('/')
  return parts.map((part, at) => {
    if (/^\*{2,}$/.test(part)) return null
    // An escaped slash is a slash.
    const escaped = at < parts.length - 1 && escapedAt(part, part.length)
    return compileSegment(escaped ? part.slice(0, -1) : part)
  })
}

/** Trailing blanks go unless a backslash stands before them. */
function trimEnd(line: string): string {
  let end = line.length
  while (end > 0 && line[end - 1] === ' ' && !escapedAt(line, end - 1)) end--
  return line.slice(0, end)
}

function escapedAt(line: string, at: number): boolean {
  let backslashes = 0
  while (line[at - 1 - backslashes] === '\\') backslashes++
  return backslashes % 2 === 1
}

/**
 * Whether `name` in `folder` (empty, or ending in `/`) is left out. The folder itself must not be ignored: git never
 * looks below an ignored folder either.
 */
export function ignores(layers: readonly Layer[], folder: string, name: string, isFolder: boolean): boolean {
  for (let at = layers.length - 1; at >= 0; at--) {
    const decided = decide(layers[at] as Layer, folder, name, isFolder)
    if (decided !== null) return decided
  }
  return false
}

function decide(layer: Layer, folder: string, name: string, isFolder: boolean): boolean | null {
  const bare = layer.plain.get(name)?.findLast((rule) => isFolder || !rule.folderOnly)
  let path: string[] | undefined
  for (let at = layer.patterns.length - 1; at >= 0; at--) {
    const rule = layer.patterns[at] as Rule
    if (bare && rule.at < bare.at) break
    if (rule.folderOnly && !isFolder) continue
    if (rule.path) path ??= `${folder}${name}`.slice(layer.base.length).split('/')
    if (rule.path ? matchPath(rule.path, path as string[]) : rule.name(name)) return !rule.negated
  }
  return bare ? !bare.negated : null
}

/** Two pointers over segments; on a mismatch the last `**` takes one folder more. */
function matchPath(pattern: (Segment | null)[], path: string[]): boolean {
  let segment = 0
  let at = 0
  let star = -1
  let resume = 0
  while (at < path.length) {
    const current = pattern[segment]
    if (current === null) {
      // A trailing `/**` needs something inside the folder.
      if (segment === pattern.length - 1) return true
      star = segment++
      resume = at
    } else if (current?.(path[at] as string)) {
      segment++
      at++
    } else if (star >= 0) {
      segment = star + 1
      at = ++resume
    } else {
      return false
    }
  }
  return segment === pattern.length
}

/** What is left out unless an ignore file says otherwise (`!dist/`): other people's code, caches, build output. */
export const builtIn = parseLayer(`
node_modules/
bower_components/
jspm_packages/
.hg/
.svn/
.bzr/
CVS/
dist/
.next/
.nuxt/
.output/
.svelte-kit/
.astro/
.angular/
.turbo/
.parcel-cache/
.vite/
.cache/
.npm/
.yarn/
.pnpm-store/
.nyc_output/
coverage/
__pycache__/
*.egg-info/
.venv/
.tox/
.nox/
.mypy_cache/
.pytest_cache/
.ruff_cache/
.ipynb_checkpoints/
.gradle/
.terraform/
.dart_tool/
.bundle/
.stack-work/
.bloop/
.metals/
DerivedData/
.Trash/
.Trash-*/
.fseventsd/
.Spotlight-V100/
$RECYCLE.BIN/
.DS_Store
Thumbs.db
desktop.ini
*.swp
*.swo
*~
.#*
`)
