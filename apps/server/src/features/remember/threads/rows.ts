/** Rows of this feature as the database holds them, and what the API shows of them. */
import type { Attachment, Citation, Message, MessageKind, MessageRole, Thread, ThreadLink } from '@cairn/api/threads'
import { iso, isoOrNull } from '../../../kernel/clock.ts'

/** What stands where words were. */
export const forgotten = '[forgotten]'

export type ThreadRow = {
  workspace: string
  id: string
  title: string
  description: string
  origin: string
  metadata: string
  version: number
  message_count: number
  head_id: string | null
  created_at: number
  updated_at: number
  last_user_message_at: number | null
  last_assistant_message_at: number | null
  /** Whose it is; null where nobody knows, or who it was has erased it. */
  person: string | null
}
export type MessageRow = {
  workspace: string
  id: string
  thread_id: string
  parent_id: string | null
  turn: number
  role: string
  kind: string
  state: string
  content: string
  tokens: number | null
  model: string | null
  cost_usd: number | null
  citations: string
  /** JSON: ids and titles of documents. */
  attachments: string
  metadata: string
  created_at: number
  person: string | null
}
export type ThreadLinkRow = {
  workspace: string
  id: string
  thread_id: string
  kind: string
  ref: string
  relation: string
  title: string
  uri: string
  message_id: string | null
  created_at: number
}
export const toThread = (row: ThreadRow): Thread => ({
  id: row.id,
  title: row.title,
  description: row.description,
  origin: row.origin,
  message_count: row.message_count,
  head_id: row.head_id,
  version: row.version,
  metadata: JSON.parse(row.metadata) as Record<string, unknown>,
  created_at: iso(row.created_at),
  updated_at: iso(row.updated_at),
  last_user_message_at: isoOrNull(row.last_user_message_at),
  last_assistant_message_at: isoOrNull(row.last_assistant_message_at),
})

export const toMessage = (row: MessageRow): Message => ({
  id: row.id,
  thread_id: row.thread_id,
  parent_id: row.parent_id,
  turn: row.turn,
  role: row.role as MessageRole,
  kind: row.kind as MessageKind,
  state: row.state as Message['state'],
  content: row.content,
  tokens: row.tokens,
  model: row.model,
  cost_usd: row.cost_usd,
  citations: JSON.parse(row.citations) as Citation[],
  attachments: JSON.parse(row.attachments) as Attachment[],
  metadata: JSON.parse(row.metadata) as Record<string, unknown>,
  created_at: iso(row.created_at),
})

export const toLink = (row: ThreadLinkRow): ThreadLink => ({
  kind: row.kind,
  id: row.ref,
  title: row.title,
  uri: row.uri,
  relation: row.relation as ThreadLink['relation'],
  message_id: row.message_id,
  created_at: iso(row.created_at),
})
