/** Tells what became of answers that another process writes: the ledger and the thread know it once they are there. */
import { setTimeout as pause } from 'node:timers/promises'
import type { ChatFrame } from '@cairn/api/chat'
import { CairnError, type ErrorCode, errors, fail } from '@cairn/api/errors'
import type { Message } from '@cairn/api/threads'
import type { Call } from '../../../kernel/gate/call.ts'
import type { Ended } from '../../../kernel/jobs/ending.ts'
import type { Jobs } from '../../../kernel/jobs/jobs.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { Threads } from '../../remember/threads/index.ts'
import { answerOf } from './answering.ts'
import type { Flight, Flights } from './flights.ts'
import type { Ids } from './repeats.ts'

type Parts = { jobs: Jobs; threads: Threads; flights: Flights }

/** Milliseconds in which a worker of this process takes a job that it is woken for. */
const takenWithin = 1_000
/** Longer than any answer takes. */
const longest = 86_400_000

export function makeElsewhere({ jobs, threads, flights }: Parts) {
  /**
   * Ends a flight by what the ledger says, unless its job is run here. When nobody waits any more, the job is cancelled
   * where it was `asked` by this call alone; it would go on for nobody.
   */
  async function follow(call: Call<unknown>, flight: Flight, ids: Ids, asked: boolean): Promise<void> {
    const { aloft } = flight
    await pause(takenWithin, null, { signal: aloft, ref: false }).catch(() => {})
    if (aloft.aborted) return
    const { workspace, db } = call
    try {
      const signal = AbortSignal.any([aloft, flight.signal])
      const end = await jobs.ended({ workspace, db, signal }, ids.job, longest)
      if (aloft.aborted) return
      if (!end && flight.signal.aborted && asked) await cancel(call, ids.job)
      for (const frame of await framesOf(call, ids, end)) flight.emit(frame)
      flight.end()
    } catch (error) {
      // It was taken here while the ledger was asked.
      if (aloft.aborted) return
      flights.lost(ids.job, error instanceof CairnError ? error.code : 'INTERNAL_ERROR')
    }
  }

  const cancel = (call: Call<unknown>, job: string) =>
    call
      .prepare((tx) => jobs.cancel(tx, job))
      .catch((error: unknown) => {
        // It has ended meanwhile.
        if (!(error instanceof CairnError && error.code === 'JOB_ALREADY_COMPLETED')) throw error
      })

  /** What is told of an answer as a whole: once it has ended, or as far as it is stored. */
  async function framesOf(scope: Scope, { thread, user, job }: Ids, end: Ended | null): Promise<ChatFrame[]> {
    const about = { thread_id: thread, user_message_id: user }
    const question = await threads.message(scope, user)
    const replies = question ? await threads.repliesTo(scope, question) : []
    const stored = replies.find(({ metadata }) => metadata.job_id === job)
    const { code, message: detail } = end?.error ?? fail('ANSWER_STOPPED')
    if (!stored) return [{ event: 'error', data: { code, detail, message: null } }]
    const { citations, content, state } = stored
    return [
      { event: 'metadata', data: { ...about, message_id: stored.id, job_id: job, citations } },
      { event: 'delta', data: { text: content } },
      state === 'complete'
        ? { event: 'complete', data: answerOf(about, stored, job) }
        : { event: 'error', data: { ...whyPartial(stored), message: stored } },
    ]
  }

  return { follow }
}

function whyPartial({ metadata: { stopped } }: Message): { code: string; detail: string } {
  const code: ErrorCode = typeof stopped === 'string' && stopped in errors ? (stopped as ErrorCode) : 'ANSWER_STOPPED'
  return { code, detail: fail(code).message }
}
