/** How memories are erased, with their versions and their audit. */
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { contains } from '../../../kernel/database/like.ts'
import { among, dialectOf } from '../../../kernel/database/lists.ts'
import {
  between,
  type Counts,
  type Eraser,
  type EraseReader,
  type EraseTx,
  type Erasure,
  isOnSite,
  markOf,
  marksOfEach,
  none,
  nothing,
  takesAll,
} from '../../../kernel/erasure.ts'
import type { MemoryRow } from './store.ts'

export const eraseModule = new URL(import.meta.url)

const atOnce = 200
/** As the audit writes a person down. */
const said = (person: string) => `"person":"${person}"`
type Found = Pick<MemoryRow, 'id' | 'key' | 'value' | 'scope_ref' | 'source'>

function which(erasure: Erasure): RawBuilder<SqlBool> | null {
  if (takesAll(erasure)) return sql<SqlBool>`1 = 1`
  // What a memory says since the period was said in it.
  if (erasure.by === 'period')
    return sql<SqlBool>`(${between('created_at', erasure)} or ${between('updated_at', erasure)})`
  if (erasure.by === 'site')
    return sql<SqlBool>`(${contains('scope_ref', erasure.site)} or ${contains('source', erasure.site)})`
  // Who made a memory is known to its audit.
  if (erasure.by === 'person')
    return sql<SqlBool>`id in (select memory_id from memory_audit a where a.workspace = memories.workspace
      and a.action = 'created' and ${contains('detail', said(erasure.id))})`
  return erasure.by === 'source' && erasure.kind === 'memory' ? sql<SqlBool>`id = ${erasure.id}` : null
}

/** Of a site: what was remembered for it, or came from one of its addresses. */
async function doomed({ db, workspace }: EraseReader, erasure: Erasure, limit: number): Promise<Found[]> {
  const where = which(erasure)
  if (where === null) return []
  const all = erasure.by === 'site' ? sql`` : sql`limit ${limit}`
  const { rows } = await sql<Found>`select id, key, value, scope_ref, source from memories
    where workspace = ${workspace} and ${where} ${all}`.execute(db)
  if (erasure.by !== 'site') return rows
  const { site } = erasure
  const ofSite = (ref: string | null) => isOnSite(site, ref) || (ref !== null && isOnSite(site, `http://${ref}/`))
  return rows.filter((row) => ofSite(row.scope_ref) || isOnSite(site, row.source)).slice(0, limit)
}

export const eraser: Eraser = {
  async count(from, erasure) {
    return { memories: (await doomed(from, erasure, 1_000_000)).length }
  },
  async some(tx, erasure) {
    const ids = (await doomed(tx, erasure, atOnce)).map(({ id }) => id)
    const counts = await take(tx, ids)
    const more = ids.length === atOnce
    // The audit keeps that there was something; everything means that, too.
    if (takesAll(erasure) && !more) await sql`delete from memory_audit where workspace = ${tx.workspace}`.execute(tx.db)
    if (erasure.by === 'person' && !more)
      await sql`delete from memory_audit
        where workspace = ${tx.workspace} and ${contains('detail', said(erasure.id))}`.execute(tx.db)
    return { counts, gone: [{ kind: 'memory', ids }], cursor: more ? 'more' : null }
  },
  async release(tx, { kind, ids }) {
    if (kind !== 'thread') return nothing
    const { rows } = await sql<{ id: string }>`select id from memories where workspace = ${tx.workspace}
      and scope = 'thread' and scope_ref in ${among(dialectOf(tx.db), ids)}`.execute(tx.db)
    const found = rows.map(({ id }) => id)
    return { counts: await take(tx, found), gone: [{ kind: 'memory', ids: found }] }
  },
  async marks(from, erasure) {
    const rows = await doomed(from, erasure, marksOfEach)
    return rows.flatMap(({ key, value }) => [...markOf(key), ...markOf(value)])
  },
}

async function take(tx: EraseTx, ids: readonly string[]): Promise<Counts> {
  if (ids.length === 0) return none
  const these = among(dialectOf(tx.db), ids)
  await sql`delete from memories where workspace = ${tx.workspace} and id in ${these}`.execute(tx.db)
  const versions = await sql`delete from memory_version
    where workspace = ${tx.workspace} and memory_id in ${these}`.execute(tx.db)
  await sql`delete from memory_audit where workspace = ${tx.workspace} and memory_id in ${these}`.execute(tx.db)
  for (const id of ids) tx.event({ type: 'memory.removed', subject: id })
  return { memories: ids.length, memory_versions: Number(versions.numAffectedRows ?? 0) }
}
