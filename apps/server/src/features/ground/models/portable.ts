/** How providers and routes travel: without keys, and in only where somebody names them, since they say who is asked. */
import { ModelRoute } from '@cairn/api/models'
import { list } from '@cairn/api/shapes'
import { id, integer, json, loose, nullable, text, time, word } from '../../../kernel/portable/line.ts'
import { type Portable, portable } from '../../../kernel/portable/portable.ts'

const hooks = new URL('./portable-write.ts', import.meta.url)
const routes = json(list(ModelRoute, { maxItems: 10 }))

export const portableModels: readonly Portable[] = [
  portable(
    {
      // What is there stays: another address under a name that people know would get what they ask.
      ...{ component: 'model_providers', table: 'model_provider', key: ['id'], time: 'updated_at', newest: false },
      columns: {
        ...{ id, name: text(100, 1), base_url: nullable(text(2_000)), folder: nullable(text(4_096)) },
        kind: word('openai-compatible', 'openai', 'anthropic', 'google', 'ollama', 'onnx'),
        ...{ version: loose(integer), created_at: loose(time), updated_at: loose(time) },
      },
      constants: { has_key: 0 },
      amend: [hooks, 'soundProvider'],
      event: 'provider.created',
    },
    { named: true },
  ),
  portable(
    {
      ...{ component: 'model_routes', table: 'model_route', key: ['id'], time: 'updated_at', newest: true },
      columns: { id: word('routes'), chat: routes, embed: routes, version: loose(integer), updated_at: time },
      before: [hooks, 'soundRoutes'],
      event: 'routes.changed',
    },
    { named: true },
  ),
]
