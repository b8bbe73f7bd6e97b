/**
 * `npm run rigs [-- --share N] [-- --seed S] [-- --only NAME]`: crash, fault and attack rigs in full, or an N-th of
 * their rounds. Each has a control that must fail; one whose control does not has proved nothing, and fails.
 */
import { parseArgs } from 'node:util'

export type RigSettings = { rounds: number; seed: number }
export type RigResult = { rounds: number; notes: string[] }
type Rig = { name: string; rounds: number; load(): Promise<{ run(settings: RigSettings): Promise<RigResult> }> }

const rigs: Rig[] = [
  { name: 'power-cut', rounds: 40, load: () => import('./power-cut.ts') },
  { name: 'crash-writes', rounds: 100, load: () => import('./crash-writes.ts') },
  { name: 'crash-jobs', rounds: 100, load: () => import('./crash-jobs.ts') },
  { name: 'sidecar-killed', rounds: 20, load: () => import('./sidecar-killed.ts') },
  { name: 'many-files', rounds: 100, load: () => import('./many-files.ts') },
]

const { values } = parseArgs({
  options: { share: { type: 'string', default: '1' }, seed: { type: 'string' }, only: { type: 'string' } },
})
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31))
console.log(`seed ${seed}`)

let failed = 0
for (const rig of rigs.filter(({ name }) => values.only === undefined || name === values.only)) {
  const rounds = Math.max(1, Math.round(rig.rounds / Number(values.share)))
  const begun = performance.now()
  try {
    const { notes } = await (await rig.load()).run({ rounds, seed })
    const seconds = ((performance.now() - begun) / 1000).toFixed(1)
    console.log(`✓ ${rig.name}: ${rounds} rounds in ${seconds} s${notes.map((note) => `\n    ${note}`).join('')}`)
  } catch (error) {
    failed += 1
    console.log(
      `✗ ${rig.name} (seed ${seed}): ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    )
  }
}
process.exitCode = failed > 0 ? 1 : 0
