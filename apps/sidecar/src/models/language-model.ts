/** The AI SDK's provider of a route. */
import type { LanguageModelV4 } from '@ai-sdk/provider'
import { fail } from '@cairn/api/errors'
import { guardedFetch } from './guard.ts'
import { apiKey, baseUrl } from './provider.ts'
import type { Route } from './shapes.ts'

/** The language model of a route, reaching only the host its provider may reach. */
export const languageModel = async ({ provider, model }: Route): Promise<LanguageModelV4> => {
  const fetch = guardedFetch(provider.allow_host)
  const key = apiKey(provider)
  const baseURL = baseUrl(provider)
  switch (provider.kind) {
    case 'openai': {
      const { createOpenAI } = await import('@ai-sdk/openai')
      return createOpenAI({ baseURL, apiKey: key, fetch }).chat(model)
    }
    case 'anthropic': {
      const { createAnthropic } = await import('@ai-sdk/anthropic')
      return createAnthropic({ baseURL, apiKey: key, fetch })(model)
    }
    case 'google': {
      const { createGoogleGenerativeAI } = await import('@ai-sdk/google')
      return createGoogleGenerativeAI({ baseURL, apiKey: key, fetch })(model)
    }
    case 'openai-compatible':
    case 'ollama': {
      const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible')
      const address = provider.kind === 'ollama' ? `${baseURL}/v1` : baseURL
      const settings = { name: provider.kind, baseURL: address, fetch, includeUsage: true }
      return createOpenAICompatible(key === undefined ? settings : { ...settings, apiKey: key }).chatModel(model)
    }
    case 'onnx':
      throw fail('INVALID_INPUT', {}, [{ path: '/routes', message: 'an ONNX folder holds embeddings, no chat model' }])
  }
}
