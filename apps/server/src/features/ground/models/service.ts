/** Rules of providers and routes. Functions that write take the transaction first. */
import { type FieldError, fail } from '@cairn/api/errors'
import type { ModelRoute, ModelTask, Provider, ProviderKind, Routes, UsageRow } from '@cairn/api/models'
import { type Clock, iso } from '../../../kernel/clock.ts'
import { newId } from '../../../kernel/ids.ts'
import type { Scope, Tx } from '../../../kernel/scope.ts'
import type { Secrets } from '../../../kernel/secrets/secrets.ts'
import { changesIn, offsetIn } from '../../../kernel/zones.ts'
import type { Workspaces } from '../workspaces/service.ts'
import { checkAddress, hostOf, isLocal } from './hosts.ts'
import * as store from './store.ts'

type Reader = Pick<Scope, 'workspace' | 'db'>
type NewProvider = {
  id?: string
  name: string
  kind: ProviderKind
  base_url?: string | null
  folder?: string | null
  api_key?: string | null
}
type ProviderPatch = Partial<Omit<NewProvider, 'id' | 'kind'>>
type RouteLists = Pick<Routes, 'chat' | 'embed'>

const day = 86_400_000
/** Name under which a provider's key is kept among the secrets. */
export const keyName = (provider: string) => `models.${provider}.key`

export const addressed = (row: store.ProviderRow) => ({
  kind: row.kind as ProviderKind,
  base_url: row.base_url,
  folder: row.folder,
})

const toProvider = (row: store.ProviderRow): Provider => ({
  id: row.id,
  name: row.name,
  kind: row.kind as ProviderKind,
  base_url: row.base_url,
  folder: row.folder,
  has_key: row.has_key === 1,
  local: isLocal(addressed(row)),
  version: row.version,
  created_at: iso(row.created_at),
  updated_at: iso(row.updated_at),
})

export type ModelSettings = ReturnType<typeof makeModelSettings>

