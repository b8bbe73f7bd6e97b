/**
 * How jobs are erased, with their inputs, results and logs: those of the period, those that speak of what is erased, all.
 * One that has not ended is left to end; what it still holds goes with the next. With a crawl goes its job, which the
 * system began where it was one that is done again.
 */
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { contains } from '../../../kernel/database/like.ts'
import { among, dialectOf } from '../../../kernel/database/lists.ts'
import {
  between,
  countRows,
  type Eraser,
  type EraseReader,
  type Erasure,
  namesSite,
  none,
  takeRows,
  wordOf,
} from '../../../kernel/erasure.ts'

export const eraseModule = new URL(import.meta.url)

const atOnce = 200

/** Logs are asked once for all jobs, not for each. */
function which(workspace: string, erasure: Erasure): RawBuilder<SqlBool> {
  const ended = sql`completed_at is not null`
  if (erasure.by === 'everything') return sql<SqlBool>`${ended}`
  if (erasure.by === 'period') return sql<SqlBool>`${ended} and ${between('created_at', erasure)}`
  if (erasure.by === 'person') return sql<SqlBool>`${ended} and ${contains('principal', `"person":"${erasure.id}"`)}`
  const word = wordOf(erasure) as string
  const said = sql`${contains('input', word)} or ${contains('result', word)} or ${contains('error', word)}`
  const logged = sql`id in (select job_id from job_log where workspace = ${workspace} and ${contains('message', word)})
    or id in (select job_id from job_status where workspace = ${workspace} and ${contains('message', word)})
    or id in (select job_id from job_step where workspace = ${workspace} and ${contains('result', word)})`
  const thread = erasure.by === 'thread' ? sql` or thread_id = ${erasure.id}` : sql``
  return sql<SqlBool>`${ended} and (${said} or ${logged}${thread})`
}

/** Does the row itself say whether it goes? Then they go batch by batch. */
const isPlain = ({ by }: Erasure) => by === 'everything' || by === 'period' || by === 'person'

/** Ids of jobs after one. A site's name may stand in that of another: those are looked at once more. */
async function doomed({ db, workspace }: EraseReader, erasure: Erasure, limit: number, but: string | null) {
  const { rows } = await sql<{ id: string; input: string; result: string | null; error: string | null }>`
    select id, input, result, error from jobs
    where workspace = ${workspace} and id <> ${but ?? ''} and ${which(workspace, erasure)} limit ${limit}`.execute(db)
  if (erasure.by !== 'site') return rows.map(({ id }) => id)
  const ids: string[] = []
  for (const { id, ...texts } of rows) {
    const own = Object.values(texts).some((text) => namesSite(erasure.site, text))
    if (own || (await logNames({ db, workspace }, id, erasure.site))) ids.push(id)
  }
  return ids
}

async function logNames({ db, workspace }: EraseReader, job: string, site: string): Promise<boolean> {
  const { rows } = await sql<{ text: string | null }>`
    select message as text from job_log where workspace = ${workspace} and job_id = ${job} and ${contains('message', site)}
    union all select message from job_status where workspace = ${workspace} and job_id = ${job}
    union all select result from job_step where workspace = ${workspace} and job_id = ${job}`.execute(db)
  return rows.some(({ text }) => namesSite(site, text))
}

export const eraser: Eraser = {
  async count(from, erasure) {
    if (isPlain(erasure))
      return { jobs: await countRows(from, { table: 'jobs', where: which(from.workspace, erasure) }) }
    return { jobs: (await doomed(from, erasure, 10_000, null)).length }
  },
  async some(tx, erasure) {
    if (isPlain(erasure)) {
      const where = sql<SqlBool>`id <> ${tx.job ?? ''} and ${which(tx.workspace, erasure)}`
      const ids = await takeRows(tx, { table: 'jobs', where }, atOnce)
      return { counts: { jobs: ids.length }, cursor: ids.length < atOnce ? null : 'more' }
    }
    const ids = await doomed(tx, erasure, 10_000, tx.job)
    if (ids.length > 0)
      await takeRows(tx, { table: 'jobs', where: sql`id in ${among(dialectOf(tx.db), ids)}` }, ids.length)
    return { counts: { jobs: ids.length }, cursor: null }
  },
  async release(tx, { kind, ids }) {
    if (kind !== 'crawl') return { counts: none }
    const where = sql<SqlBool>`completed_at is not null and id in ${among(dialectOf(tx.db), ids)}`
    return { counts: { jobs: (await takeRows(tx, { table: 'jobs', where }, ids.length)).length } }
  },
}
