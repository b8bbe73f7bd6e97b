/** What threads see to when messages come in from a bundle. Called in a worker thread. */
import type { WriteApart } from '../../../kernel/scope.ts'
import type { Sorted } from '../../../kernel/portable/table.ts'
import { takeTurns } from './bring-store.ts'

/** New messages come behind what was said in their thread already, so that its turns stay without a gap. */
export const takeTurnsOf: WriteApart<Sorted, void> = async (tx, { fresh }) => {
  for (const [thread, messages] of Map.groupBy(fresh, ({ thread_id }) => thread_id as string)) {
    const { message_count } = await takeTurns(tx, thread, messages.length)
    for (const [at, message] of messages.entries()) message.turn = message_count - messages.length + 1 + at
  }
}
