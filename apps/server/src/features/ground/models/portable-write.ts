/** What models see to when providers and routes come in from a bundle. Called in a worker thread. */
import type { ProviderKind } from '@cairn/api/models'
import type { Row } from '../../../kernel/portable/line.ts'
import type { Sorted } from '../../../kernel/portable/table.ts'
import type { WriteApart } from '../../../kernel/scope.ts'
import { checkAddress } from './hosts.ts'
import { checkRoutes, parse } from './service.ts'
import { allProviders, type RouteRow } from './store.ts'

export function soundProvider(row: Row): Row | string {
  try {
    const { kind, base_url, folder } = row as Record<'kind' | 'base_url' | 'folder', string>
    checkAddress({ kind: kind as ProviderKind, base_url, folder })
    return row
  } catch {
    return 'its address is none that can be asked'
  }
}

/** Routes that could not be set here do not come in. */
export const soundRoutes: WriteApart<Sorted, void> = async (tx, sort) => {
  const providers = await allProviders(tx)
  const unfit = (row: Row) => {
    try {
      checkRoutes(parse(row as unknown as RouteRow), providers)
      return false
    } catch {
      sort.faults.push({ id: 'routes', reason: 'they lead to providers that are not here' })
      return true
    }
  }
  sort.fresh = sort.fresh.filter((row) => !unfit(row))
  sort.newer = sort.newer.filter(({ given }) => !unfit(given))
}
