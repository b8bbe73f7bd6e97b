/** How commits become searchable: the message and the names of the files they changed. */
import type { ChangedFile } from '@cairn/api/git'
import type { PassageKind } from '../../../kernel/passages/source.ts'
import type { Roots } from '../../ground/roots/index.ts'
import { commitIdsAfter, type EventRow, eventsByIds, repositoriesOf } from './store.ts'

export const commitPassages = (roots: Pick<Roots, 'byIds'>): PassageKind => ({
  kind: 'commit',
  async read(scope, ids) {
    const rows = ids.length > 0 ? await eventsByIds(scope, ids) : []
    const ofRoots = [...new Set(rows.map((row) => row.root))]
    const known = new Map((ofRoots.length > 0 ? await roots.byIds(scope, ofRoots) : []).map((root) => [root.id, root]))
    const places = new Map<string, string>()
    for (const root of known.values()) {
      for (const { id, path } of await repositoriesOf(scope, root.id)) {
        places.set(id, path === '' ? root.name : `${root.name}/${path}`)
      }
    }
    return rows.flatMap((row) => {
      const place = places.get(row.repository)
      if (place === undefined || row.sha === null) return []
      return {
        id: row.id,
        title: subjectOf(row),
        uri: `${place}@${row.sha.slice(0, 12)}`,
        time: row.at,
        text: textOf(row),
        ...(row.author && { speaker: row.author }),
        context: [place],
        root: row.root,
      }
    })
  },
  async all(scope, cursor, limit) {
    const ids = (await commitIdsAfter(scope, cursor ?? '', limit)).map(({ id }) => id)
    return { ids, cursor: ids.length < limit ? null : (ids.at(-1) ?? null) }
  },
})

const subjectOf = (row: EventRow) => row.message?.split('\n')[0]?.slice(0, 200) || (row.sha ?? '').slice(0, 12)

function textOf(row: EventRow): string {
  const files = (JSON.parse(row.files) as ChangedFile[]).map((file) => file.path)
  return [row.message ?? '', ...(files.length > 0 ? ['', ...files] : [])].join('\n')
}
