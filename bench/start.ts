/** Start to ready, idle memory and processor time, and the AI process killed → answering. */
import { spawnSync } from 'node:child_process'
import { answering, type BenchCore, pause, processorSeconds, residentBytes, startBenchCore } from './core.ts'
import type { Row } from './run.ts'

const runs = 5
const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number

export async function run(): Promise<Row[]> {
  const first = await startBenchCore()
  const { home } = first
  await first.stop({ keep: true })
  const starts: number[] = []
  for (let at = 0; at < runs; at += 1) {
    const core = await startBenchCore({ home })
    starts.push(core.startedIn)
    await core.stop({ keep: true })
  }
  const node = median(Array.from({ length: runs }, bareNode))
  const core = await startBenchCore({ home, environment: { CAIRN_SIDECAR: '1' } })
  try {
    const { pid } = core.process as { pid: number }
    await sidecarUp(core)
    // What starting leaves is given back some seconds later; idle is what comes after.
    await pause(15_000)
    const before = processorSeconds(pid)
    await pause(10_000)
    const busy = ((processorSeconds(pid) - before) / 10) * 100
    const memory = residentBytes(pid) / 1e6
    const recovered = await sidecarRecovery(core)
    const ratio = median(starts) / node
    return [
      {
        name: 'start to ready (second start)',
        floor: node,
        ours: median(starts),
        unit: 'ms',
        ratio,
        goal: '< 1,500 ms',
      },
      { name: 'idle memory of the core', floor: null, ours: memory, unit: 'MB', ratio: null, goal: '< 150 MB' },
      {
        name: 'idle processor time of the core',
        floor: null,
        ours: busy,
        unit: '% of a core',
        ratio: null,
        goal: '< 1 %',
      },
      {
        name: 'AI process killed → answering',
        ...{
          floor: recovered.start,
          ours: recovered.recovery,
          unit: 'ms',
          ratio: recovered.recovery / recovered.start,
        },
        goal: 'its own start + 1 s',
      },
    ]
  } finally {
    await core.stop()
  }
}

/** Milliseconds of Node's own start. */
function bareNode(): number {
  const begun = performance.now()
  spawnSync(process.execPath, ['-e', '0'])
  return performance.now() - begun
}

async function sidecarUp(core: BenchCore): Promise<number> {
  const begun = performance.now()
  for (;;) {
    const { sidecar } = await core.api.health.status()
    if (sidecar.state === 'up' && sidecar.pid !== null) return performance.now() - begun
    if (performance.now() - begun > 30_000) throw new Error('the AI process does not come up')
    await pause(10)
  }
}

/** Kills the AI process; how long until it answers again, and how long its first start took. */
async function sidecarRecovery(core: BenchCore): Promise<{ start: number; recovery: number }> {
  const fresh = await startBenchCore({ environment: { CAIRN_SIDECAR: '1' } })
  const start = await sidecarUp(fresh)
  await fresh.stop()
  const { sidecar } = await core.api.health.status()
  const begun = performance.now()
  process.kill(sidecar.pid as number, 'SIGKILL')
  for (;;) {
    const { sidecar: now } = await core.api.health.status()
    if (now.state === 'up' && now.pid !== sidecar.pid) break
    await pause(10)
  }
  await answering(core.url)
  return { start, recovery: performance.now() - begun }
}
