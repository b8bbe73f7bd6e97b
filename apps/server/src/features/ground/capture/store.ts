/** Rows of pauses and of what is read; the only SQL of this feature. */
import type { CaptureTarget } from '@cairn/api/capture'
import type { Scope } from '../../../kernel/scope.ts'

export type PauseRow = {
  workspace: string
  target: CaptureTarget
  /** The site or the root; empty for all. */
  ref: string
  until: number | null
  paused_at: number
}
export type TextRow = {
  workspace: string
  /** Empty for all others. */
  site: string
  kept: number
}
export type Which = Pick<PauseRow, 'target' | 'ref'>
type From = Pick<Scope, 'workspace' | 'db'>

const tables = ({ db }: From) => db.withTables<{ capture_pause: PauseRow; capture_text: TextRow }>()

/** Every pause, those that are over among them; there are few. */
export const pauses = (from: From) =>
  tables(from)
    .selectFrom('capture_pause')
    .selectAll()
    .where('workspace', '=', from.workspace)
    .orderBy('paused_at', 'desc')
    .orderBy('ref')
    .execute()

export const putPause = (to: From, row: PauseRow) =>
  tables(to)
    .insertInto('capture_pause')
    .values(row)
    .onConflict((conflict) =>
      conflict.columns(['workspace', 'target', 'ref']).doUpdateSet({ until: row.until, paused_at: row.paused_at }),
    )
    .execute()

/** False when there was none. */
export async function deletePause(to: From, { target, ref }: Which): Promise<boolean> {
  const { numDeletedRows } = await tables(to)
    .deleteFrom('capture_pause')
    .where('workspace', '=', to.workspace)
    .where('target', '=', target)
    .where('ref', '=', ref)
    .executeTakeFirstOrThrow()
  return Number(numDeletedRows) > 0
}

/** Takes out pauses that are over; answers them. */
export const deleteOver = (to: From, now: number) =>
  tables(to)
    .deleteFrom('capture_pause')
    .where('workspace', '=', to.workspace)
    .where('until', '<=', now)
    .returning(['target', 'ref'])
    .execute()

/** What is said of the text of pages, by site; there are few. */
export const textRules = (from: From) =>
  tables(from).selectFrom('capture_text').selectAll().where('workspace', '=', from.workspace).orderBy('site').execute()

export const putTextRule = (to: From, site: string, kept: number) =>
  tables(to)
    .insertInto('capture_text')
    .values({ workspace: to.workspace, site, kept })
    .onConflict((conflict) => conflict.columns(['workspace', 'site']).doUpdateSet({ kept }))
    .execute()

export const deleteTextRule = (to: From, site: string) =>
  tables(to).deleteFrom('capture_text').where('workspace', '=', to.workspace).where('site', '=', site).execute()
