/** Which call is the same as one before: ids that follow from its `Idempotency-Key`, and what is compared. */
import type { Message } from '@cairn/api/threads'
import type { Call } from '../../../kernel/gate/call.ts'
import { newId, sha256, uuidOf } from '../../../kernel/ids.ts'
import { stableJson } from '../../../kernel/json.ts'
import type { AnswerInput } from './answering.ts'

/** Ids of the thread, the question, its answer and the job that writes it. */
export type Ids = { thread: string; user: string; message: string; job: string }

/** Fresh ids, or with an `Idempotency-Key` the ones that the same call had before. */
export function idsFor(call: Call<unknown>, thread: string | undefined): Ids & { repeatable: boolean } {
  const key = call.header('idempotency-key')
  const { workspace, principal } = call
  const make = (name: string) =>
    key === undefined ? newId() : uuidOf(sha256([workspace, principal.person, thread ?? '', key, name].join('\n')))
  return {
    thread: thread ?? make('thread'),
    user: make('user'),
    message: make('message'),
    job: make('job'),
    repeatable: key !== undefined,
  }
}

/** Ids of the try after one that ended half-way: the same question, answered by another job. */
export const again = (ids: Ids): Ids => ({ ...ids, message: after(ids.message), job: after(ids.job) })
const after = (id: string) => uuidOf(sha256(`${id} again`))

/** Without naming any, a repeated call means those that came along the first time. */
export const sameDocuments = ({ attachments }: Message, asked: { attachments?: string[] }) =>
  asked.attachments === undefined ||
  stableJson(attachments.map(({ id }) => id)) === stableJson([...new Set(asked.attachments)])

/** A job's input as it is compared: what was shown meanwhile makes no other call of it. */
export const unseen = ({ seen: _, ...input }: AnswerInput) => stableJson(input)
