/** The journal of one job: a finished step is read back, never run again. */
import type { Scope } from '../scope.ts'
import type { JobContext } from './definition.ts'
import { finishedSteps, recordStep } from './journal.ts'
import { maxResultBytes } from './outcome.ts'
import type { JobRow } from './rows.ts'

const maxSteps = 10_000
const maxName = 200

/** `step`, `writeStep` and `advanced` of a job's context. Every write goes through the job's scope, so a stale worker cannot record. */
export function makeSteps(scope: Scope, row: JobRow): Pick<JobContext<unknown>, 'step' | 'writeStep' | 'advanced'> {
  let loading: Promise<Map<string, string>> | undefined
  const going = new Map<string, Promise<string>>()

  /** One run of a name at a time: who asks for it meanwhile gets the same. Results pass through JSON, always. */
  async function once(name: string, make: () => Promise<string>): Promise<never> {
    scope.signal.throwIfAborted()
    if (name.length < 1 || name.length > maxName) throw new TypeError(`A step's name has 1 to ${maxName} characters.`)
    const json = await (going.get(name) ?? begin(name, make))
    return JSON.parse(json) as never
  }

  function begin(name: string, make: () => Promise<string>): Promise<string> {
    const run = known(name, make).finally(() => going.delete(name))
    going.set(name, run)
    return run
  }

  async function known(name: string, make: () => Promise<string>): Promise<string> {
    loading ??= finishedSteps(scope.db, row.workspace, row.id).catch((error: unknown) => {
      loading = undefined
      throw error
    })
    const finished = await loading
    const before = finished.get(name)
    if (before !== undefined) return before
    if (finished.size >= maxSteps) throw new Error(`A job has at most ${maxSteps} steps.`)
    const json = await make()
    finished.set(name, json)
    return json
  }

  const record = (name: string, result: string, now: number) => ({
    ...{ workspace: row.workspace, job_id: row.id, name, result, attempt: row.attempt, finished_at: now },
  })

  const step: JobContext<unknown>['step'] = (name, run) =>
    once(name, async () => {
      const json = stepJson(await run())
      await scope.write((tx) => recordStep(tx.db, record(name, json, tx.now)))
      return json
    })

  return {
    step,
    advanced: () => step(`advanced in attempt ${row.attempt}`, async () => undefined),
    writeStep: (name, body) =>
      once(name, () =>
        scope.write(async (tx) => {
          const json = stepJson(await body(tx))
          await recordStep(tx.db, record(name, json, tx.now))
          return json
        }),
      ),
  }
}

function stepJson(value: unknown): string {
  const json = JSON.stringify(value === undefined ? null : value)
  if (json === undefined || Buffer.byteLength(json) > maxResultBytes)
    throw new Error(`A step's result is JSON of at most ${maxResultBytes} bytes.`)
  return json
}
