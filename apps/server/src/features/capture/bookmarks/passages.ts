/** How bookmarks become searchable: title and address, with tags and site around them. */
import type { PassageKind } from '../../../kernel/passages/source.ts'
import { readable } from '../browser/passages.ts'
import { type BookmarkRow, tagsOf } from './rows.ts'
import { bookmarkIdsAfter, bookmarksByIds } from './store.ts'

export const bookmarkPassages: PassageKind = {
  kind: 'bookmark',
  async read(scope, ids) {
    const rows = ids.length > 0 ? await bookmarksByIds(scope, ids) : []
    return rows.map((row) => {
      const context = [...(row.site === null ? [] : [row.site]), ...tagsOf(row)]
      return {
        ...{ id: row.id, title: nameOf(row), uri: row.url, time: row.created_at },
        text: row.title === '' ? readable(row.url) : `${row.title}\n${readable(row.url)}`,
        ...(context.length > 0 && { context }),
      }
    })
  },
  async all(scope, cursor, limit) {
    const ids = (await bookmarkIdsAfter(scope, cursor ?? '', limit)).map(({ id }) => id)
    return { ids, cursor: ids.length < limit ? null : (ids.at(-1) ?? null) }
  },
}

/** Its title, or its address without the scheme. */
export const nameOf = ({ title, url }: Pick<BookmarkRow, 'title' | 'url'>) =>
  title === '' ? url.replace(/^https?:\/\//, '').slice(0, 300) : title
