/** Walks a workspace's chain and says where it is not as it was written. */
import type { Db } from '../database/dialect.ts'
import type { ReadApart } from '../scope.ts'
import { dataHash, type EventRow, type EventTables, envelopeHash, genesis } from './chain.ts'

/** The chain's hash at a number, kept where whoever changes the database cannot reach it: in a backup, in a bundle. */
export type Checkpoint = { seq: number; hash: string }
export type Fault = {
  seq: number
  /**
   * `missing`: events are not there. `changed`: an event is not what its hash says. `unlinked`: an event does not
   * follow the one before it. `head`: the log does not end where its head says. `checkpoint`: the chain was rewritten.
   */
  kind: 'missing' | 'changed' | 'unlinked' | 'head' | 'checkpoint'
  message: string
}
export type Verification = { ok: boolean; checked: number; forgotten: number; head: Checkpoint; faults: Fault[] }

const page = 500
const mostFaults = 20

/** Checks every event against its hash, its predecessor, the head, and checkpoints (stored and handed in). */
export async function verify(db: Db, workspace: string, kept: readonly Checkpoint[] = []): Promise<Verification> {
  const tables = db.withTables<EventTables>()
  const last = await tables
    .selectFrom('event')
    .select((select) => select.fn.max('seq').as('seq'))
    .where('workspace', '=', workspace)
    .executeTakeFirst()
  const head = (await tables
    .selectFrom('event_head')
    .selectAll()
    .where('workspace', '=', workspace)
    .executeTakeFirst()) ?? {
    seq: 0,
    hash: genesis,
  }
  const stored = await tables.selectFrom('event_checkpoint').selectAll().where('workspace', '=', workspace).execute()
  const walk = makeWalk([...stored, ...kept], stored)
  for (let after = 0; ; ) {
    const rows = await readPage(db, workspace, after, head.seq)
    for (const row of rows) walk.step(row)
    const end = rows.at(-1)
    if (!end) break
    after = end.seq
  }
  return walk.finish(head, last?.seq ?? 0)
}

/** The same for `scope.apart.read`, which gives it one snapshot and keeps it off the loop. */
export const verifyApart: ReadApart<{ kept: Checkpoint[] }, Verification> = ({ db, workspace }, { kept }) =>
  verify(db, workspace, kept)

/** The workspaces that have a log, or the head of one. */
export const chainedApart: ReadApart<null, string[]> = async ({ db }) => {
  const tables = db.withTables<EventTables>()
  const heads = tables.selectFrom('event_head').select('workspace')
  const rows = await heads.union(tables.selectFrom('event').select('workspace')).orderBy('workspace').execute()
  return rows.map(({ workspace }) => workspace)
}

const readPage = (db: Db, workspace: string, after: number, upTo: number) =>
  db
    .withTables<EventTables>()
    .selectFrom('event')
    .selectAll()
    .where('workspace', '=', workspace)
    .where('seq', '>', after)
    .where('seq', '<=', upTo)
    .orderBy('seq')
    .limit(page)
    .execute()

function makeWalk(checkpoints: readonly Checkpoint[], anchors: readonly Checkpoint[]) {
  const faults: Fault[] = []
  let before: Checkpoint = { seq: 0, hash: genesis }
  let checked = 0
  let forgotten = 0
  const fault = (seq: number, kind: Fault['kind'], message: string) => void faults.push({ seq, kind, message })

  function step(row: EventRow) {
    // Older events may have been pruned up to a checkpoint, which then stands for them.
    if (checked === 0 && row.seq > 1) before = anchors.find((anchor) => anchor.seq === row.seq - 1) ?? before
    if (row.seq !== before.seq + 1)
      fault(before.seq + 1, 'missing', `events ${before.seq + 1} to ${row.seq - 1} are not there`)
    else if (row.prev_hash !== before.hash)
      fault(row.seq, 'unlinked', `event ${row.seq} does not follow the one before it`)
    if (!intact(row)) fault(row.seq, 'changed', `event ${row.seq} is not as it was written`)
    if (row.data === null) forgotten += 1
    for (const point of checkpoints) {
      if (point.seq !== row.seq) continue
      if (point.hash !== row.hash) fault(row.seq, 'checkpoint', `event ${row.seq} differs from the checkpoint`)
    }
    before = { seq: row.seq, hash: row.hash }
    checked += 1
  }

  function finish(head: Checkpoint, last: number): Verification {
    if (checked === 0) before = anchors.find((anchor) => anchor.seq === head.seq) ?? before
    if (head.seq !== before.seq || head.hash !== before.hash)
      fault(before.seq, 'head', `the log ends at event ${before.seq}, its head says ${head.seq}`)
    if (last > head.seq) fault(head.seq + 1, 'head', `events ${head.seq + 1} to ${last} stand after the head`)
    const beyond = checkpoints.filter((point) => point.seq > before.seq)
    for (const point of beyond) fault(point.seq, 'checkpoint', `a checkpoint at event ${point.seq} is beyond the end`)
    return {
      ok: faults.length === 0,
      checked,
      forgotten,
      head: { seq: head.seq, hash: head.hash },
      faults: faults.toSorted((a, b) => a.seq - b.seq).slice(0, mostFaults),
    }
  }

  return { step, finish }
}

function intact(row: EventRow): boolean {
  if ((row.data === null) !== (row.salt === null)) return false
  if (row.data !== null && dataHash(row.salt as string, row.data) !== row.data_hash) return false
  return envelopeHash(row) === row.hash
}
