/** How tabs travel: what they showed, and the thread that belongs to each. */
import { id, integer, loose, nullable, text, time, word } from '../../../kernel/portable/line.ts'
import { type Portable, portable } from '../../../kernel/portable/portable.ts'
import { longestAddress } from '../browser/address.ts'

const hooks = new URL('./portable-write.ts', import.meta.url)

export const portableTabs: readonly Portable[] = [
  portable(
    {
      ...{ component: 'tabs', table: 'tabs', key: ['id'], time: 'updated_at', newest: true },
      columns: {
        ...{ id, shadow_mode: word('off', 'visited_only', 'visited_outbound'), thread_id: nullable(id) },
        ...{ current_history_id: nullable(id), current_url: nullable(text(longestAddress)) },
        ...{ current_title: nullable(text(1_000)), last_visited_at: loose(nullable(time)), version: loose(integer) },
        ...{ created_at: time, updated_at: time },
      },
      needs: [
        { column: 'thread_id', table: 'llm_threads', component: 'threads', otherwise: 'null' },
        { column: 'current_history_id', table: 'history', component: 'visits', otherwise: 'null' },
      ],
      amend: [hooks, 'soundTab'],
      before: [hooks, 'leaveRoom'],
      event: 'tabs.changed',
    },
    { personal: true },
  ),
]
