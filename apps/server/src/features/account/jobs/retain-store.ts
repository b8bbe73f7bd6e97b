/** How long jobs that have ended are kept, with their logs. */
import type { EndedJobStatus } from '@cairn/api/jobs'
import { type SqlBool, sql } from 'kysely'
import { countRows, none, nothing } from '../../../kernel/erasure.ts'
import type { Due, Rule } from '../../../kernel/retention.ts'
import { removeEnded } from './store.ts'

export const retainModule = new URL(import.meta.url)

const atOnce = 200

function rule(
  name: string,
  usual: number,
  statuses: readonly EndedJobStatus[],
  typesOf?: (due: Due) => readonly string[],
): Rule {
  return {
    rule: name,
    usual,
    async count(from, due) {
      const types = typesOf?.(due)
      if (types?.length === 0) return none
      const only = types ? sql` and type in (${sql.join(types)})` : sql``
      const where = sql<SqlBool>`status in (${sql.join(statuses)}) and created_at < ${due.before}
        and completed_at < ${due.before}${only}`
      return { jobs: await countRows(from, { table: 'jobs', where }) }
    },
    async some(tx, due) {
      const types = typesOf?.(due)
      if (types?.length === 0) return nothing
      const gone = await removeEnded(tx, { statuses, before: due.before, ...(types && { types }) }, atOnce)
      return { counts: { jobs: gone.length }, cursor: gone.length < atOnce ? null : 'more' }
    },
  }
}

/** Housekeeping that went well, what went well, what did not. */
export const rules: readonly Rule[] = [
  rule('jobs.housekeeping', 1, ['succeeded'], ({ housekeeping }) => housekeeping),
  rule('jobs.succeeded', 30, ['succeeded']),
  rule('jobs.others', 90, ['failed', 'cancelled']),
]
