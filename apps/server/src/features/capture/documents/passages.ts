/** How documents become searchable: the newest version, cut at its headings. */
import type { PassageKind } from '../../../kernel/passages/source.ts'
import { uriOf } from './rows.ts'
import { documentIdsAfter, documentsByIds, newestTexts } from './store.ts'

export const documentPassages: PassageKind = {
  kind: 'document',
  async read(scope, ids) {
    const rows = ids.length > 0 ? await documentsByIds(scope, ids) : []
    const texts = new Map(
      rows.length > 0 ? (await newestTexts(scope, ids)).map(({ id, markdown }) => [id, markdown]) : [],
    )
    return rows.map((row) => {
      const context = [row.site, row.file_name].filter((one) => one !== null)
      return {
        ...{ id: row.id, title: row.title, uri: uriOf(row), time: row.published_at ?? row.updated_at },
        text: texts.get(row.id) ?? '',
        // What cuts by headings goes by a file's name.
        name: row.format === 'text' ? 'document.txt' : 'document.md',
        ...(row.author !== null && { speaker: row.author }),
        ...(context.length > 0 && { context }),
      }
    })
  },
  async all(scope, cursor, limit) {
    const ids = (await documentIdsAfter(scope, cursor ?? '', limit)).map(({ id }) => id)
    return { ids, cursor: ids.length < limit ? null : (ids.at(-1) ?? null) }
  },
}
