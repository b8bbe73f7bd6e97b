/**
 * Calls of models: picks the routes, holds `no_cloud`, writes the egress row before each request and the use after it,
 * and asks the next route where one fails before its first word.
 */
import { CairnError, fail } from '@cairn/api/errors'
import type { ModelRoute, ModelTask, ProviderKind, Reachability } from '@cairn/api/models'
import type { Clock } from '../../../kernel/clock.ts'
import type { EgressLog, Ticket } from '../../../kernel/egress/egress.ts'
import { newId } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { Secrets } from '../../../kernel/secrets/secrets.ts'
import type { ChatFrame, ChatMessage, Embedded, Provider, Sidecar } from '../../../kernel/sidecar/client.ts'
import type { Workspaces } from '../workspaces/service.ts'
import { addressOf, hostOf, isLocal, runsHere } from './hosts.ts'
import { withoutSecrets } from './masked.ts'
import { addressed, keyName, parse } from './service.ts'
import * as store from './store.ts'

type Reader = Pick<Scope, 'workspace' | 'db'>
/** One model that may be asked, by one provider. */
export type Route = { provider_id: string; provider: string; model: string; local: boolean }
export type ChatAsk = {
  messages: ChatMessage[]
  /** One of the chat route's models, to be asked first; others follow as its fallbacks. */
  model?: string
  tools?: { name: string; description: string; parameters: unknown }[]
  temperature?: number
  max_tokens?: number
}
type Parts = {
  sidecar: Sidecar
  secrets: Secrets
  egress: EgressLog
  clock: Clock
  workspaces: Pick<Workspaces, 'noCloud'>
}
type Used = { input_tokens: number; output_tokens: number; cost_usd: number | null }
const nothingUsed: Used = { input_tokens: 0, output_tokens: 0, cost_usd: null }

const listingTakes = 5_000
const detectingTakes = 2_000
/** Milliseconds for a whole answer; the sidecar's own limits for the first token and for silence hold within it. */
const limits = { timeout_ms: 600_000 }
const ollamaHost = '127.0.0.1:11434'

export type ModelCalls = ReturnType<typeof makeModelCalls>

