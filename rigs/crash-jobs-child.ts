/**
 * A core that runs jobs with steps until it is killed. Prints `ready`; `asked JOB` once a job's row is acknowledged;
 * `begin JOB STEP` when a step begins and `done JOB STEP` once it is finished; `finished` when no job is open any more.
 * Arguments: settings of the database as JSON, how many jobs to ask for, a seed, `journal` or `none` (the control: steps
 * are run without being written down).
 */
import { setTimeout as pause } from 'node:timers/promises'
import { Type } from 'typebox'
import { systemClock } from '../apps/server/src/kernel/clock.ts'
import { openDatabase } from '../apps/server/src/kernel/database/database.ts'
import { job } from '../apps/server/src/kernel/jobs/definition.ts'
import { makeJobs } from '../apps/server/src/kernel/jobs/jobs.ts'
import type { Log } from '../apps/server/src/kernel/log.ts'
import { makeScopes } from '../apps/server/src/kernel/scopes.ts'
import { say } from '../apps/server/test/say.ts'
import { makeRandom } from './random.ts'

export type Journal = 'journal' | 'none'

const log: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => log }
const input = Type.Object({
  steps: Type.Integer(),
  wait: Type.Integer(),
  fails: Type.Boolean(),
  sleeps: Type.Boolean(),
})

/** A walk through some steps; one of them may fail at first, and the job may sleep between two. */
const walk = (journal: Journal) =>
  job({
    ...{ type: 'rig.walk', input, concurrent: 6, delays: [5, 10, 20] },
    async run({ id, input: { steps, wait, fails, sleeps }, attempt, scope, step, writeStep, sleepUntil }) {
      const once: typeof step = journal === 'journal' ? step : (_, run) => run()
      for (let n = 0; n < steps; n++) {
        await once(`s${n}`, async () => {
          say(`begin ${id} s${n}`)
          await pause((wait * (n + 1)) % 13)
        })
        say(`done ${id} s${n}`)
        if (fails && attempt === 1 && n === 1) throw new Error('as arranged')
        if (!sleeps || n !== 1) continue
        const until = await step('sleep', async () => systemClock.now() + 40)
        if (systemClock.now() < until) await sleepUntil(until)
      }
      const effect = { type: 'rig.effect', subject: id }
      if (journal === 'journal') await writeStep('effect', async (tx) => tx.event(effect))
      else await scope.write(async (tx) => tx.event(effect))
    },
  })

async function main(settings: string, add: number, seed: number, journal: Journal) {
  const database = await openDatabase(JSON.parse(settings), log)
  const jobs = makeJobs({ database, clock: systemClock, log, worker: 'rig', times: { look: 20, report: 20 } })
  jobs.define([walk(journal)])
  const scope = makeScopes({
    database,
    clock: systemClock,
    events: { publish() {} },
    enqueue: jobs.enqueue,
    reindex: async () => {},
    broken(error) {
      throw error
    },
  })
  await jobs.start({ scope, authorise: async (principal) => principal, workspaces: async () => [] })
  say('ready')
  const own = scope({
    workspace: 'w',
    principal: { kind: 'person', person: 'p', agent: null, credential: null, scopes: ['*'] },
  })
  const random = makeRandom(seed)
  const upTo = (most: number) => 1 + Math.floor(random() * most)
  for (let n = 0; n < add; n++) {
    const wanted = { steps: 1 + upTo(6), wait: upTo(12), fails: random() < 0.2, sleeps: random() < 0.2 }
    const key = random() < 0.3 ? { concurrency: `k${upTo(2)}` } : {}
    say(`asked ${await own.write((tx) => tx.enqueue({ type: 'rig.walk', input: wanted, ...key }))}`)
  }
  for (;;) {
    const { queued, running, waiting } = await jobs.counts(own)
    if (queued + running + waiting === 0) break
    await pause(10)
  }
  say('finished')
  await jobs.stop()
  await database.close()
}

const [settings = '', add = '0', seed = '1', journal = 'journal'] = process.argv.slice(2)
await main(settings, Number(add), Number(seed), journal === 'none' ? 'none' : 'journal')
