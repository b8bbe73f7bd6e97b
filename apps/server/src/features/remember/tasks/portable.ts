/** How tasks travel: with their place on the board, what happened to them, and what was suggested. */
import { suggestionStates, Tag, taskStatuses } from '@cairn/api/tasks'
import { list } from '@cairn/api/shapes'
import * as line from '../../../kernel/portable/line.ts'
import { type Portable, portable } from '../../../kernel/portable/portable.ts'

const { id, integer, json, loose, masked, nullable, person, personal, text, time, word } = line

export const portableTasks: readonly Portable[] = [
  portable({
    ...{ component: 'tasks', table: 'tasks', key: ['id'], time: 'updated_at', newest: true },
    columns: {
      ...{ id, title: masked(text(500, 1)), description: masked(text(20_000)), status: word(...taskStatuses) },
      ...{
        priority: integer,
        due_at: nullable(time),
        owner: person,
        assignee: personal(nullable(text(210))),
      },
      ...{ project: nullable(text(200)), thread_id: nullable(id), parent_id: nullable(id), tags: json(list(Tag)) },
      ...{ source: masked(nullable(text(2_000))), position: loose(text(500, 1)), result: masked(nullable(json())) },
      ...{ metadata: masked(json()), version: loose(integer) },
      ...{ created_at: time, updated_at: time, closed_at: nullable(time) },
    },
    needs: [{ column: 'thread_id', table: 'llm_threads', component: 'threads', otherwise: 'null' }],
    amend: [new URL('./portable-write.ts', import.meta.url), 'soundTask'],
    reindex: 'task',
    event: 'tasks.imported',
  }),
  portable({
    ...{ component: 'task_events', table: 'task_events', key: ['id'], time: 'created_at', newest: false },
    columns: {
      ...{ id, task_id: id, event_type: text(50, 1), payload: personal(masked(json())), person },
      ...{ agent: nullable(text(200)), created_at: time },
    },
    needs: [{ column: 'task_id', table: 'tasks', component: 'tasks', otherwise: 'refuse' }],
    event: 'tasks.imported',
  }),
  portable({
    ...{ component: 'task_suggestions', table: 'task_suggestion', key: ['id'], time: 'updated_at', newest: true },
    columns: {
      ...{ id, source_kind: text(50, 1), source_id: text(500, 1), thread_id: nullable(id) },
      ...{ title: masked(text(500, 1)), due_at: nullable(time), found_by: text(500), fingerprint: text(64, 1) },
      ...{ state: word(...suggestionStates), task_id: nullable(id), created_at: time, updated_at: time },
    },
    // The same was suggested here already.
    twin: true,
    needs: [
      { column: 'thread_id', table: 'llm_threads', component: 'threads', otherwise: 'refuse' },
      { column: 'task_id', table: 'tasks', component: 'tasks', otherwise: 'null' },
    ],
    event: 'tasks.imported',
  }),
]
