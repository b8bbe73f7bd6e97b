/** Begins the job that answers, one in a thread at a time, or goes on with what the same call began when it came first. */
import type { ChatAnswer } from '@cairn/api/chat'
import { CairnError, fail } from '@cairn/api/errors'
import type { Call, HandlerResult } from '../../../kernel/gate/call.ts'
import type { Jobs } from '../../../kernel/jobs/jobs.ts'
import type { Scope, Tx } from '../../../kernel/scope.ts'
import type { Threads } from '../../remember/threads/index.ts'
import { type AnswerInput, answerOf } from './answering.ts'
import { makeElsewhere } from './elsewhere.ts'
import type { Flights } from './flights.ts'
import { again, type Ids, unseen } from './repeats.ts'
import { only, reply } from './replies.ts'
import { jobById } from './store.ts'
import type { Ahead } from './writing.ts'

type Parts = { jobs: Jobs; threads: Threads; flights: Flights }
type Asking = {
  ids: Ids & { repeatable: boolean }
  input: AnswerInput
  /** Of a repeated call: is what was stored for it the same question, and which is it? */
  said: () => Promise<{ same: boolean; question: string }>
  /** Begins what need not wait for the question to be stored. */
  ahead?: () => Ahead | null
  /** Stores the question and its job. THREAD_BUSY. */
  begin: (tx: Tx, ids: Ids) => Promise<void>
}
/** One of the tries that a repeated call is: whether it has begun, and what came of it. */
type Try = { ids: Ids; begun: boolean; answer: ChatAnswer | null }

/** Milliseconds in which an answer ends that was stopped in another process, or has just been told. */
const moment = 1_000

export function makeBoarding({ jobs, threads, flights }: Parts) {
  const { follow } = makeElsewhere({ jobs, threads, flights })

  return async function board(call: Call<unknown>, asking: Asking): Promise<HandlerResult<ChatAnswer>> {
    const { workspace } = call
    const { repeatable, ...first } = asking.ids
    await flights.left({ workspace, thread: first.thread })
    const { ids, begun, answer } = repeatable ? await latestTry(call, first, asking) : fresh(first)
    if (answer) return reply(call, only(answer))
    const boarded = flights.board({ workspace, thread: ids.thread, job: ids.job })
    // Before the question is stored: who goes meanwhile has stopped the answer, too.
    const frames = boarded.flight.attend(call.signal)
    if (!boarded.fresh) return reply(call, frames)
    if (!begun) {
      boarded.flight.ahead = asking.ahead?.() ?? null
      await begin(call, ids, asking)
    }
    void follow(call, boarded.flight, ids, !repeatable)
    return reply(call, frames)
  }

  async function begin(call: Call<unknown>, ids: Ids, asking: Asking): Promise<void> {
    try {
      await inTurn(call, ids.thread, (tx) => asking.begin(tx, ids))
    } catch (error) {
      const known = error instanceof CairnError ? error : fail('INTERNAL_ERROR')
      const code = asking.ids.repeatable && known.code === 'CONFLICT' ? 'IDEMPOTENCY_CONFLICT' : known.code
      flights.lost(ids.job, code)
      throw code === known.code ? error : fail(code)
    }
  }

  /** A thread that is answering is given a moment: its answer may be told but not ended, or was just stopped. */
  async function inTurn(call: Call<unknown>, thread: string, body: (tx: Tx) => Promise<void>): Promise<void> {
    try {
      return await call.prepare(body)
    } catch (error) {
      if (!(error instanceof CairnError && error.code === 'THREAD_BUSY')) throw error
      if (!(await jobs.ended(call, String(error.parameters.job), moment))) throw error
    }
    await flights.left({ workspace: call.workspace, thread })
    return call.prepare(body)
  }

  /** The last try of a repeated call. One that ended half-way is followed by another. Other input is refused. */
  async function latestTry(scope: Scope, first: Ids, { input, said }: Asking): Promise<Try> {
    for (let ids = first; ; ids = again(ids)) {
      const row = await jobById(scope, ids.job)
      if (!row) return fresh(ids)
      const { same, question } = await said()
      const asked = unseen({ ...input, message_id: ids.message })
      if (!same || unseen(JSON.parse(row.input) as AnswerInput) !== asked) throw fail('IDEMPOTENCY_CONFLICT')
      const answer = await answerTo(scope, question, ids, input)
      if (answer || row.completed_at === null) return { ids, begun: true, answer }
    }
  }

  async function answerTo(scope: Scope, question: string, ids: Ids, input: AnswerInput): Promise<ChatAnswer | null> {
    const asked = await threads.message(scope, question)
    const replies = asked ? await threads.repliesTo(scope, asked) : []
    const whole = replies.filter(({ state }) => state === 'complete')
    // An answer that was asked for anew is its job's alone; a question has any answer that came of it.
    const message = whole.find(({ metadata }) => metadata.job_id === ids.job) ?? (input.seen ? undefined : whole[0])
    const job = message?.metadata.job_id
    const about = { thread_id: ids.thread, user_message_id: question }
    return message ? answerOf(about, message, typeof job === 'string' ? job : ids.job) : null
  }
}

const fresh = (ids: Ids): Try => ({ ids, begun: false, answer: null })
