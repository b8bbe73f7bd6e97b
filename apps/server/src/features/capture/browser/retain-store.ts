/** How long visits and what pages said are kept: for ever, unless a person says otherwise. */
import { type SqlBool, sql } from 'kysely'
import { countRows, takeRows } from '../../../kernel/erasure.ts'
import { byAge, type Rule } from '../../../kernel/retention.ts'
import { eraser } from './erase-store.ts'

export const retainModule = new URL(import.meta.url)

const atOnce = 200
const older = (before: number) => ({ table: 'page_text', where: sql<SqlBool>`read_at < ${before}` })

export const rules: readonly Rule[] = [
  byAge('visits', null, eraser),
  {
    rule: 'page_texts',
    usual: null,
    count: async (from, { before }) => ({ page_texts: await countRows(from, older(before)) }),
    async some(tx, { before }) {
      const ids = await takeRows(tx, older(before), atOnce)
      if (ids.length > 0) await tx.reindex('visit', ids)
      return { counts: { page_texts: ids.length }, cursor: ids.length < atOnce ? null : 'more' }
    },
  },
]
