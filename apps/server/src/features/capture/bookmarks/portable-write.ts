/** What bookmarks see to when they come in from a bundle. Called in a worker thread. */
import { deepestFolder } from '@cairn/api/bookmarks'
import { isPosition } from '../../../kernel/order.ts'
import type { Row } from '../../../kernel/portable/line.ts'
import type { Sorted } from '../../../kernel/portable/table.ts'
import type { WriteApart } from '../../../kernel/scope.ts'
import { readBookmarkAddress, readTitle } from './address.ts'
import { urlKey } from './rows.ts'
import { folderById } from './store.ts'

const noPosition = 'its position is none'

export function soundBookmark(row: Row): Row | string {
  if (!isPosition(row.position as string)) return noPosition
  const address = readBookmarkAddress(row.url as string)
  if (typeof address === 'string') return 'its address is none'
  return { ...row, ...address, url_key: urlKey(address.url), title: readTitle(row.title as string) }
}

export function soundFolder(row: Row): Row | string {
  if (!isPosition(row.position as string)) return noPosition
  const title = readTitle(row.title as string)
  return title === '' ? 'its title is empty' : { ...row, title }
}

/** A folder that would hang in itself, or too deep, comes to the top. */
export const keepTree: WriteApart<Sorted, void> = async (tx, { fresh, newer }) => {
  const given = new Map([...fresh, ...newer.map((one) => one.given)].map((row) => [row.id as string, row]))
  const above = async (id: string) => {
    const row = given.get(id)
    return row ? (row.parent_id as string | null) : ((await folderById(tx, id))?.parent_id ?? null)
  }
  for (const [id, row] of given) {
    let depth = 1
    for (let parent = row.parent_id as string | null; parent !== null; parent = await above(parent)) {
      depth += 1
      if (parent !== id && depth <= deepestFolder) continue
      row.parent_id = null
      break
    }
  }
}
