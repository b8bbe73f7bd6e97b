/**
 * The hash chain of a workspace's events. Each hash covers the whole envelope, the hash before it, and a salted hash of
 * the data; deleting data and salt (forgetting) therefore leaves the chain whole, and the salt keeps short data from
 * being guessed out of its hash. JSON is canonical (RFC 8785), hashes are SHA-256 in lower-case hex.
 */
import canonicalize from 'canonicalize'
import { sha256 } from '../ids.ts'

export type EventRow = {
  workspace: string
  seq: number
  id: string
  type: string
  subject: string
  actor: string
  job: string | null
  /** Epoch milliseconds. */
  time: number
  /** Canonical JSON; null once it was forgotten, together with its salt. */
  data: string | null
  salt: string | null
  data_hash: string
  prev_hash: string
  hash: string
}
export type EventTables = {
  event: EventRow
  event_head: { workspace: string; seq: number; hash: string }
  event_checkpoint: { workspace: string; seq: number; hash: string; time: number }
}

/** What the first event of a workspace follows. */
export const genesis = '0'.repeat(64)

export const canonical = (value: unknown) => canonicalize(value) as string
export const dataHash = (salt: string, data: string) => sha256(`${salt}${data}`)

/** Hash of an event's envelope: every column but data, salt and the hash itself. */
export function envelopeHash(row: Omit<EventRow, 'data' | 'salt' | 'hash'>): string {
  const { workspace, seq, id, type, subject, actor, job, time, data_hash, prev_hash } = row
  return sha256(canonical({ workspace, seq, id, type, subject, actor, job, time, data_hash, prev_hash }))
}
