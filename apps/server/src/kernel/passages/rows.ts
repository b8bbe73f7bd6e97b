/** Rows of the passages' tables. */
import type { Db } from '../database/dialect.ts'

export type SpaceRow = {
  workspace: string
  number: number
  sources: number
  passages: number
  length: number
  bytes: number
  version: number
  fence: number
}
export type SourceRow = {
  workspace: string
  kind: string
  id: string
  hash: string
  version: number
  chunked: 'plain' | 'parsed'
  passages: number
  title: string
  uri: string
  speaker: string | null
  time: number
  indexed_at: number
}
export type PendingRow = {
  workspace: string
  kind: string
  id: string
  since: number
  change: number
  attempts: number
  error: string | null
  next_attempt: number
}
export type PassageRow = {
  workspace: string
  id: string
  number: number
  kind: string
  source: string
  ordinal: number
  place: string
  text: string
  words: string
  hash: string
  text_hash: string
  vectored: string | null
}
export type PostingRow = {
  number: number
  workspace: string
  kind: string
  source: string
  ordinal: number
  series: string | null
  position: number | null
  root: string | null
  time: number
  length: number
  terms: Uint8Array
}
export type TermRow = { workspace: string; term: string; passages: number; strong: number }
export type EmbeddingRow = { workspace: string; model: string; hash: string; vector: Uint8Array }
export type GoneRow = { workspace: string; id: string; model: string; hash: string }

export type PassageTables = {
  passage_space: SpaceRow
  passage_source: SourceRow
  passage_pending: PendingRow
  passage: PassageRow
  passage_posting: PostingRow
  passage_term: TermRow
  embedding: EmbeddingRow
  passage_gone: GoneRow
}
export const tables = (db: Db) => db.withTables<PassageTables>()
