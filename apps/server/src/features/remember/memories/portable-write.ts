/** What memories see to when later ones come in from a bundle. Called in a worker thread. */
import type { WriteApart } from '../../../kernel/scope.ts'
import type { Sorted } from '../../../kernel/portable/table.ts'
import { insertVersion, type MemoryRow, versionsOf } from './store.ts'

/**
 * What a memory said before is kept, as it is with any other change. Where both sides changed it, the number of what was
 * said here is taken by what was said there: it gets the next free one.
 */
export const keepReplaced: WriteApart<Sorted, void> = async (tx, { newer }) => {
  for (const { stored, given } of newer) {
    const { id, key, value, source, version } = stored as MemoryRow
    for (let number = version; ; number = Math.max(number, Number(given.version)) + 1) {
      const [taken] = await versionsOf(tx, id, [number])
      if (taken && (taken.key !== key || taken.value !== value || taken.source !== source)) continue
      const row = { workspace: tx.workspace, memory_id: id, version: number, key, value, source }
      if (!taken) await insertVersion(tx, { ...row, replaced_at: tx.now })
      given.version = Math.max(number + 1, Number(given.version))
      break
    }
  }
}
