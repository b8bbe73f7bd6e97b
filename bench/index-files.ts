/** Indexing a real tree for the first time and again, a save until it is found, and a scan of what did not change. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  appendFileSync,
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeParsing } from '../apps/sidecar/src/parsing/index.ts'
import { type BenchCore, pause, quantile, startBenchCore } from './core.ts'
import type { Row } from './run.ts'

const repository = fileURLToPath(new URL('..', import.meta.url))
const saves = 20
const wide = 20_000

export async function run(): Promise<Row[]> {
  const base = mkdtempSync(join(tmpdir(), 'cairn-bench-files-'))
  const core = await startBenchCore({ environment: { CAIRN_SIDECAR: '1' } })
  try {
    await parserUp(core)
    const tree = layOut(join(base, 'tree'))
    const first = await timed(() => indexed(core, tree))
    const files = await indexedFiles(core, first.value)
    const bare = await timed(() => readHashParse(tree, files))
    const again = await changeOneInAHundred(core, first.value, tree, files)
    const hashing = await timed(async () => hashAll(tree, files))
    const found = await saveUntilFound(core, tree)
    const still = await scanUnchanged(core, join(base, 'wide'))
    const bytes = files.reduce((sum, file) => sum + lstatSync(join(tree, file)).size, 0)
    const size = `${files.length} files, ${Math.round(bytes / 100_000) / 10} MB`
    return [
      row(
        'index a tree, first time',
        bare.ms,
        first.ms,
        '≤ 1.5',
        `floor: read, hash, parse; ${size}; no embedding model`,
      ),
      row(
        'index again, 1 % changed',
        hashing.ms,
        again,
        '≤ 2',
        'floor: read and hash; scan asked for, all findable again',
      ),
      {
        ...row('save → findable, median', 300, quantile(found, 0.5), '', 'floor: the pause of 300 ms'),
        goal: '+ 500 ms',
      },
      { ...row('save → findable, p95', 300, quantile(found, 0.95), '', `${saves} saves`), goal: '+ 500 ms' },
      row(`scan ${wide} unchanged files`, still.floor, still.ours, '', 'floor: list folders and stat each file'),
    ]
  } finally {
    await core.stop()
    rmSync(base, { recursive: true, force: true })
  }
}

const row = (name: string, floor: number, ours: number, goal: string, notes: string): Row => ({
  ...{ name, floor, ours, unit: 'ms', ratio: ours / floor, goal, notes },
})

async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; value: T }> {
  const begun = performance.now()
  const value = await work()
  return { ms: performance.now() - begun, value }
}

/** Some installed packages, TypeScript among them, and what git knows of this repository, side by side. */
const packages = ['typescript', 'kysely', 'undici', 'fastify', '@types/node', 'vitest']
function layOut(tree: string): string {
  for (const name of packages) {
    const from = join(repository, 'node_modules', name)
    cpSync(from, join(tree, name), { recursive: true, filter: (path) => !lstatSync(path).isSymbolicLink() })
  }
  const listed = execFileSync('git', ['ls-files', '-z'], { cwd: repository, encoding: 'utf8' })
    .split('\0')
    .filter(Boolean)
  for (const file of listed) {
    mkdirSync(dirname(join(tree, 'cairn', file)), { recursive: true })
    cpSync(join(repository, file), join(tree, 'cairn', file))
  }
  return tree
}

async function parserUp(core: BenchCore): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    const { sidecar } = (await core.api.health.status({})) as { sidecar?: { state?: string } }
    if (sidecar?.state === 'up') return
    await pause(50)
  }
  throw new Error('the sidecar did not start')
}

/** Registers a folder; the answer is its id, when every file of it is scanned and findable. */
async function indexed(core: BenchCore, path: string): Promise<string> {
  const { id } = await core.api.roots.create({ path })
  await settled(core, id)
  return id
}

async function settled(core: BenchCore, id: string): Promise<void> {
  for (;;) {
    const { state, scan } = await core.api.roots.get({ id })
    const { pending } = await core.api.search.status({})
    if (state === 'ready' && scan === null && pending === 0) return
    await pause(20)
  }
}

async function indexedFiles(core: BenchCore, id: string): Promise<string[]> {
  const files: string[] = []
  let cursor: string | undefined
  do {
    const page = await core.api.files.list({ id, state: 'indexed', limit: 200, ...(cursor && { cursor }) })
    files.push(...page.items.map((file) => file.path))
    cursor = page.next_cursor ?? undefined
  } while (cursor)
  return files
}

async function readHashParse(tree: string, files: string[]): Promise<void> {
  const parsing = makeParsing()
  const sources = files.map((name, at) => ({ id: String(at), name, text: readAndHash(join(tree, name)).toString() }))
  for (let at = 0; at < sources.length; at += 64) await parsing.parse(sources.slice(at, at + 64))
  await parsing.close()
}

function readAndHash(path: string): Buffer {
  const bytes = readFileSync(path)
  createHash('sha256').update(bytes).digest('hex')
  return bytes
}

const hashAll = (tree: string, files: string[]) => {
  for (const file of files) readAndHash(join(tree, file))
}

async function changeOneInAHundred(core: BenchCore, id: string, tree: string, files: string[]): Promise<number> {
  for (const [at, file] of files.entries()) if (at % 100 === 0) appendFileSync(join(tree, file), '\n// changed\n')
  const { ms } = await timed(async () => {
    await scanned(core, id)
    await settled(core, id)
  })
  return ms
}

async function scanned(core: BenchCore, id: string): Promise<void> {
  const { job_id } = await core.api.roots.scan({ id })
  while (!(await core.api.jobs.get({ id: job_id })).completed_at) await pause(5)
}

async function saveUntilFound(core: BenchCore, tree: string): Promise<number[]> {
  const times: number[] = []
  for (let save = 0; save < saves; save += 1) {
    // Like no other word, lest the search take it for a misspelling of the one before.
    const word = wordOf(createHash('sha256').update(String(performance.now())).digest('hex'))
    const { ms } = await timed(async () => {
      writeFileSync(join(tree, 'cairn', 'saved.md'), `# Saved\n\nA note with the word ${word} in it.\n`)
      while ((await core.api.search.query({ query: word, kinds: ['file'] })).hits.length === 0) await pause(5)
    })
    times.push(ms)
    await pause(400)
  }
  return times
}

const wordOf = (hex: string) =>
  [...hex.slice(0, 14)].map((digit) => String.fromCharCode(97 + Number.parseInt(digit, 16))).join('')

async function scanUnchanged(core: BenchCore, folder: string): Promise<{ floor: number; ours: number }> {
  for (let at = 0; at < wide / 100; at += 1) {
    mkdirSync(join(folder, `d${at}`), { recursive: true })
    // Skipped by their content: what is measured is the scan, not the index.
    for (let file = 0; file < 100; file += 1) writeFileSync(join(folder, `d${at}`, `f${file}.dat`), `\0${file}`)
  }
  await pause(100)
  const { id } = await core.api.roots.create({ path: folder })
  await settled(core, id)
  const floor = await timed(async () => statAll(folder))
  const ours = await timed(() => scanned(core, id))
  return { floor: floor.ms, ours: ours.ms }
}

function statAll(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) statAll(join(folder, entry.name))
    else lstatSync(join(folder, entry.name))
  }
}
