/** Rules of threads and messages. Functions that write take the transaction first. */
import { fail } from '@cairn/api/errors'
import {
  type Attachment,
  type Citation,
  type LinkRelation,
  type Message,
  type MessageKind,
  type MessageRole,
  maxContentBytes,
} from '@cairn/api/threads'
import { newId } from '../../../kernel/ids.ts'
import { stableJson } from '../../../kernel/json.ts'
import { decodeCursor, pageSize, toPage } from '../../../kernel/paging.ts'
import { personOf, type Scope, type Tx } from '../../../kernel/scope.ts'
import { type MessageRow, type ThreadRow, toLink, toMessage, toThread } from './rows.ts'
import * as store from './store.ts'
import { retitled } from './retitle.ts'
import { nameFor } from './title.ts'

type Reader = Pick<Scope, 'workspace' | 'db'>
const storeModule = new URL('./store.ts', import.meta.url)
export type NewThread = {
  id?: string
  title?: string
  description?: string
  origin?: string
  metadata?: Record<string, unknown>
}
export type NewMessage = {
  id?: string
  role: MessageRole
  content: string
  /** What it follows; the end of the shown path unless said, nothing when null. */
  parent_id?: string | null
  /** Ends that the shown path may have for this message to become its end; any unless said. */
  follows?: readonly (string | null)[]
  /** Milliseconds that the indexer leaves it alone, where something that somebody waits for comes first. */
  rests?: number
  kind?: MessageKind
  state?: Message['state']
  tokens?: number | null
  model?: string | null
  cost_usd?: number | null
  metadata?: Record<string, unknown>
  citations?: Citation[]
  attachments?: Attachment[]
}
export type NewLink = {
  kind: string
  ref: string
  title: string
  uri: string
  relation: LinkRelation
}

/** Writes a thread's row without an event, for those who say more with their own. Repeats with one id are one thread. */
export async function open(tx: Tx, input: NewThread) {
  const row: ThreadRow = {
    workspace: tx.workspace,
    id: input.id ?? newId(),
    title: (input.title ?? '').toWellFormed(),
    description: (input.description ?? '').toWellFormed(),
    origin: (input.origin ?? 'api').toWellFormed(),
    metadata: stableJson(input.metadata ?? {}),
    version: 1,
    message_count: 0,
    head_id: null,
    created_at: tx.now,
    updated_at: tx.now,
    last_user_message_at: null,
    last_assistant_message_at: null,
    person: personOf(tx.principal),
  }
  if (await store.insertThread(tx, row)) return { thread: toThread(row), created: true }
  const stored = await store.threadById(tx, row.id)
  const same = (['title', 'description', 'origin', 'metadata'] as const).every(
    (field) => stored?.[field] === row[field],
  )
  if (!stored || !same) throw fail('CONFLICT')
  return { thread: toThread(stored), created: false }
}

/** Starts a thread. Same id and content returns the row; other content is CONFLICT. */
export async function create(tx: Tx, input: NewThread) {
  const { thread, created } = await open(tx, input)
  if (created) tx.event({ type: 'thread.created', subject: thread.id, data: { origin: thread.origin } })
  return thread
}

/** One thread, or THREAD_NOT_FOUND. */
export async function get(from: Reader, id: string) {
  const row = await store.threadById(from, id)
  if (!row) throw fail('THREAD_NOT_FOUND')
  return toThread(row)
}

/** Threads by last activity, newest first. */
export async function list(
  from: Pick<Scope, 'workspace' | 'db' | 'apart'>,
  input: { limit?: number; cursor?: string; q?: string },
) {
  const limit = pageSize(input.limit)
  const after = decodeCursor(input.cursor, [0, ''] as [number, string])
  const page: store.ThreadPage = { limit: limit + 1, after, ...(input.q && { q: input.q }) }
  // With words every thread may have to be looked at: that is for a worker.
  const rows = await (page.q
    ? from.apart.read<ThreadRow[]>(storeModule, 'threadPage', page)
    : store.threadPage(from, page))
  return toPage(rows, limit, (row) => [row.updated_at, row.id], toThread)
}

type Patch = { title?: string; description?: string; metadata?: Record<string, unknown> }

