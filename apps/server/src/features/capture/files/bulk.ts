/** Work on many rows, away from the core's loop: called through `scope.apart`. */
import { fail } from '@cairn/api/errors'
import { newId } from '../../../kernel/ids.ts'
import type { ReadApart, WriteApart } from '../../../kernel/scope.ts'
import { rootById } from '../../ground/roots/store.ts'
import { type Fuzzy, fuzzyMatch, likePattern } from './fuzzy.ts'
import * as store from './store.ts'

export const module = new URL(import.meta.url)

export type Save = Omit<store.FileRow, 'workspace' | 'id' | 'root' | 'last_indexed'> & {
  /** Row that moves here: the same content, whose file has gone. */
  moved: string | null
  /** Whether its searchable text came, changed or went. */
  index: boolean
}
export type SaveBatch = {
  root: string
  saves: Save[]
  gone: (Pick<store.FileRow, 'id' | 'state' | 'reason'> & store.Place)[]
}

/** One batch of a comparison, with one event; ROOT_NOT_FOUND when the root was removed meanwhile. */
export const saveFiles: WriteApart<SaveBatch, null> = async (tx, { root, saves, gone }) => {
  if (!(await rootById(tx, root))) throw fail('ROOT_NOT_FOUND')
  const reindex: string[] = []
  let moved = 0
  const insert: Save[] = []
  for (const save of saves) {
    if (save.moved !== null && (await store.moveRow(tx, save.moved, rowOf(tx, root, save.moved, save)))) {
      reindex.push(save.moved)
      moved++
    } else {
      insert.push(save)
    }
  }
  if (insert.length > 0) {
    const rows = await store.saveRows(
      tx,
      insert.map((save) => rowOf(tx, root, newId(), save)),
    )
    const indexed = new Set(insert.filter((save) => save.index).map((save) => save.folder + save.name))
    reindex.push(...rows.filter((row) => indexed.has(row.folder + row.name)).map((row) => row.id))
  }
  let removed = 0
  for (const row of gone) {
    if (!(await store.deleteRow(tx, row))) continue
    removed++
    if (row.state === 'indexed') reindex.push(row.id)
  }
  if (reindex.length > 0) await tx.reindex('file', reindex)
  const count = (state: store.FileRow['state']) => saves.filter((save) => save.state === state).length
  const repositories = [...saves, ...gone].filter(({ reason }) => reason === 'repository').length
  const data = {
    indexed: count('indexed'),
    skipped: count('skipped'),
    failed: count('failed'),
    moved,
    removed,
    repositories,
  }
  tx.event({ type: 'files.changed', subject: root, data })
  return null
}

const rowOf = (tx: { workspace: string; now: number }, root: string, id: string, save: Save): store.FileRow => ({
  workspace: tx.workspace,
  id,
  root,
  folder: save.folder,
  name: save.name,
  size: save.size,
  mtime: save.mtime,
  stamp: save.stamp,
  sha256: save.sha256,
  language: save.language,
  state: save.state,
  reason: save.reason,
  last_indexed: save.state === 'indexed' ? tx.now : null,
})

/** Removes some of the rows of a root that was removed; answers how many. */
export const forgetFiles: WriteApart<{ root: string; limit: number }, number> = async (tx, { root, limit }) => {
  const rows = await store.someIds(tx, root, limit)
  if (rows.length === 0) return 0
  await store.deleteRows(
    tx,
    rows.map((row) => row.id),
  )
  const indexed = rows.filter((row) => row.state === 'indexed').map((row) => row.id)
  if (indexed.length > 0) await tx.reindex('file', indexed)
  tx.event({ type: 'files.forgotten', subject: root, data: { files: rows.length } })
  return rows.length
}

export type Counts = {
  indexed: number
  pending: number
  skipped: number
  failed: number
  bytes: number
  passages: number
}

/** What a root holds by now. */
export const readCounts: ReadApart<string, Counts> = async (scope, root) => {
  const states = new Map((await store.countsOf(scope, root)).map((row) => [row.state, row]))
  const files = (state: store.FileRow['state']) => Number(states.get(state)?.files ?? 0)
  const pending = Number((await store.pendingOf(scope, root)).files)
  return {
    indexed: Math.max(files('indexed') - pending, 0),
    pending,
    skipped: files('skipped'),
    failed: files('failed'),
    bytes: Number(states.get('indexed')?.bytes ?? 0),
    passages: Number((await store.passagesOf(scope, root)).passages ?? 0),
  }
}

export type Find = { q: string; roots: string[]; limit: number }
export type FoundRow = Awaited<ReturnType<typeof store.namesLike>>[number] & Fuzzy

/** At most this many candidates are weighed; a query that fits more is too short to be answered well anyway. */
const maxCandidates = 200_000

/** The files whose paths fit a query best. */
export const findFiles: ReadApart<Find, FoundRow[]> = async (scope, { q, roots, limit }) => {
  const rows = await store.namesLike(scope, roots, likePattern(q), maxCandidates)
  const found = rows.flatMap((row) => {
    const match = fuzzyMatch(q, row.folder, row.name)
    return match ? [{ ...row, ...match }] : []
  })
  const shorter = (one: FoundRow, other: FoundRow) =>
    one.folder.length + one.name.length - other.folder.length - other.name.length
  found.sort((one, other) => other.score - one.score || shorter(one, other) || (one.id < other.id ? -1 : 1))
  return found.slice(0, limit)
}
