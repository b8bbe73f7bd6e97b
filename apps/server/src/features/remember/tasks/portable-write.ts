/** What tasks see to when they come in from a bundle. Called in a worker thread. */
import { isPosition } from '../../../kernel/order.ts'
import type { Row } from '../../../kernel/portable/line.ts'

export function soundTask(row: Row): Row | string {
  if (Number(row.priority) > 3) return 'its priority is above 3'
  return isPosition(row.position as string) ? row : 'its position on the board is none'
}
