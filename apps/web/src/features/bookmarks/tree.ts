/** The tree of folders as a list of rows, each right behind the one that it hangs in. */
import type { FolderInTree } from '@cairn/api/bookmarks'

/** Rows in sight: those whose folders above are all open. What hangs in a hidden one is hidden, too. */
export function rowsInSight(
  items: readonly FolderInTree[],
  isOpen: (id: string) => boolean,
  isHidden: (id: string) => boolean = () => false,
): FolderInTree[] {
  const rows: FolderInTree[] = []
  /** Rows deeper than this are out of sight. */
  let shut = Number.POSITIVE_INFINITY
  for (const row of items) {
    if (row.depth > shut) continue
    shut = Number.POSITIVE_INFINITY
    if (isHidden(row.id)) {
      shut = row.depth
      continue
    }
    rows.push(row)
    if (!isOpen(row.id)) shut = row.depth
  }
  return rows
}

/** A folder and all that hang in it. */
export function branchOf(items: readonly FolderInTree[], id: string): FolderInTree[] {
  const at = items.findIndex((row) => row.id === id)
  const top = items[at]
  if (!top) return []
  const end = items.findIndex((row, index) => index > at && row.depth <= top.depth)
  return items.slice(at, end < 0 ? undefined : end)
}

/** The neighbour that a folder changes places with; undefined at the end. */
export function neighbourOf(items: readonly FolderInTree[], id: string, step: 1 | -1): FolderInTree | undefined {
  const row = items.find((one) => one.id === id)
  const siblings = items.filter((one) => one.parent_id === row?.parent_id)
  return siblings[siblings.findIndex((one) => one.id === id) + step]
}

/** Ids of the folders that one hangs in. */
export function above(items: readonly FolderInTree[], id: string): string[] {
  const byId = new Map(items.map((row) => [row.id, row]))
  const ids: string[] = []
  for (let up = byId.get(id)?.parent_id; up; up = byId.get(up)?.parent_id) ids.push(up)
  return ids
}

/** Folders to choose from, set in by their depth. */
export const folderOptions = (items: readonly FolderInTree[]) => [
  { value: '', label: 'No folder' },
  ...items.map(({ id, title, depth }) => ({ value: id, label: `${'\u2003'.repeat(depth - 1)}${title}` })),
]

/** An address as a person types it: without a scheme it is a web page. */
export const withScheme = (text: string) =>
  /^[\w-]+(\.[\w-]+)+([:/?#]|$)|^localhost([:/]|$)/.test(text.trim()) ? `https://${text.trim()}` : text.trim()

export const tagsIn = (text: string) =>
  text
    .split(',')
    .map((tag) => tag.trim())
    .filter(Boolean)
