/**
 * Embeddings: texts in, vectors out, by whatever provider the core names. One interface over Ollama, servers that
 * speak OpenAI's protocol, OpenAI, Google and local ONNX folders; batches of 32, order kept, busy servers tried again.
 */
import { fail } from '@cairn/api/errors'
import { list, oneOf, type Static, shape, Type } from '@cairn/api/shapes'
import { encodeFloats } from '../floats.ts'
import { Provider, type ProviderKind } from '../models/provider.ts'
import { estimateTokens } from '../models/usage.ts'
import { BATCH, type Embedded, type Embedder } from './embedder.ts'
import { embedByGoogle } from './google.ts'
import { embedByOllama, embedByOpenAiProtocol } from './http.ts'
import { makeOnnx } from './onnx.ts'
import { prefixed } from './prefixes.ts'
import { withRetries } from './retry.ts'

export { installedAddons } from './addons.ts'
export { listOnnxModels } from './onnx.ts'

export const EmbedRequest = shape({
  provider: Provider,
  texts: list(Type.String({ maxLength: 100_000 }), { minItems: 1, maxItems: 2048 }),
  purpose: oneOf('query', 'passage'),
})
export type EmbedRequest = Static<typeof EmbedRequest>
export type EmbedAnswer = { vectors: string[]; dimensions: number; model: string; usage: { tokens: number } }

/** Milliseconds for one batch; a query's asker is waiting, a passage's is not. */
const LIMIT = { query: 30_000, passage: 180_000 }
/** Longest pause that a server may ask for. */
const PATIENCE = { query: 3000, passage: 60_000 }

export type EmbeddingSettings = { addons: string; backOff?: number[] }
export type Embeddings = ReturnType<typeof makeEmbeddings>

/** Makes the embedding room. `addons` is the folder of optional add-ons. */
export const makeEmbeddings = ({ addons, backOff }: EmbeddingSettings) => {
  const onnx = makeOnnx(addons)
  const embedders: Record<ProviderKind, Embedder> = {
    ollama: embedByOllama,
    'openai-compatible': embedByOpenAiProtocol,
    openai: embedByOpenAiProtocol,
    google: embedByGoogle,
    anthropic: hasNone,
    onnx: onnx.embed,
  }

  /** Vectors of the texts, in their order. Rejects with the MODEL_* codes, ADDON_MISSING or HOST_NOT_ALLOWED. */
  const embed = async ({ provider, texts, purpose }: EmbedRequest, signal: AbortSignal): Promise<EmbedAnswer> => {
    const { model } = provider
    if (model === undefined) throw fail('INVALID_INPUT', {}, [{ path: '/provider/model', message: 'is needed here' }])
    // An empty text is refused by some servers; a blank one is embedded by all.
    const inputs = texts.map((text) => prefixed(model, text, purpose) || ' ')
    const batches: string[][] = []
    for (let from = 0; from < inputs.length; from += BATCH) batches.push(inputs.slice(from, from + BATCH))
    const run = (batch: string[]): Promise<Embedded> => {
      const once = async () => {
        const late = AbortSignal.timeout(LIMIT[purpose])
        try {
          const made = await embedders[provider.kind](
            { ...provider, model },
            batch,
            purpose,
            AbortSignal.any([signal, late]),
          )
          return checked(made, batch.length, provider.dimensions)
        } catch (cause) {
          if (!late.aborted || signal.aborted) throw cause
          throw fail('MODEL_TIMEOUT', { reason: `no vectors came for ${LIMIT[purpose] / 1000} s` }, [], cause)
        }
      }
      return withRetries(once, { provider, signal, patience: PATIENCE[purpose], ...(backOff ? { backOff } : {}) })
    }
    const done = await inLanes(batches, isLocal(provider.kind) ? 1 : 4, run)
    const vectors = done.flatMap((part) => part.vectors)
    const dimensions = vectors[0]?.length ?? 0
    if (vectors.some((vector) => vector.length !== dimensions)) throw mixed()
    const tokens = done.reduce(
      (sum, part, i) => sum + (part.tokens ?? (batches[i] ?? []).reduce((of, text) => of + estimateTokens(text), 0)),
      0,
    )
    return { vectors: vectors.map(encodeFloats), dimensions, model, usage: { tokens } }
  }

  return { embed, close: onnx.close }
}

const hasNone: Embedder = async ({ kind }) => {
  throw fail('INVALID_INPUT', {}, [{ path: '/provider/kind', message: `${kind} has no embeddings` }])
}

const isLocal = (kind: ProviderKind) => kind === 'ollama' || kind === 'onnx'

const mixed = () => fail('MODEL_REFUSED', { reason: 'the vectors differ in length' })

/** A server that gives too few vectors, or numbers that are none, must not spoil the index. */
const checked = (made: Embedded, count: number, dimensions: number | undefined): Embedded => {
  if (made.vectors.length !== count) {
    throw fail('MODEL_REFUSED', { reason: `${made.vectors.length} vectors came for ${count} texts` })
  }
  for (const vector of made.vectors) {
    if (vector.length === 0 || !vector.every(Number.isFinite)) {
      throw fail('MODEL_REFUSED', { reason: 'a vector holds something that is no number' })
    }
    if (dimensions !== undefined && vector.length !== dimensions) {
      throw fail('MODEL_REFUSED', { reason: `vectors have ${vector.length} dimensions, not ${dimensions}` })
    }
  }
  return made
}

/** Works through a list with a few at a time; results in the list's order, the first failure ends it. */
const inLanes = async <T, R>(items: T[], lanes: number, work: (item: T) => Promise<R>): Promise<R[]> => {
  const results: R[] = []
  let next = 0
  let failed = false
  const lane = async () => {
    while (next < items.length && !failed) {
      const i = next
      next += 1
      try {
        results[i] = await work(items[i] as T)
      } catch (cause) {
        failed = true
        throw cause
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(lanes, items.length) }, lane))
  return results
}
