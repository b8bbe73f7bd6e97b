/** Appends events to a workspace's chain, as the last statements of the transaction that caused them. */
import { CompiledQuery } from 'kysely'
import { iso } from '../clock.ts'
import type { Db, DialectName } from '../database/dialect.ts'
import { newId, randomSalt } from '../ids.ts'
import type { NewEvent } from '../scope.ts'
import { canonical, dataHash, type EventRow, envelopeHash, genesis } from './chain.ts'
import type { CloudEvent } from './event.ts'

export type EventContext = { workspace: string; actor: string; job: string | null; now: number }
type Head = { seq: number; hash: string }

/**
 * Gives each event its number and hash and stores it. The head row is locked from here until COMMIT, so numbers are
 * gapless and become visible in their order (a sequence hands out numbers that commit later than greater ones).
 */
export async function append(
  db: Db,
  dialect: DialectName,
  context: EventContext,
  events: readonly NewEvent[],
): Promise<CloudEvent[]> {
  if (events.length === 0) return []
  const run: Run = (text, ...values) => db.executeQuery(CompiledQuery.raw(marked(text, dialect), values))
  let head = await lockedHead(run, dialect, context.workspace)
  const rows: EventRow[] = []
  for (const event of events) {
    const row = link(head, context, event)
    rows.push(row)
    head = row
  }
  for (let at = 0; at < rows.length; at += 200) {
    const part = rows.slice(at, at + 200)
    await run(inserting(part.length), ...part.flatMap((row) => columns.map((column) => row[column])))
  }
  await run('update event_head set seq = ?, hash = ? where workspace = ?', head.seq, head.hash, context.workspace)
  return rows.map(toCloudEvent)
}

/*
 * Every operation that changes something comes through here, so these four statements are written out: building them
 * anew for each write took longer than running them.
 */
const columns = [
  ...(['workspace', 'seq', 'id', 'type', 'subject', 'actor', 'job', 'time'] as const),
  ...(['data', 'salt', 'data_hash', 'prev_hash', 'hash'] as const),
]
const inserting = (rows: number) => {
  const row = `(${columns.map(() => '?').join(', ')})`
  return `insert into event (${columns.join(', ')}) values ${Array.from({ length: rows }, () => row).join(', ')}`
}

/** Question marks as the dialect writes its parameters. */
function marked(text: string, dialect: DialectName): string {
  if (dialect === 'sqlite') return text
  let count = 0
  return text.replaceAll('?', () => `$${++count}`)
}

type Run = (text: string, ...values: unknown[]) => Promise<{ rows: unknown[] }>

async function lockedHead(run: Run, dialect: DialectName, workspace: string): Promise<Head> {
  const lock = dialect === 'postgres' ? ' for update' : ''
  const select = () => run(`select seq, hash from event_head where workspace = ?${lock}`, workspace)
  const [head] = (await select()).rows
  if (head) return head as Head
  const first = 'insert into event_head (workspace, seq, hash) values (?, 0, ?) on conflict (workspace) do nothing'
  await run(first, workspace, genesis)
  return (await select()).rows[0] as Head
}

function link(head: Head, context: EventContext, event: NewEvent): EventRow {
  const salt = randomSalt()
  const data = canonical(event.data ?? {})
  const envelope = {
    workspace: context.workspace,
    seq: head.seq + 1,
    id: newId(),
    type: event.type,
    subject: event.subject,
    actor: context.actor,
    job: context.job,
    time: context.now,
    data_hash: dataHash(salt, data),
    prev_hash: head.hash,
  }
  return { ...envelope, data, salt, hash: envelopeHash(envelope) }
}

export const toCloudEvent = (row: EventRow): CloudEvent => ({
  specversion: '1.0',
  id: row.id,
  source: '/cairn',
  type: row.type,
  subject: row.subject,
  time: iso(row.time),
  datacontenttype: 'application/json',
  data: row.data === null ? {} : (JSON.parse(row.data) as Record<string, unknown>),
  workspace: row.workspace,
  sequence: row.seq,
  actor: row.actor,
  job: row.job,
})
