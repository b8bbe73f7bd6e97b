/**
 * `npm run bench [-- NAME…]`: what each thing costs beside its floor, measured in the same run. Prints one table and
 * writes it to `bench/results/` when all was measured. Ratios are what to look at: the machine's speed changes from run to run.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'

export type Row = {
  name: string
  /** The bare library's figure for the same work; null where there is no floor but a goal. */
  floor: number | null
  ours: number
  unit: string
  /** ours / floor. */
  ratio: number | null
  goal: string
  notes?: string
}
type Bench = { name: string; load(): Promise<{ run(): Promise<Row[]> }> }

const benches: Bench[] = [
  { name: 'requests', load: () => import('./requests.ts') },
  { name: 'visits', load: () => import('./visits.ts') },
  { name: 'import-history', load: () => import('./import-history.ts') },
  { name: 'bundles', load: () => import('./bundles.ts') },
  { name: 'forget', load: () => import('./forget.ts') },
  { name: 'live', load: () => import('./live.ts') },
  { name: 'jobs', load: () => import('./jobs.ts') },
  { name: 'index-files', load: () => import('./index-files.ts') },
  { name: 'crawl', load: () => import('./crawl.ts') },
  { name: 'chat', load: () => import('./chat.ts') },
  { name: 'search', load: () => import('./search.ts') },
  { name: 'start', load: () => import('./start.ts') },
]

// LanceDB reads it when it is loaded; otherwise it tells of every partition of an index that grows.
process.env.LANCE_LOG ??= 'error'

const wanted = process.argv.slice(2)
const rows: Row[] = []
for (const bench of benches.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
  console.log(`… ${bench.name}`)
  const measured = await (await bench.load()).run()
  rows.push(...measured)
  console.table(measured.map(tableRow))
}

if (wanted.length === 0) keep()
console.table(rows.map(tableRow))

function keep() {
  const folder = new URL('./results/', import.meta.url)
  mkdirSync(folder, { recursive: true })
  const report = {
    at: new Date().toISOString(),
    node: process.version,
    cpu: cpus()[0]?.model,
    cores: cpus().length,
    rows,
  }
  writeFileSync(new URL('latest.json', folder), `${JSON.stringify(report, null, 2)}\n`)
}

function tableRow({ name, floor, ours, unit, ratio, goal, notes }: Row) {
  const short = (value: number | null) => (value === null ? '–' : Number(value.toPrecision(4)))
  return { name, floor: short(floor), ours: short(ours), unit, ratio: short(ratio), goal, notes: notes ?? '' }
}
