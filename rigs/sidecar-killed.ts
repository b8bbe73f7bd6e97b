/**
 * The AI process killed again and again while a folder is indexed: nothing is lost, nothing stays cut in plain windows,
 * and the index ends the same as undisturbed. Control: without an AI process at all the index must differ, or comparing
 * proves nothing.
 */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pause, startBenchCore } from '../bench/core.ts'
import { makeRandom } from './random.ts'
import type { RigResult, RigSettings } from './run.ts'

type Ending = { files: number; passages: number; plain: number; failed: number }

export async function run({ rounds, seed }: RigSettings): Promise<RigResult> {
  const random = makeRandom(seed)
  const folder = corpus(rounds > 4 ? ['a', 'b', 'c'] : ['a'])
  try {
    const calm = await index(folder, '1', async () => undefined)
    const without = await index(folder, '0', async () => undefined)
    if (without.plain === 0) throw new Error('the control failed: without an AI process nothing was cut plainly')
    let kills = 0
    const storm = await index(folder, '1', async (core) => {
      for (; kills < rounds; kills += 1) {
        await pause(50 + random() * 900)
        const { sidecar } = await core.api.health.status()
        if (sidecar.pid !== null) process.kill(sidecar.pid, 'SIGKILL')
      }
    })
    if (storm.plain > 0 || storm.failed > 0 || storm.passages !== calm.passages || storm.files !== calm.files) {
      throw new Error(`undisturbed ${JSON.stringify(calm)}, with kills ${JSON.stringify(storm)}`)
    }
    return { rounds, notes: [`${kills} kills; ${storm.files} files, ${storm.passages} passages, as undisturbed`] }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Real sources: this repository's own, once for each copy. */
function corpus(copies: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-rig-corpus-'))
  const sources = fileURLToPath(new URL('../apps/', import.meta.url))
  for (const copy of copies) {
    for (const app of readdirSync(sources)) {
      mkdirSync(join(folder, copy), { recursive: true })
      cpSync(join(sources, app, 'src'), join(folder, copy, app), { recursive: true })
    }
  }
  return folder
}

type Core = Awaited<ReturnType<typeof startBenchCore>>

async function index(folder: string, sidecar: '0' | '1', disturb: (core: Core) => Promise<void>): Promise<Ending> {
  const core = await startBenchCore({ environment: { CAIRN_SIDECAR: sidecar } })
  try {
    const root = await core.api.roots.create({ path: folder })
    await disturb(core)
    for (let quiet = 0, tries = 0; quiet < 5; tries += 1) {
      await pause(200)
      const status = await core.api.search.status()
      const { state, files } = await core.api.roots.get({ id: root.id })
      const waiting = status.pending > 0 || status.state !== 'idle' || state !== 'ready' || files.pending > 0
      const uncut = sidecar === '1' && status.plain > 0
      quiet = waiting || uncut ? 0 : quiet + 1
      if (tries > 1_200) throw new Error(`the index does not come to rest: ${JSON.stringify(status)}`)
    }
    const { passages, plain, failed } = await core.api.search.status()
    const { files } = await core.api.roots.get({ id: root.id })
    return { files: files.indexed, passages, plain, failed }
  } finally {
    await core.stop()
  }
}
