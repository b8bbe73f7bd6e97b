/** How a feature's rows become searchable: the `passages` slot. */
import type { Scope } from '../scope.ts'

/** One thing that can be found and cited, as its feature hands it to the indexer. */
export type PassageSource = {
  id: string
  title: string
  /** The path or address that a person knows: `src/a.ts`, `https://…`, `thread:…`. */
  uri: string
  /** Epoch ms: when it was written, visited, said. Feeds recency and the from/to filters. */
  time: number
  /** Whole text; null when it is gone (its passages go). Already masked of secrets. */
  text: string | null
  /** A file name for the chunker; none means plain prose. */
  name?: string
  /** Who said it: `user`, `assistant`, an author. */
  speaker?: string
  /** What surrounds it: thread title, folder, site. Searched with less weight. */
  context?: string[]
  /** Sources with the same group are neighbours in `order` (turns of one thread, files of one commit). */
  group?: string
  order?: number
  /** Project or root it belongs to, for filters. */
  root?: string
}

export type PassageKind = {
  /** `file`, `commit`, `visit`, `message`, `memory`, … */
  kind: string
  /** Weight of the kind in ranking; 1 unless said. */
  weight?: number
  /** Reads sources by id, in any order; ids that are gone are left out. */
  read(scope: Scope, ids: readonly string[]): Promise<PassageSource[]>
  /** All ids after `cursor` in a stable order, for a rebuild. */
  all(scope: Scope, cursor: string | null, limit: number): Promise<{ ids: string[]; cursor: string | null }>
}

/** Where in its source a passage stands. Lines are 1-based and inclusive. */
export type Place = { start_line: number; end_line: number; name: string | null; context: string[] }
