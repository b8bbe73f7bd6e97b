/** How what is known of repositories is erased: with everything; otherwise it lies in them on the disk and comes again. */
import { type SqlBool, sql } from 'kysely'
import { countRows, type Eraser, none, nothing, takeAll } from '../../../kernel/erasure.ts'

export const eraseModule = new URL(import.meta.url)

const atOnce = 200
const all = sql<SqlBool>`1 = 1`

export const eraser: Eraser = {
  async count(from, erasure) {
    if (erasure.by !== 'everything') return none
    const commits = await countRows(from, { table: 'git_events', where: all })
    return { git_events: commits, repositories: await countRows(from, { table: 'git_repository', where: all }) }
  },
  async some(tx, erasure) {
    if (erasure.by !== 'everything') return nothing
    const repositories = await takeAll(tx, 'git_repository', 'id')
    const ids = await takeAll(tx, 'git_events', 'id', atOnce)
    return {
      counts: { repositories: repositories.length, git_events: ids.length },
      gone: [{ kind: 'commit', ids }],
      cursor: ids.length < atOnce ? null : 'more',
    }
  },
}
