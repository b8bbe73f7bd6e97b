/**
 * A folder of 100,000 files (a round is a thousand): every one is counted and findable, although the core is killed in
 * the middle; then a hundredth of them changes, moves or goes, and exactly that is followed. Meanwhile somebody asks, and
 * is answered. Control: a word that stands in no file must find none of them.
 */
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BenchCore, pause, startBenchCore } from '../bench/core.ts'
import { makeRandom } from './random.ts'
import type { RigResult, RigSettings } from './run.ts'

const inFolder = 1_000

export async function run({ rounds, seed }: RigSettings): Promise<RigResult> {
  const random = makeRandom(seed)
  const folder = mkdtempSync(join(tmpdir(), 'cairn-rig-files-'))
  const total = rounds * inFolder
  let core: BenchCore | undefined
  let home: string | undefined
  try {
    for (let number = 0; number < total; number += 1) plant(folder, number, `unique word ${wordOf(number)}`)
    core = await startBenchCore()
    home = core.home
    const { id } = await core.api.roots.create({ path: folder })
    const killedAt = await reached(core, id, total * (0.1 + random() * 0.8))
    await killed(core)
    core = await startBenchCore({ home })
    const asked = await settled(core, id, total)
    await findAll(core, sample(random, total))
    const { hits } = await core.api.search.query({ query: 'pneumonoultramicroscopic', kinds: ['file'] })
    if (hits.length > 0) throw new Error('the control failed: a word of no file found one')

    const touched = sample(random, total)
    for (const [at, number] of touched.entries()) {
      const path = join(folder, pathOf(number))
      if (at % 3 === 0) writeFileSync(path, `changed ${wordOf(total + 2 + number)}`)
      else if (at % 3 === 1) renameSync(path, `${path}.moved.txt`)
      else rmSync(path)
    }
    const gone = touched.filter((_, at) => at % 3 === 2)
    await settled(core, id, total - gone.length)
    await findAll(
      core,
      touched.filter((_, at) => at % 3 === 0).map((number) => total + 2 + number),
    )
    for (const number of gone.slice(0, 20)) {
      const found = await core.api.search.query({ query: wordOf(number), kinds: ['file'] })
      // Its neighbours may be offered instead, since spelling is forgiven.
      if (found.hits.some(({ passage }) => passage.text.includes(wordOf(number))))
        throw new Error(`file ${number} went and is still found`)
    }
    return {
      rounds,
      notes: [
        `${total} files, the core killed at ${killedAt}; every one counted, ${asked} questions answered meanwhile`,
        `${touched.length} changed, moved or removed: followed, and nothing else touched`,
      ],
    }
  } finally {
    await core?.stop({ keep: true }).catch(() => undefined)
    if (home) rmSync(home, { recursive: true, force: true })
    rmSync(folder, { recursive: true, force: true })
  }
}

const pathOf = (number: number) => `d${Math.floor(number / inFolder)}/f${number}.txt`
/** A word of letters alone that no other file has. */
function wordOf(number: number): string {
  const letters = [...String(number).padStart(7, '0')].map((digit) => String.fromCharCode(97 + Number(digit)))
  return `q${letters.map((letter) => letter.repeat(2)).join('x')}`
}

function plant(folder: string, number: number, text: string): void {
  if (number % inFolder === 0) mkdirSync(join(folder, `d${Math.floor(number / inFolder)}`), { recursive: true })
  writeFileSync(join(folder, pathOf(number)), text)
}

/** A hundredth of the numbers, each once. */
function sample(random: () => number, total: number): number[] {
  const chosen = new Set<number>()
  while (chosen.size < Math.ceil(total / 100)) chosen.add(Math.floor(random() * total))
  return [...chosen]
}

/** Waits until so many files are known, and says how many are. */
async function reached(core: BenchCore, id: string, wanted: number): Promise<number> {
  for (;;) {
    const { files } = await core.api.roots.get({ id })
    const known = files.indexed + files.pending
    if (known >= wanted) return known
    await pause(20)
  }
}

async function killed(core: BenchCore): Promise<void> {
  const gone = new Promise((resolve) => core.process.once('close', resolve))
  core.process.kill('SIGKILL')
  await gone
}

/** Waits until so many files are indexed and nothing is left to do, asking questions all the while; how many. */
async function settled(core: BenchCore, id: string, wanted: number): Promise<number> {
  let asked = 0
  for (let quiet = 0, last = -1, still = 0; quiet < 3; ) {
    await pause(200)
    await core.api.search.query({ query: wordOf(asked++), kinds: ['file'] })
    const { state, scan, files } = await core.api.roots.get({ id })
    const { pending } = await core.api.search.status()
    const done = state === 'ready' && scan === null && files.pending === 0 && pending === 0 && files.indexed === wanted
    quiet = done ? quiet + 1 : 0
    still = pending === last ? still + 1 : 0
    last = pending
    if (still > 300)
      throw new Error(`the index stands still: ${JSON.stringify({ state, scan, files, pending, wanted })}`)
  }
  return asked
}

async function findAll(core: BenchCore, numbers: readonly number[]): Promise<void> {
  for (const number of numbers.slice(0, 100)) {
    const { hits } = await core.api.search.query({ query: wordOf(number), kinds: ['file'], limit: 1 })
    if (!hits[0]?.passage.text.includes(wordOf(number))) throw new Error(`file ${number} is not found by its word`)
  }
}