export function makeModelSettings(parts: { secrets: Secrets; clock: Clock; workspaces: Pick<Workspaces, 'noCloud'> }) {
  const { secrets, clock, workspaces } = parts

  /** Adds a provider. Same id and content returns the row (the key is not compared); other content is CONFLICT. */
  async function add(tx: Tx, input: NewProvider): Promise<Provider> {
    const row: store.ProviderRow = {
      workspace: tx.workspace,
      id: input.id ?? newId(),
      name: input.name.toWellFormed(),
      kind: input.kind,
      base_url: input.base_url ?? null,
      folder: input.folder ?? null,
      has_key: input.api_key ? 1 : 0,
      version: 1,
      created_at: tx.now,
      updated_at: tx.now,
    }
    checkAddress(addressed(row))
    if (!(await store.insertProvider(tx, row))) {
      const stored = await store.providerById(tx, row.id)
      const compared = ['name', 'kind', 'base_url', 'folder'] as const
      if (!stored || compared.some((field) => stored[field] !== row[field])) throw fail('CONFLICT')
      return toProvider(stored)
    }
    if (input.api_key) await secrets.put(tx, keyName(row.id), input.api_key)
    tx.event({ type: 'provider.created', subject: row.id, data: { kind: row.kind } })
    return toProvider(row)
  }

  /** Changes a provider. A stored key does not follow to another host, so that nobody can lead it there. */
  async function update(tx: Tx, id: string, patch: ProviderPatch, seen: number | null): Promise<Provider> {
    const row = await store.providerById(tx, id)
    if (!row) throw fail('PROVIDER_NOT_FOUND')
    if (seen !== null && seen !== row.version) throw fail('PRECONDITION_FAILED')
    const next: store.ProviderRow = {
      ...row,
      ...(patch.name !== undefined && { name: patch.name.toWellFormed() }),
      ...(patch.base_url !== undefined && { base_url: patch.base_url }),
      ...(patch.folder !== undefined && { folder: patch.folder }),
      version: row.version + 1,
      updated_at: tx.now,
    }
    checkAddress(addressed(next))
    const moved = hostOf(addressed(next)) !== hostOf(addressed(row))
    const keeps = patch.api_key === undefined ? row.has_key === 1 && !moved : patch.api_key !== null
    next.has_key = keeps ? 1 : 0
    if (!(await store.updateProvider(tx, id, row.version, next))) throw fail('PRECONDITION_FAILED')
    if (patch.api_key) await secrets.put(tx, keyName(id), patch.api_key)
    else if (!keeps) await secrets.remove(tx, keyName(id))
    tx.event({ type: 'provider.changed', subject: id, data: { kind: row.kind } })
    return toProvider(next)
  }

  /** Removes a provider with its key and every route that leads to it. */
  async function remove(tx: Tx, id: string) {
    if (!(await store.deleteProvider(tx, id))) throw fail('PROVIDER_NOT_FOUND')
    await secrets.remove(tx, keyName(id))
    const stored = await store.routesOf(tx)
    const lists = parse(stored)
    const kept = {
      chat: lists.chat.filter((route) => route.provider_id !== id),
      embed: lists.embed.filter((route) => route.provider_id !== id),
    }
    const routes = lists.chat.length + lists.embed.length - kept.chat.length - kept.embed.length
    if (stored && routes > 0 && !(await replace(tx, stored.version, kept))) throw fail('CONFLICT')
    tx.event({ type: 'provider.removed', subject: id, data: { routes } })
    return { removed: { providers: 1, routes } }
  }

  const list = async (from: Reader) => ({ items: (await store.allProviders(from)).map(toProvider) })

  async function routes(from: Reader): Promise<Routes> {
    const stored = await store.routesOf(from)
    return {
      ...parse(stored),
      no_cloud: await workspaces.noCloud(from),
      version: stored?.version ?? 0,
      updated_at: stored ? iso(stored.updated_at) : null,
    }
  }

  /** Replaces both lists. `seen` is the version that `If-Match` named; another one is PRECONDITION_FAILED. */
  async function setRoutes(tx: Tx, lists: RouteLists, seen: number | null): Promise<Routes> {
    checkRoutes(lists, await store.allProviders(tx))
    const stored = await store.routesOf(tx)
    const version = stored?.version ?? 0
    if (seen !== null && seen !== version) throw fail('PRECONDITION_FAILED')
    if (!(await replace(tx, version, lists))) throw fail('PRECONDITION_FAILED')
    const data = { chat: lists.chat.length, embed: lists.embed.length }
    tx.event({ type: 'routes.changed', subject: tx.workspace, data })
    return { ...lists, no_cloud: await workspaces.noCloud(tx), version: version + 1, updated_at: iso(tx.now) }
  }

  function replace(tx: Tx, version: number, lists: RouteLists) {
    const given = { chat: JSON.stringify(lists.chat), embed: JSON.stringify(lists.embed), updated_at: tx.now }
    return version === 0 ? store.insertRoutes(tx, given) : store.updateRoutes(tx, version, given)
  }

  /** Tokens and cost by day, model and task; the last thirty days unless said. */
  async function usage(scope: Reader, input: { from?: string; to?: string; time_zone?: string }) {
    const offset = offsetIn(input.time_zone ?? 'UTC', '/time_zone')
    const now = clock.now() + 1
    const to = input.to === undefined ? now : Date.parse(input.to)
    const from = input.from === undefined ? to - 30 * day : Date.parse(input.from)
    // No call was made before there were any, or is made tomorrow.
    const clocks = changesIn(offset, Math.max(from, 0), Math.min(to, now))
    const items = (await store.usageByDay(scope, from, to, clocks)).map(toUsage)
    const total = { calls: 0, failed: 0, input_tokens: 0, output_tokens: 0, cost_usd: 0, unpriced: 0 }
    for (const item of items) for (const key of Object.keys(total) as (keyof typeof total)[]) total[key] += item[key]
    return { items, total: { ...total, cost_usd: rounded(total.cost_usd) } }
  }

  return { add, update, remove, list, routes, setRoutes, usage }
}

/** Ten thousandths of a cent are enough; sums of floats end in noise. */
const rounded = (dollars: number) => Math.round(dollars * 1e8) / 1e8

const toUsage = ({
  day: number,
  task_type,
  ...sums
}: Awaited<ReturnType<typeof store.usageByDay>>[number]): UsageRow => ({
  ...sums,
  day: iso(number * day).slice(0, 10),
  task: task_type as ModelTask,
  cost_usd: rounded(sums.cost_usd),
})

/** The lists of a row; both are empty where nothing was set. */
export const parse = (row: store.RouteRow | undefined): RouteLists => ({
  chat: JSON.parse(row?.chat ?? '[]') as ModelRoute[],
  embed: JSON.parse(row?.embed ?? '[]') as ModelRoute[],
})

/** What a kind cannot do. */
const unable: Partial<Record<ProviderKind, ModelTask>> = { onnx: 'chat', anthropic: 'embed' }

export function checkRoutes(lists: RouteLists, providers: store.ProviderRow[]): void {
  const kinds = new Map(providers.map((row) => [row.id, row.kind as ProviderKind]))
  const fields: FieldError[] = []
  for (const task of ['chat', 'embed'] as const) {
    lists[task].forEach((route, at) => {
      const kind = kinds.get(route.provider_id)
      if (!kind) fields.push({ path: `/${task}/${at}/provider_id`, message: 'is not a provider here' })
      else if (unable[kind] === task)
        fields.push({ path: `/${task}/${at}/provider_id`, message: `${kind} cannot ${task}` })
      const first = lists.embed[0]?.model
      if (task === 'embed' && route.model !== first) {
        const message = `must be ${first} as well: vectors of two models cannot be compared`
        fields.push({ path: `/embed/${at}/model`, message })
      }
    })
  }
  if (fields.length > 0) throw fail('INVALID_INPUT', {}, fields.slice(0, 20))
}
