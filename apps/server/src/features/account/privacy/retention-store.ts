/** Rows of what people said about how long things are kept. */
import type { Db } from '../../../kernel/database/dialect.ts'

type Row = { workspace: string; rule: string; days: number | null; updated_at: number }
type Reader = { workspace: string; db: Db }

const tables = ({ db }: Reader) => db.withTables<{ privacy_retention: Row }>()

export const said = (from: Reader) =>
  tables(from).selectFrom('privacy_retention').selectAll().where('workspace', '=', from.workspace).execute()

export const say = (to: Reader, rule: string, days: number | null, now: number) =>
  tables(to)
    .insertInto('privacy_retention')
    .values({ workspace: to.workspace, rule, days, updated_at: now })
    .onConflict((conflict) => conflict.columns(['workspace', 'rule']).doUpdateSet({ days, updated_at: now }))
    .execute()
