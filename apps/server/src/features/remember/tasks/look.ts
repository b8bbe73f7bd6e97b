/** Lists of tasks. Those that may have to look at every one run in a worker thread. */
import type { ReadApart } from '../../../kernel/scope.ts'
import type { TaskRow } from './rows.ts'
import * as store from './store.ts'

export type PageQuestion = { filter: store.TaskFilter; limit: number } & (
  | { order: 'board'; column: string; after: readonly [string, string] | null }
  | { order: 'newest' | 'due'; after: readonly [number, string] | null }
)

export const readPage: ReadApart<PageQuestion, TaskRow[]> = (from, { filter, limit, ...asked }) => {
  if (asked.order === 'board') return store.boardPage(from, asked.column, filter, { limit, after: asked.after })
  return (asked.order === 'due' ? store.duePage : store.newestPage)(from, filter, { limit, after: asked.after })
}
