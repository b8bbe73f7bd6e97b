/** How tasks become searchable: title and description, with project and tags around them. */
import { maskSecrets } from '../../../kernel/masking.ts'
import type { PassageKind } from '../../../kernel/passages/source.ts'
import { tagsOf } from './rows.ts'
import { taskIdsAfter, tasksByIds } from './store.ts'

export const taskPassages: PassageKind = {
  kind: 'task',
  async read(scope, ids) {
    const rows = ids.length > 0 ? await tasksByIds(scope, ids) : []
    return rows.map((row) => {
      const context = [...(row.project === null ? [] : [row.project]), ...tagsOf(row)]
      return {
        id: row.id,
        title: maskSecrets(row.title),
        uri: `task:${row.id}`,
        time: row.updated_at,
        text: maskSecrets(row.description === '' ? row.title : `${row.title}\n\n${row.description}`),
        ...(context.length > 0 && { context }),
      }
    })
  },
  async all(scope, cursor, limit) {
    const ids = (await taskIdsAfter(scope, cursor ?? '', limit)).map(({ id }) => id)
    return { ids, cursor: ids.length < limit ? null : (ids.at(-1) ?? null) }
  },
}
