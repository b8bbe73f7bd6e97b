/** Where a task stands in its column of the board. */
import { positionAt, type Spot } from '../../../kernel/order.ts'
import type { Tx } from '../../../kernel/scope.ts'
import { positionsBeyond, setPosition, taskById } from './store.ts'

/** The key for a task in a column, at the top unless the spot says otherwise. Neighbours' keys may change for it. */
export const positionIn = (tx: Tx, task: string, status: string, spot: Spot = {}): Promise<string> =>
  positionAt(
    {
      strange: 'is not another task of this column',
      async positionOf(id) {
        const row = await taskById(tx, id)
        return row?.status === status && id !== task ? row.position : undefined
      },
      beyond: (side) => positionsBeyond(tx, { ...side, status, without: task }),
      setPosition: (id, position) => setPosition(tx, id, position),
    },
    spot,
    'top',
  )
