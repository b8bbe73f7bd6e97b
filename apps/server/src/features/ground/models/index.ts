/**
 * Models: who provides them, which one does what, and every call of one.
 * Tables: model_provider, model_route, llm_usage_log; keys lie among the kernel's secrets.
 * Events: provider.created, provider.changed, provider.removed, routes.changed.
 * Invariant: no request is made before its egress row is written, and under `no_cloud` none leaves this machine.
 */
import { models as operations } from '@cairn/api/models'
import { type Feature, handle } from '../../../kernel/feature.ts'
import { seenVersion } from '../../../kernel/gate/etag.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import type { Embedding } from '../../../kernel/passages/vectors.ts'
import type { Workspaces } from '../workspaces/service.ts'
import { makeModelCalls, type ModelCalls } from './calls.ts'
import { eraseModule } from './erase-store.ts'
import { withoutSecrets } from './masked.ts'
import { makeOnce } from './once.ts'
import { portableModels } from './portable.ts'
import { makeModelSettings } from './service.ts'

export type Models = ReturnType<typeof makeModels>
type Needs = Pick<Kernel, 'sidecar' | 'secrets' | 'egress' | 'clock'>

export function makeModels(kernel: Needs, workspaces: Pick<Workspaces, 'noCloud'>) {
  const { secrets, clock, sidecar, egress } = kernel
  const settings = makeModelSettings({ secrets, clock, workspaces })
  const calls = makeModelCalls({ sidecar, secrets, egress, clock, workspaces })
  const feature: Feature = {
    name: 'models',
    tables: ['model_provider', 'model_route', 'llm_usage_log'],
    erase: eraseModule,
    retain: eraseModule,
    operations: handle(operations, {
      list: (call) => calls.reachable(call),
      routes: (call) => settings.routes(call),
      setRoutes: (call) => call.write((tx) => settings.setRoutes(tx, call.input, seenVersion(call))),
      providers: (call) => settings.list(call),
      addProvider: async (call) => {
        if (call.input.api_key) await secrets.ready()
        return call.write((tx) => settings.add(tx, call.input))
      },
      updateProvider: async (call) => {
        if (call.input.api_key) await secrets.ready()
        return call.write((tx) => settings.update(tx, call.input.id, call.input, seenVersion(call)))
      },
      removeProvider: (call) => call.write((tx) => settings.remove(tx, call.input.id)),
      detect: (call) => calls.detect(call),
      usage: (call) => settings.usage(call, call.input),
    }),
    portable: portableModels,
  }
  return { ...calls, withoutSecrets, once: makeOnce(calls), embedding: embeddingOf(calls), settings, feature }
}

/** Meaning as the index asks for it: nothing where no route leads to a model that may be asked. */
const embeddingOf = ({ route, embed }: ModelCalls): Embedding => ({
  model: async (scope) => (await route(scope, 'embed'))?.[0]?.model ?? null,
  embed: async (scope, texts, purpose) => (await embed(scope, texts, purpose, scope.signal))?.vectors ?? [],
})