export function makeModelCalls({ sidecar, secrets, egress, clock, workspaces }: Parts) {
  /** Routes with their rows, in order; those that `no_cloud` forbids are left out. Null when none is configured. */
  async function routed(from: Reader, task: ModelTask) {
    const routes: ModelRoute[] = parse(await store.routesOf(from))[task]
    if (routes.length === 0) return null
    const rows = new Map((await store.allProviders(from)).map((row) => [row.id, row]))
    const closed = await workspaces.noCloud(from)
    return routes.flatMap((route) => {
      const row = rows.get(route.provider_id)
      return row && !(closed && !runsHere(addressed(row), route.model)) ? [{ row, model: route.model }] : []
    })
  }

  /** Which models would be asked for a task, in this order; null when none is configured, empty when all are closed off. */
  async function route(from: Reader, task: ModelTask): Promise<Route[] | null> {
    const found = await routed(from, task)
    return (
      found?.map(({ row, model }) => ({
        provider_id: row.id,
        provider: row.name,
        model,
        local: runsHere(addressed(row), model),
      })) ?? null
    )
  }

  async function providerOf(from: Reader, row: store.ProviderRow): Promise<Provider> {
    const key = row.has_key === 1 ? await secrets.get(from, keyName(row.id)) : null
    const address = addressOf(addressed(row))
    return {
      kind: row.kind as ProviderKind,
      allow_host: hostOf(addressed(row)),
      ...(address !== null && { base_url: address }),
      ...(row.folder !== null && { folder: row.folder }),
      ...(key !== null && { api_key: key }),
    }
  }

  /** Writes how a request went: the egress row's end and the use, together. */
  async function settle(
    scope: Scope,
    ticket: Ticket,
    call: { task: ModelTask; row: store.ProviderRow; model: string; since: number },
    end: { bytes: number; used: Used; error: string | null },
  ): Promise<void> {
    await scope.write(async (tx) => {
      await egress.settleIn(tx, ticket, { bytes: end.bytes, outcome: end.error ?? 'ok' })
      await store.insertUsage(tx, {
        workspace: tx.workspace,
        id: newId(),
        task_type: call.task,
        provider: call.row.name,
        model: call.model,
        ...end.used,
        latency_ms: Math.round(clock.monotonic() - call.since),
        success: end.error === null ? 1 : 0,
        error: end.error,
        person: tx.principal.person,
        agent: tx.principal.agent,
        job: tx.job,
        created_at: tx.now,
      })
    })
  }

  /**
   * Asks a model. Null when no route is configured; CLOUD_BLOCKED when `no_cloud` leaves none. What fails before the
   * first word is tried with the next route; the last failure, or one after the first word, comes as an `error` frame.
   */
  async function chat(scope: Scope, ask: ChatAsk, signal: AbortSignal): Promise<AsyncGenerator<ChatFrame> | null> {
    const found = await routed(scope, 'chat')
    if (found === null) return null
    if (found.length === 0) throw fail('CLOUD_BLOCKED')
    const first = ask.model === undefined ? 0 : found.findIndex(({ model }) => model === ask.model)
    if (first < 0) throw unknownModel(found.map(({ model }) => model))
    const ordered = [...found.slice(first, first + 1), ...found.filter((_, at) => at !== first)]
    return frames(scope, ordered, { ...ask, messages: ask.messages.map(withoutSecrets) }, signal)
  }

  async function* frames(
    scope: Scope,
    routes: { row: store.ProviderRow; model: string }[],
    ask: ChatAsk,
    signal: AbortSignal,
  ): AsyncGenerator<ChatFrame> {
    for (const [at, { row, model }] of routes.entries()) {
      let spoke = false
      for await (const frame of oneRoute(scope, row, model, ask, signal)) {
        if (frame.type === 'error' && !spoke && at < routes.length - 1 && !signal.aborted) break
        if (frame.type === 'delta' || frame.type === 'tool_call') spoke = true
        yield frame.type === 'metadata' ? { ...frame, provider: row.name, attempt: at + 1 } : frame
        if (frame.type === 'complete' || frame.type === 'error') return
      }
    }
  }

  /** One route: the request is written down, made, and its use written down, however it ends. */
  async function* oneRoute(
    scope: Scope,
    row: store.ProviderRow,
    model: string,
    ask: ChatAsk,
    signal: AbortSignal,
  ): AsyncGenerator<ChatFrame> {
    const { model: _, ...request } = ask
    const bytes = Buffer.byteLength(JSON.stringify(request))
    const provider = await providerOf(scope, row)
    const ticket = await egress.record(scope, {
      purpose: 'model.chat',
      host: provider.allow_host || 'local folder',
      bytes,
    })
    const call = { task: 'chat' as const, row, model, since: clock.monotonic() }
    const end = { bytes: 0, used: nothingUsed, error: 'CUT_OFF' as string | null }
    try {
      for await (const frame of sidecar.chat({ ...limits, ...request, routes: [{ provider, model }] }, signal)) {
        if (frame.type === 'delta') end.bytes += Buffer.byteLength(frame.text)
        if (frame.type === 'complete') Object.assign(end, { used: frame.usage, error: null })
        if (frame.type === 'error') end.error = frame.code
        yield frame
        if (frame.type === 'complete' || frame.type === 'error') return
      }
      yield cutOff
    } catch (error) {
      // A stream that breaks without a word is a sidecar that went away.
      const told = error instanceof CairnError ? error : fail('SIDECAR_UNAVAILABLE', {}, [], error)
      end.error = signal.aborted ? 'CANCELLED' : told.code
      yield { type: 'error', code: end.error, message: told.message, retryable: true }
    } finally {
      if (signal.aborted && end.error === 'CUT_OFF') end.error = 'CANCELLED'
      await settle(scope, ticket, call, end)
    }
  }

  /** Vectors of texts, in their order; null when no route is configured. MODEL_UNAVAILABLE when all routes fail. */
  async function embed(
    scope: Scope,
    texts: string[],
    purpose: 'query' | 'passage',
    signal?: AbortSignal,
  ): Promise<Embedded | null> {
    const found = await routed(scope, 'embed')
    if (found === null) return null
    if (found.length === 0) throw fail('CLOUD_BLOCKED')
    const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0)
    let last: unknown
    for (const { row, model } of found) {
      const provider = { ...(await providerOf(scope, row)), model }
      const ticket = await egress.record(scope, {
        purpose: 'model.embed',
        host: provider.allow_host || 'local folder',
        bytes,
      })
      const call = { task: 'embed' as const, row, model, since: clock.monotonic() }
      try {
        const embedded = await sidecar.embed(provider, texts, purpose, signal)
        const used = { input_tokens: embedded.usage.tokens, output_tokens: 0, cost_usd: null }
        await settle(scope, ticket, call, { bytes: embedded.dimensions * 4 * texts.length, used, error: null })
        return { ...embedded, model }
      } catch (error) {
        const code = signal?.aborted ? 'CANCELLED' : codeOf(error)
        await settle(scope, ticket, call, { bytes: 0, used: nothingUsed, error: code })
        if (signal?.aborted) throw error
        last = error
      }
    }
    throw last
  }

  /** What every configured provider offers now; each is asked once, within five seconds. */
  async function reachable(scope: Scope): Promise<{ items: Reachability[] }> {
    const closed = await workspaces.noCloud(scope)
    const rows = await store.allProviders(scope)
    return { items: await Promise.all(rows.map((row) => reach(scope, row, closed))) }
  }

  async function reach(scope: Scope, row: store.ProviderRow, closed: boolean): Promise<Reachability> {
    const named = { provider_id: row.id, name: row.name, kind: row.kind as ProviderKind }
    try {
      if (closed && !isLocal(addressed(row))) throw fail('CLOUD_BLOCKED')
      const models = await offered(scope, await providerOf(scope, row), 'model.list', listingTakes)
      return { ...named, reachable: true, models, error: null }
    } catch (error) {
      const failure = { code: codeOf(error), message: messageOf(error) }
      return { ...named, reachable: false, models: [], error: failure }
    }
  }

  async function offered(scope: Scope, provider: Provider, purpose: string, within: number) {
    const ticket = await egress.record(scope, { purpose, host: provider.allow_host || 'local folder', bytes: 0 })
    const late = AbortSignal.timeout(within)
    try {
      const models = await sidecar.models(provider, AbortSignal.any([scope.signal, late]))
      await egress.settle(scope, ticket, { bytes: JSON.stringify(models).length, outcome: 'ok' })
      return models.map(({ id }) => ({ id }))
    } catch (error) {
      const failure = late.aborted
        ? fail('MODEL_UNAVAILABLE', { reason: `no answer within ${within / 1000} s` })
        : error
      await egress.settle(scope, ticket, { bytes: 0, outcome: codeOf(failure) })
      throw failure
    }
  }

  /** Looks for an Ollama at its well-known place on this machine. Only ever because a person asked. */
  async function detect(scope: Scope) {
    const base_url = `http://${ollamaHost}`
    try {
      const provider: Provider = { kind: 'ollama', base_url, allow_host: ollamaHost }
      const models = await offered(scope, provider, 'model.detect', detectingTakes)
      return { found: [{ kind: 'ollama' as const, base_url, models }] }
    } catch (error) {
      if (codeOf(error) === 'SIDECAR_UNAVAILABLE') throw error
      return { found: [] }
    }
  }

  return { route, chat, embed, reachable, detect }
}

const cutOff: ChatFrame = {
  type: 'error',
  code: 'MODEL_UNAVAILABLE',
  message: 'The answer ended in the middle.',
  retryable: true,
}

const codeOf = (error: unknown) => (error instanceof CairnError ? error.code : 'INTERNAL_ERROR')
const messageOf = (error: unknown) => (error instanceof CairnError ? error.message : 'The model could not be asked.')

const unknownModel = (models: string[]) => {
  const message = `is none of the chat route: ${[...new Set(models)].join(', ')}`
  return fail('INVALID_INPUT', {}, [{ path: '/model', message }])
}
