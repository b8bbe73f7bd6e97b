/** Google through the AI SDK, which is told whether a text is looked for or found. */
import { guardedFetch } from '../models/guard.ts'
import { apiKey, baseUrl } from '../models/provider.ts'
import type { Embedder } from './embedder.ts'

export const embedByGoogle: Embedder = async (provider, values, purpose, abortSignal) => {
  const { createGoogleGenerativeAI } = await import('@ai-sdk/google')
  const fetch = guardedFetch(provider.allow_host)
  const google = createGoogleGenerativeAI({ baseURL: baseUrl(provider), apiKey: apiKey(provider), fetch })
  const { dimensions } = provider
  const { embeddings, usage } = await google.embeddingModel(provider.model).doEmbed({
    values,
    abortSignal,
    providerOptions: {
      google: {
        taskType: purpose === 'query' ? 'RETRIEVAL_QUERY' : 'RETRIEVAL_DOCUMENT',
        ...(dimensions === undefined ? {} : { outputDimensionality: dimensions }),
      },
    },
  })
  const tokens = usage && Number.isInteger(usage.tokens) ? usage.tokens : null
  return { vectors: embeddings.map((row) => Float32Array.from(row)), tokens }
}
