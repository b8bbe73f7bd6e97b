/** What becomes of the frames of an answer: a stream of them, or the answer as a whole. */
import type { ChatAnswer, ChatFrame } from '@cairn/api/chat'
import { type ErrorCode, errors, fail } from '@cairn/api/errors'
import { answer, type Call, type HandlerResult } from '../../../kernel/gate/call.ts'
import { answerOf } from './answering.ts'

/** As it is written for a stream; whole for everyone else. */
export async function reply(
  call: Call<unknown>,
  frames: AsyncGenerator<ChatFrame>,
): Promise<HandlerResult<ChatAnswer>> {
  return call.accepts === 'events' ? answer.events(frames) : whole(call, frames)
}

async function whole(call: Call<unknown>, frames: AsyncGenerator<ChatFrame>): Promise<ChatAnswer> {
  let about: Omit<ChatAnswer, 'message' | 'usage'> | null = null
  for await (const { event, data } of frames) {
    if (event === 'metadata') about = data
    if (event === 'complete') return data
    if (event !== 'error') continue
    // A cut-off answer is an answer still: it says so in its state.
    const { message } = data
    if (message && about) return { ...answerOf(about, message, about.job_id) }
    throw data.code in errors ? fail(data.code as ErrorCode, { reason: data.detail }) : fail('INTERNAL_ERROR')
  }
  if (call.signal.aborted) throw call.signal.reason
  throw fail('SERVER_STOPPING')
}

/** An answer that is there already, as the one frame of it. */
export async function* only(data: ChatAnswer): AsyncGenerator<ChatFrame> {
  yield { event: 'complete', data }
}
