/**
 * Egress: shows the log of every request that left the machine; the kernel writes it.
 * Tables: none of its own. Events: none.
 */
import { type Egress, egress as api } from '@cairn/api/egress'
import { iso } from '../../../kernel/clock.ts'
import type { EgressRow } from '../../../kernel/egress/egress.ts'
import { type Feature, handle } from '../../../kernel/feature.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import { decodeCursor, pageSize, toPage } from '../../../kernel/paging.ts'
import { eraseModule } from './erase-store.ts'

export function makeEgressFeature(kernel: Kernel): { feature: Feature } {
  const feature: Feature = {
    name: 'egress',
    tables: [],
    erase: eraseModule,
    retain: eraseModule,
    operations: handle(api, {
      list: async (call) => {
        const { cursor, host, purpose } = call.input
        const limit = pageSize(call.input.limit)
        const before = decodeCursor(cursor, [0, ''] as const)
        const rows = await kernel.egress.list(call, { before, limit, host, purpose })
        return toPage(rows, limit, (row) => [row.at, row.id], toEgress)
      },
    }),
  }
  return { feature }
}

function toEgress(row: EgressRow): Egress {
  const { workspace, ...shown } = row
  return { ...shown, at: iso(row.at) }
}
