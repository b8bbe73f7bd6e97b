/** A model provider as the core describes it, with what is known of each kind. */
import { fail } from '@cairn/api/errors'
import { oneOf, optional, type Static, shape, Type } from '@cairn/api/shapes'

export const Provider = shape({
  kind: oneOf('openai-compatible', 'openai', 'anthropic', 'google', 'ollama', 'onnx'),
  base_url: optional(Type.String({ maxLength: 2000, pattern: '^https?://' })),
  api_key: optional(Type.String({ minLength: 1, maxLength: 4000, pattern: '^[\\x21-\\x7e]+$' })),
  model: optional(Type.String({ minLength: 1, maxLength: 300 })),
  dimensions: optional(Type.Integer({ minimum: 1, maximum: 8192 })),
  /** `host` or `host:port` that requests may go to; without a port, the scheme's own. */
  allow_host: Type.String({ maxLength: 300 }),
  /** Only `onnx`: the folder that holds model folders, or is one. */
  folder: optional(Type.String({ minLength: 1, maxLength: 4000 })),
})
export type Provider = Static<typeof Provider>
export type ProviderKind = Provider['kind']

const homes: Partial<Record<ProviderKind, string>> = {
  openai: 'https://api.openai.com/v1',
  anthropic: 'https://api.anthropic.com/v1',
  google: 'https://generativelanguage.googleapis.com/v1beta',
  ollama: 'http://127.0.0.1:11434',
}

/**
 * Address that a provider's paths are appended to, without a slash at the end. Always given to the SDK by name, so
 * that no variable of the environment decides where requests go.
 */
export const baseUrl = ({ kind, base_url }: Provider): string => {
  const url = base_url ?? homes[kind]
  if (url === undefined) throw fail('INVALID_INPUT', {}, [{ path: '/provider/base_url', message: 'is needed here' }])
  const trimmed = url.replace(/\/+$/, '')
  return kind === 'ollama' ? trimmed.replace(/\/(v1|api)$/, '') : trimmed
}

const keyed = new Set<ProviderKind>(['openai', 'anthropic', 'google'])

/** The key, or undefined where a server needs none. Never taken from the environment. */
export const apiKey = ({ kind, api_key }: Provider): string | undefined => {
  if (api_key === undefined && keyed.has(kind)) {
    throw fail('INVALID_INPUT', {}, [{ path: '/provider/api_key', message: `${kind} needs a key` }])
  }
  return api_key
}