/** Changes what a person may change. `seen` is the version that `If-Match` named; another one is PRECONDITION_FAILED. */
export async function update(tx: Tx, id: string, patch: Patch, seen: number | null) {
  const row = await store.threadById(tx, id)
  if (!row) throw fail('THREAD_NOT_FOUND')
  if (seen !== null && row.version !== seen) throw fail('PRECONDITION_FAILED')
  const change: Partial<ThreadRow> = {
    ...(patch.title !== undefined && { title: patch.title.toWellFormed() }),
    ...(patch.description !== undefined && { description: patch.description.toWellFormed() }),
    ...(patch.metadata !== undefined && { metadata: stableJson(patch.metadata) }),
  }
  const fields = (Object.keys(change) as (keyof typeof change)[]).filter((field) => change[field] !== row[field])
  if (fields.length === 0) return toThread(row)
  const changed = { ...change, version: row.version + 1, updated_at: tx.now }
  const taken = await store.updateThread(tx, id, row.version, changed)
  if (!taken) throw fail('PRECONDITION_FAILED')
  if (fields.includes('title')) await retitled(tx, row)
  tx.event({ type: 'thread.changed', subject: id, data: { fields } })
  return toThread({ ...row, ...changed })
}

/**
 * Writes a message into its thread and links what it cites. Same id and content returns the row; other content is
 * CONFLICT. The first question names a thread that has no title. `data` goes into the event beside ids and role.
 */
export async function addMessage(tx: Tx, thread: string, input: NewMessage, data: Record<string, unknown> = {}) {
  const content = input.content.toWellFormed()
  checkContent(content)
  const stored = input.id === undefined ? undefined : await store.messageById(tx, input.id)
  if (stored) return sameMessage(stored, thread, { ...input, content })
  const spoken = spokenAt(input.role, tx.now)
  const taken = await store.takeTurn(tx, thread, { updated_at: tx.now, ...spoken })
  if (!taken) throw fail('THREAD_NOT_FOUND')
  await checkParent(tx, thread, input.parent_id)
  const parent_id = input.parent_id === undefined ? taken.head_id : input.parent_id
  const row = rowOf(tx, thread, taken.message_count, { ...input, parent_id, content })
  if (!(await store.insertMessage(tx, row))) {
    // The same id came twice at the same moment: the turn goes back, and the other one's row is judged as above.
    await store.giveBackTurn(tx, thread)
    return sameMessage((await store.messageById(tx, row.id)) as MessageRow, thread, { ...input, content })
  }
  if (!input.follows || input.follows.includes(taken.head_id)) await store.setHead(tx, thread, row.id)
  const named = input.role === 'user' && taken.title === '' && (await entitle(tx, thread, taken.version, content))
  await link(tx, thread, [...(input.citations ?? []).map(linkOf), ...(input.attachments ?? []).map(attached)], row.id)
  if (named) await retitled(tx, { id: thread, message_count: taken.message_count })
  else await tx.reindex('message', [row.id], input.rests)
  const { turn, role, kind } = row
  const about = { thread_id: thread, turn, role, kind, ...(named && { thread_named: true }), ...data }
  tx.event({ type: 'message.created', subject: row.id, data: about })
  return toMessage(row)
}

/** Names a thread by what was asked first; answers whether there was something to name it by. */
async function entitle(tx: Tx, thread: string, version: number, question: string): Promise<boolean> {
  const title = nameFor(question)
  if (title === '') return false
  return (await store.updateThread(tx, thread, version, { title, version: version + 1 })) !== undefined
}

const spokenAt = (role: MessageRole, now: number): Partial<ThreadRow> => {
  if (role === 'user') return { last_user_message_at: now }
  return role === 'assistant' ? { last_assistant_message_at: now } : {}
}

const linkOf = ({ source }: Citation): NewLink => ({
  kind: source.kind,
  ref: source.id,
  title: source.title,
  uri: source.uri,
  relation: 'cites',
})

const attached = ({ id, title }: Attachment): NewLink => ({
  ...{ kind: 'document', ref: id, title, uri: `document:${id}`, relation: 'attaches' },
})

/** Words of others as a column may hold them: well-formed, without NUL, of a sane length. */
const tame = (text: string) => text.slice(0, 2_000).replaceAll('\u0000', '').toWellFormed()

function rowOf(tx: Tx, thread: string, turn: number, input: NewMessage): MessageRow {
  return {
    workspace: tx.workspace,
    id: input.id ?? newId(),
    thread_id: thread,
    parent_id: input.parent_id ?? null,
    turn,
    role: input.role,
    kind: input.kind ?? 'plain',
    state: input.state ?? 'complete',
    content: input.content,
    tokens: input.tokens ?? null,
    model: input.model ?? null,
    cost_usd: input.cost_usd ?? null,
    citations: stableJson(input.citations ?? []),
    attachments: stableJson(input.attachments ?? []),
    metadata: stableJson(input.metadata ?? {}),
    created_at: tx.now,
    person: personOf(tx.principal),
  }
}

