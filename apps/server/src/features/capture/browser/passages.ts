/** How visits become searchable: once per page, by title, address and what it said. A page is as new as its last visit. */
import type { PassageKind } from '../../../kernel/passages/source.ts'
import type { PageRow } from './rows.ts'
import { pageIdsAfter, pagesByIds } from './store.ts'
import { textsOf } from './text-store.ts'

export const visitPassages: PassageKind = {
  kind: 'visit',
  async read(scope, ids) {
    const rows = ids.length > 0 ? await pagesByIds(scope, ids) : []
    const said = new Map(rows.length > 0 ? (await textsOf(scope, ids)).map(({ id, text }) => [id, text]) : [])
    return rows.map((row) => {
      const head = row.title ? `${row.title}\n${readable(row.url)}` : readable(row.url)
      const text = said.get(row.id)
      return {
        ...{ id: row.id, title: titleOf(row), uri: row.url, time: row.last_seen },
        text: text === undefined ? head : `${head}\n\n${text}`,
        context: [row.site],
      }
    })
  },
  async all(scope, cursor, limit) {
    const ids = await pageIdsAfter(scope, cursor ?? '', limit)
    return { ids, cursor: ids.length < limit ? null : (ids.at(-1) ?? null) }
  },
}

/** A page's title, or its address without the scheme. */
export const titleOf = ({ title, url }: Pick<PageRow, 'title' | 'url'>) =>
  title ?? url.replace(/^https?:\/\//, '').slice(0, 300)

/** Most characters of an address that are searched: what follows are identifiers of machines. */
const readableLength = 1_000

/** An address with its words as people write them. */
export function readable(url: string): string {
  const start = url.slice(0, readableLength)
  try {
    return decodeURI(start)
  } catch {
    return start
  }
}
