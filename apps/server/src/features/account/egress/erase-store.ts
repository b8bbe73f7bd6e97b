/** How the log of requests is erased: those to the site, those of the period, those that a person asked for, all. */
import type { SqlBool } from 'kysely'
import { sql } from 'kysely'
import { between, countRows, type Eraser, type Erasure, none, onSite, takeRows } from '../../../kernel/erasure.ts'
import { byAge } from '../../../kernel/retention.ts'

export const eraseModule = new URL(import.meta.url)

const atOnce = 1_000

function which(erasure: Erasure) {
  if (erasure.by === 'everything') return sql<SqlBool>`1 = 1`
  if (erasure.by === 'period') return between('at', erasure)
  if (erasure.by === 'person') return sql<SqlBool>`person = ${erasure.id}`
  return erasure.by === 'site' ? onSite('host', erasure.site) : null
}

export const eraser: Eraser = {
  async count(from, erasure) {
    const where = which(erasure)
    return where ? { requests: await countRows(from, { table: 'egress', where }) } : none
  },
  async some(tx, erasure) {
    const where = which(erasure)
    const ids = where ? await takeRows(tx, { table: 'egress', where }, atOnce) : []
    return { counts: { requests: ids.length }, cursor: ids.length < atOnce ? null : 'more' }
  },
}

export const rules = [byAge('requests', 365, eraser)]