function checkContent(content: string): void {
  if (Buffer.byteLength(content) <= maxContentBytes) return
  throw fail('INVALID_INPUT', {}, [{ path: '/content', message: `must be at most ${maxContentBytes} bytes of UTF-8` }])
}

async function checkParent(tx: Tx, thread: string, parent: string | null | undefined): Promise<void> {
  if (!parent) return
  const row = await store.messageById(tx, parent)
  if (row?.thread_id === thread) return
  throw fail('INVALID_INPUT', {}, [{ path: '/parent_id', message: 'is not a message of this thread' }])
}

function sameMessage(stored: MessageRow, thread: string, input: NewMessage): Message {
  const same =
    stored.thread_id === thread &&
    stored.role === input.role &&
    stored.content === input.content &&
    (input.parent_id === undefined || stored.parent_id === input.parent_id) &&
    stored.metadata === stableJson(input.metadata ?? {}) &&
    stored.citations === stableJson(input.citations ?? []) &&
    idsIn(JSON.parse(stored.attachments) as Attachment[]) === idsIn(input.attachments ?? [])
  if (!same) throw fail('CONFLICT')
  return toMessage(stored)
}

const idsIn = (attachments: readonly Attachment[]) => attachments.map(({ id }) => id).join(' ')

type MessageFilter = { limit?: number; cursor?: string; order?: 'asc' | 'desc'; role?: MessageRole; q?: string }

/** Messages of one thread by turn; THREAD_NOT_FOUND when there is no such thread. */
export async function messages(from: Pick<Scope, 'workspace' | 'db' | 'apart'>, thread: string, input: MessageFilter) {
  if (!(await store.threadById(from, thread))) throw fail('THREAD_NOT_FOUND')
  const limit = pageSize(input.limit)
  const after = decodeCursor(input.cursor, [0] as [number])
  const page: store.MessagePage = {
    ...{ thread, limit: limit + 1, after: after?.[0] ?? null, order: input.order ?? 'asc' },
    ...(input.role && { role: input.role }),
    ...(input.q && { q: input.q }),
  }
  // With words every message may have to be looked at: that is for a worker.
  const rows = await (page.q
    ? from.apart.read<MessageRow[]>(storeModule, 'messagePage', page)
    : store.messagePage(from, page))
  return toPage(rows, limit, (row) => [row.turn], toMessage)
}

/** One message, or undefined. */
export async function message(from: Reader, id: string): Promise<Message | undefined> {
  const row = await store.messageById(from, id)
  return row && toMessage(row)
}

/** Answers to a message, the newest first. */
export async function repliesTo(from: Reader, { id, thread_id }: Message): Promise<Message[]> {
  return (await store.repliesTo(from, thread_id, id)).map(toMessage)
}

/** Notes that a thread has to do with these sources; links that are there already stay as they are. */
export async function link(tx: Tx, thread: string, links: readonly NewLink[], message: string | null) {
  if (links.length === 0) return
  const common = { workspace: tx.workspace, thread_id: thread, message_id: message, created_at: tx.now }
  await store.insertLinks(
    tx,
    links.map((one) => ({ ...common, id: newId(), ...one, title: tame(one.title), uri: tame(one.uri) })),
  )
}

/** Takes away the links to sources that are gone, all of them or those of one relation. */
export const unlink = (tx: Tx, kind: string, refs: readonly string[], relation?: LinkRelation) =>
  store.deleteLinksTo(tx, kind, refs, relation)

/** Something that threads have to do with has another title now. */
export const retitle = (tx: Tx, kind: string, ref: string, title: string) =>
  store.retitleLinks(tx, kind, ref, tame(title))

/** Is there such a thread? */
export const exists = async (from: Reader, id: string) => (await store.threadById(from, id)) !== undefined

/** What a thread has to do with, newest first. */
export async function links(from: Reader, thread: string, input: { limit?: number; cursor?: string }) {
  if (!(await exists(from, thread))) throw fail('THREAD_NOT_FOUND')
  const limit = pageSize(input.limit)
  const after = decodeCursor(input.cursor, [0, ''] as [number, string])
  const rows = await store.linkPage(from, thread, { limit: limit + 1, after })
  return toPage(rows, limit, (row) => [row.created_at, row.id], toLink)
}
