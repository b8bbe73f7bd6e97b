/** Two histories of one document become one. Pure. */
import { keptVersions } from './keep.ts'
import type { VersionRow } from './rows.ts'

type Told = Pick<VersionRow, 'version' | 'title' | 'content_hash' | 'created_at'>
export type Merged<S extends Told, G extends Told> = {
  /** Given versions that come in, each with its number. */
  fresh: { row: G; version: number }[]
  /** Versions of here that get another number: `[from, to]`. */
  moved: [number, number][]
  /** Versions of here that are older than what is kept. */
  dropped: number[]
  /** The newest one; undefined where there is none. */
  top: { row: S | G; version: number } | undefined
}

/**
 * In the order of their times. A version that says what the one before or behind it says is none. Numbers stay where they
 * can: where a given one lies between others, or its number is taken, all are counted anew up to the highest.
 */
export function merge<S extends Told, G extends Told>(stored: readonly S[], given: readonly G[]): Merged<S, G> {
  const own = stored.map((row) => ({ row, own: true as const }))
  const all = [...own, ...given.map((row) => ({ row, own: false as const }))].sort(
    (a, b) => a.row.created_at - b.row.created_at || a.row.version - b.row.version || Number(b.own) - Number(a.own),
  )
  const distinct: typeof all = []
  for (const [at, one] of all.entries()) {
    const beside = [distinct.at(-1), all[at + 1]]
    if (one.own || !beside.some((other) => other && saysTheSame(other.row, one.row))) distinct.push(one)
  }
  const numbers = distinct.map(({ row }) => row.version)
  const inOrder = numbers.every((number, at) => at === 0 || number > (numbers[at - 1] as number))
  const highest = Math.max(...numbers, distinct.length)
  const numbered = distinct.map((one, at) => ({
    ...one,
    version: inOrder ? one.row.version : highest - (distinct.length - 1 - at),
  }))
  const kept = numbered.slice(-keptVersions)
  return {
    fresh: kept.flatMap(({ row, own, version }) => (own ? [] : [{ row: row as G, version }])),
    moved: kept.flatMap(({ row, own, version }): [number, number][] =>
      own && row.version !== version ? [[row.version, version]] : [],
    ),
    dropped: numbered.slice(0, -keptVersions).flatMap(({ row, own }) => (own ? [row.version] : [])),
    top: kept.at(-1),
  }
}

const saysTheSame = (one: Told, other: Told) => one.content_hash === other.content_hash && one.title === other.title
