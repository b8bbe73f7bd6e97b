/** How files become searchable. */
import { fail } from '@cairn/api/errors'
import type { PassageKind, PassageSource } from '../../../kernel/passages/source.ts'
import type { RootRow, Roots } from '../../ground/roots/index.ts'
import type { Ask } from './disk.ts'
import type { Bounds } from './paths.ts'
import { type FileRow, filesByIds, indexedIdsAfter } from './store.ts'

type Parts = {
  ask: Ask
  roots: Pick<Roots, 'byIds'>
  boundsOf(root: RootRow): Bounds
  /** Told of the root whose files are read for the index. */
  reading(root: string): void
}

/** Throws when a file that should be there cannot be read: the indexer tries again, and the next scan drops what is gone. */
export const filePassages = ({ ask, roots, boundsOf, reading }: Parts): PassageKind => ({
  kind: 'file',
  async read(scope, ids) {
    const rows = (ids.length > 0 ? await filesByIds(scope, ids) : []).filter((row) => row.state === 'indexed')
    const byRoot = Map.groupBy(rows, (row) => row.root)
    const known = byRoot.size > 0 ? await roots.byIds(scope, [...byRoot.keys()]) : []
    const sources: PassageSource[] = []
    for (const root of known) {
      if (root.state === 'missing' || root.state === 'unreadable')
        throw fail('ROOT_NOT_READABLE', { reason: root.state })
      const files = byRoot.get(root.id) as FileRow[]
      const paths = files.map((row) => row.folder + row.name)
      const texts = await ask('texts', { bounds: boundsOf(root), paths })
      reading(root.id)
      sources.push(...files.map((row, at) => toSource(root, row, texts[at] ?? null)))
    }
    return sources
  },
  async all(scope, cursor, limit) {
    const ids = (await indexedIdsAfter(scope, cursor ?? '', limit)).map(({ id }) => id)
    return { ids, cursor: ids.length < limit ? null : (ids.at(-1) ?? null) }
  },
})

const toSource = (root: RootRow, row: FileRow, text: string | null): PassageSource => ({
  id: row.id,
  title: row.name,
  uri: uriOf(root, row),
  time: row.mtime,
  text,
  name: row.folder + row.name,
  context: [root.name, ...row.folder.split('/').filter((part) => part !== '')],
  root: root.id,
})

/** The path that a person knows: the root's name before the path below it. */
export const uriOf = (root: Pick<RootRow, 'name'>, row: Pick<FileRow, 'folder' | 'name'>) =>
  `${root.name}/${row.folder}${row.name}`
