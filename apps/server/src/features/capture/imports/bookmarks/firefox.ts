/**
 * Firefox's bookmarks: a tree in `moz_bookmarks`, whose addresses are in `moz_places`; tags are folders of their own.
 * https://searchfox.org/mozilla-central/source/toolkit/components/places/nsPlacesTables.h
 */
import { DatabaseSync } from 'node:sqlite'
import { folderStart, head, link, listEnd } from '../../bookmarks/netscape-lines.ts'
import { databaseProblem } from '../database-reader.ts'
import type { Problem } from '../problem.ts'
import type { Lines } from './chromium.ts'

type Row = {
  id: number
  type: number
  place: number | null
  parent: number
  title: string | null
  added: number | null
  guid: string | null
  url: string | null
}
const [bookmark, folder] = [1, 2]
/** By their ids for ever, in the order that the browser shows them. */
const roots = {
  toolbar_____: 'Bookmarks Toolbar',
  menu________: 'Bookmarks Menu',
  unfiled_____: 'Other Bookmarks',
  mobile______: 'Mobile Bookmarks',
} as const
const tagRoot = 'tags________'

/** Reads a copy, with at most `most` rows, as lines of a file that every browser takes. Takes the copy for itself. */
export function readFirefoxBookmarks(file: string, most: number): Lines | Problem {
  let db: DatabaseSync | null = null
  try {
    db = new DatabaseSync(file)
    db.exec('PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON')
    for (const table of ['moz_bookmarks', 'moz_places'])
      if (
        !db
          .prepare("select 1 from sqlite_master where type = 'table' and name = ? and sql not like '%virtual%'")
          .get(table)
      )
        return { problem: `it has no table ${table}, so it holds no bookmarks of a version that is known` }
    const rows = db
      .prepare(
        `select b.id, b.type, b.fk as place, b.parent, cast(b.title as text) as title, cast(b.dateAdded / 1000 as real) as added,
          cast(b.guid as text) as guid, cast(p.url as text) as url
        from moz_bookmarks b left join moz_places p on p.id = b.fk order by b.parent, b.position, b.id limit ?`,
      )
      .all(most + 1) as Row[]
    if (rows.length > most) return { problem: `it holds more than ${most.toLocaleString('en')} entries` }
    return { lines: lines(rows), sound: true }
  } catch (error) {
    return databaseProblem(error)
  } finally {
    db?.close()
  }
}

function* lines(rows: readonly Row[]): Generator<string> {
  const children = Map.groupBy(rows, ({ parent }) => parent)
  const known = new Map(rows.map((row) => [row.guid, row]))
  const tags = tagsOf(children, known.get(tagRoot)?.id)
  // A folder that is its own parent, or is named twice, is gone into once.
  const entered = new Set<number>()
  yield head('Bookmarks')
  for (const [guid, name] of Object.entries(roots)) {
    const root = known.get(guid)
    if (!root || !children.has(root.id)) continue
    yield folderStart(name, root.added)
    entered.add(root.id)
    const ahead: (Row | 'end')[] = (children.get(root.id) ?? []).toReversed()
    for (let one = ahead.pop(); one; one = ahead.pop()) {
      if (one === 'end') yield listEnd
      // `place:` is a search that Firefox keeps, no address.
      else if (one.type === bookmark && one.url !== null && !one.url.startsWith('place:'))
        yield link(one.url, one.title ?? '', one.added, tags.get(one.place ?? 0) ?? [])
      else if (one.type === folder && !entered.has(one.id)) {
        entered.add(one.id)
        yield folderStart(one.title ?? '', one.added)
        ahead.push('end')
        for (const child of (children.get(one.id) ?? []).toReversed()) ahead.push(child)
      }
    }
    yield listEnd
  }
  yield listEnd
}

/** Tags by place. */
function tagsOf(children: Map<number, Row[]>, root: number | undefined): Map<number, string[]> {
  const tags = new Map<number, string[]>()
  for (const tag of root === undefined ? [] : (children.get(root) ?? []))
    for (const { place } of children.get(tag.id) ?? [])
      if (place !== null && tag.title) tags.set(place, [...(tags.get(place) ?? []), tag.title])
  return tags
}
