/** How memories travel: with what they said before, and what happened to them. */
import {
  id,
  integer,
  json,
  loose,
  masked,
  nullable,
  personal,
  real,
  text,
  time,
  word,
} from '../../../kernel/portable/line.ts'
import { type Portable, portable } from '../../../kernel/portable/portable.ts'

const said = { key: masked(text(200)), value: masked(text(20_000)), source: masked(nullable(text(2_000))) }

export const portableMemories: readonly Portable[] = [
  // Before the memories: one that is replaced finds what it said before as it was then.
  portable({
    ...{ component: 'memory_versions', table: 'memory_version', key: ['memory_id', 'version'] },
    ...{ time: 'replaced_at', newest: false },
    columns: { memory_id: id, version: integer, ...said, replaced_at: loose(time) },
    event: 'memories.imported',
  }),
  portable({
    ...{ component: 'memories', table: 'memories', key: ['id'], time: 'updated_at', newest: true },
    columns: {
      ...{ id, scope: word('workspace', 'thread', 'document', 'site'), scope_ref: nullable(text(500)), ...said },
      ...{ metadata: masked(json()), strength: real, last_accessed: loose(nullable(time)), thread_id: nullable(id) },
      ...{ task_id: nullable(id), source_message_id: nullable(id), version: loose(integer) },
      ...{ created_at: time, updated_at: time },
    },
    needs: [{ column: 'thread_id', table: 'llm_threads', component: 'threads', otherwise: 'null' }],
    before: [new URL('./portable-write.ts', import.meta.url), 'keepReplaced'],
    reindex: 'memory',
    event: 'memories.imported',
  }),
  portable({
    ...{ component: 'memory_audit', table: 'memory_audit', key: ['id'], time: 'created_at', newest: false },
    columns: {
      id,
      memory_id: id,
      action: word('created', 'changed', 'removed'),
      detail: personal(json()),
      created_at: time,
    },
    event: 'memories.imported',
  }),
]
