/**
 * Kills a core with SIGKILL at random moments while it runs jobs, again and again on the same ledger, and lets it finish
 * in the end. Every job that was acknowledged has succeeded, no finished step ran again, each effect happened once.
 * Control: with steps that are not written down the rig must see some run again.
 */
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { migrations } from '../apps/server/migrations/index.ts'
import { type DatabaseSettings, openDatabase } from '../apps/server/src/kernel/database/database.ts'
import { verify } from '../apps/server/src/kernel/events/verify.ts'
import type { JobTables } from '../apps/server/src/kernel/jobs/rows.ts'
import type { Journal } from './crash-jobs-child.ts'
import { makeRandom } from './random.ts'

export type Findings = {
  kills: number
  /** Jobs that were acknowledged. */
  jobs: number
  /** Steps that finished. */
  steps: number
  /** Attempts over all jobs: more than jobs, or no kill met a running job. */
  attempts: number
  /** Steps that began again after they had finished: "JOB STEP". */
  repeated: string[]
  /** Jobs that were acknowledged and are not there, or did not succeed. */
  lost: string[]
  /** Jobs whose effect happened another number of times than once. */
  effects: string[]
  /** What the check of the file and of the event chain found. */
  damage: string[]
}

const child = fileURLToPath(new URL('./crash-jobs-child.ts', import.meta.url))
const quiet = { info() {}, warn() {}, error() {} }
const finishWithin = 60_000

export async function run({ rounds, seed }: { rounds: number; seed: number }) {
  console.log(`crash-jobs: seed ${seed}`)
  const found = await inFolder((settings) => crash({ settings, rounds, seed, journal: 'journal' }))
  const faults = [found.repeated, found.lost, found.effects, found.damage]
  if (faults.some((each) => each.length > 0))
    throw new Error(
      `ran again: ${found.repeated.slice(0, 5).join()}; lost: ${found.lost.slice(0, 5).join()}; effects: ${found.effects.slice(0, 5).join()}; damage: ${found.damage.join('; ')}`,
    )
  const fewer = Math.max(3, Math.round(rounds / 10))
  const control = await inFolder((settings) => crash({ settings, rounds: fewer, seed, journal: 'none' }))
  if (control.repeated.length === 0)
    throw new Error('the control ran no finished step again: killing at these moments proves nothing')
  return {
    rounds,
    notes: [
      `${found.jobs} jobs over ${found.kills} kills: all succeeded, in ${found.attempts} attempts`,
      `${found.steps} finished steps, none of which ran again; each effect once`,
      `control, steps not written down: ${control.repeated.length} of ${control.steps} ran again in ${control.kills} kills`,
    ],
  }
}

type Crash = { settings: DatabaseSettings; rounds: number; seed: number; journal: Journal }

/** Kills `rounds` times, then lets the core finish; the database is new and empty. */
export async function crash({ settings, rounds, seed, journal }: Crash): Promise<Findings> {
  const database = await openDatabase(settings, quiet)
  await database.migrate(migrations)
  await database.close()
  const random = makeRandom(seed)
  const lines: string[] = []
  for (let round = 0; round < rounds; round++) {
    const add = 1 + Math.floor(random() * 4)
    const after = Math.floor(random() * 40)
    await killed([JSON.stringify(settings), String(add), String(seed + round), journal], after, random() * 8, lines)
  }
  await finished([JSON.stringify(settings), '0', String(seed), journal], lines)
  return { kills: rounds, ...(await findings(settings, lines)) }
}

/** Starts the core, kills it `delay` ms after it has printed so many lines, or has nothing to do any more. */
async function killed(args: string[], after: number, delay: number, lines: string[]): Promise<void> {
  const { process, line, ended } = start(args, lines)
  for (let count = 0; count < after; count++) if ((await line()) === 'finished') break
  await pause(delay)
  process.kill('SIGKILL')
  await ended
}

async function finished(args: string[], lines: string[]): Promise<void> {
  const { process, line, ended } = start(args, lines)
  const timer = setTimeout(() => process.kill('SIGKILL'), finishWithin)
  while (!['finished', null].includes(await line()));
  clearTimeout(timer)
  const code = await ended
  if (code !== 0) throw new Error(`the core did not finish its jobs within ${finishWithin / 1000} s (${code})`)
}

function start(args: string[], lines: string[]) {
  const started = spawn(process.execPath, [child, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const reader = createInterface({ input: started.stdout })
  const ended = new Promise<number | null>((resolve) => void started.once('close', (code) => resolve(code)))
  let unread = 0
  let wake = () => {}
  let over = false
  reader.on('line', (text) => {
    lines.push(text)
    unread++
    wake()
  })
  reader.once('close', () => {
    over = true
    wake()
  })
  /** The next line it prints; null when it has ended. */
  const line = async (): Promise<string | null> => {
    while (unread === 0 && !over) await new Promise<void>((resolve) => (wake = resolve))
    if (unread === 0) return null
    return lines[lines.length - unread--] as string
  }
  return { process: started, line, ended }
}

async function findings(settings: DatabaseSettings, lines: readonly string[]): Promise<Omit<Findings, 'kills'>> {
  const asked = lines.filter((line) => line.startsWith('asked ')).map((line) => line.slice('asked '.length))
  const done = new Set<string>()
  const repeated: string[] = []
  for (const line of lines) {
    const [word, id, step] = line.split(' ')
    if (word === 'done') done.add(`${id} ${step}`)
    if (word === 'begin' && done.has(`${id} ${step}`)) repeated.push(`${id} ${step}`)
  }
  const database = await openDatabase(settings, quiet)
  try {
    const tables = database.db.withTables<JobTables & { event: { type: string; subject: string } }>()
    const rows = await tables.selectFrom('jobs').select(['id', 'status', 'attempt']).execute()
    const told = await tables.selectFrom('event').select('subject').where('type', '=', 'rig.effect').execute()
    const effects = Map.groupBy(told, (event) => event.subject)
    const succeeded = new Set(rows.filter((row) => row.status === 'succeeded').map((row) => row.id))
    const chain = await verify(database.db, 'w')
    const check = await database.check()
    return {
      jobs: asked.length,
      steps: done.size,
      attempts: rows.reduce((sum, row) => sum + row.attempt, 0),
      repeated,
      // A job may also be there whose acknowledgement was cut off: it ends like the others.
      lost: [...new Set([...asked, ...rows.map((row) => row.id)])].filter((id) => !succeeded.has(id)),
      effects: rows.map((row) => row.id).filter((id) => effects.get(id)?.length !== 1),
      damage: [...check.problems, ...chain.faults.map((fault) => fault.message)],
    }
  } finally {
    await database.close()
  }
}

async function inFolder<T>(action: (settings: DatabaseSettings) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'cairn-crash-'))
  try {
    return await action({ dialect: 'sqlite', file: join(folder, 'cairn.db') })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
