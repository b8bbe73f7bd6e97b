/** How threads travel: with their messages in the order they were said, what they have to do with, and what is shown. */
import { Attachment, Citation, linkRelations, maxContentBytes } from '@cairn/api/threads'
import { list } from '@cairn/api/shapes'
import {
  id,
  integer,
  json,
  later,
  loose,
  maker,
  masked,
  nullable,
  real,
  text,
  time,
  word,
} from '../../../kernel/portable/line.ts'
import { type Portable, portable } from '../../../kernel/portable/portable.ts'
import { setMissingHeads } from './portable-store.ts'

const hooks = new URL('./portable-write.ts', import.meta.url)
const ofThread = { column: 'thread_id', table: 'llm_threads', component: 'threads', otherwise: 'refuse' } as const

export const portableThreads: readonly Portable[] = [
  portable({
    ...{ component: 'threads', table: 'llm_threads', key: ['id'], time: 'updated_at', newest: true },
    columns: {
      ...{
        id,
        title: masked(text(500)),
        description: masked(text(5_000)),
        origin: text(100),
        metadata: masked(json()),
      },
      ...{ version: loose(integer), created_at: time, updated_at: time },
      ...{ last_user_message_at: loose(nullable(time)), last_assistant_message_at: loose(nullable(time)) },
      person: maker,
    },
    stays: ['person'],
    // They follow from the messages.
    constants: { message_count: 0, head_id: null },
    event: 'threads.imported',
  }),
  portable(
    {
      ...{ component: 'messages', table: 'llm_messages', key: ['id'], time: 'created_at', newest: false },
      // A message follows an earlier one.
      order: ['thread_id', 'turn'],
      columns: {
        ...{ id, thread_id: id, parent_id: nullable(id), turn: loose(integer) },
        ...{ role: word('user', 'assistant', 'system', 'tool'), kind: word('plain', 'answer', 'extract') },
        ...{ state: word('complete', 'partial'), content: masked(text(maxContentBytes)), tokens: nullable(integer) },
        ...{ model: nullable(text(500)), cost_usd: nullable(real), citations: masked(json(list(Citation))) },
        ...{ attachments: later(masked(json(list(Attachment))), '[]'), metadata: masked(json()), created_at: time },
        person: maker,
      },
      stays: ['person'],
      needs: [ofThread, { column: 'parent_id', table: 'llm_messages', component: 'messages', otherwise: 'null' }],
      before: [hooks, 'takeTurnsOf'],
      reindex: 'message',
      event: 'threads.imported',
    },
    { finish: (scope) => scope.write(setMissingHeads) },
  ),
  portable(
    {
      ...{ component: 'thread_heads', table: 'llm_threads', key: ['id'], time: 'updated_at', newest: false },
      columns: { id, head_id: nullable(id) },
      event: 'threads.imported',
    },
    { module: new URL('./portable-heads.ts', import.meta.url) },
  ),
  portable({
    ...{ component: 'thread_links', table: 'thread_link', key: ['id'], time: 'created_at', newest: false, twin: true },
    columns: {
      ...{ id, thread_id: id, kind: text(50, 1), ref: text(500, 1), title: masked(text(2_000)), uri: text(20_000) },
      ...{ relation: word(...linkRelations), message_id: nullable(id), created_at: time },
    },
    needs: [ofThread],
    event: 'threads.imported',
  }),
]
