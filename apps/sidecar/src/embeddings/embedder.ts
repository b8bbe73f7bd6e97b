import type { Provider } from '../models/provider.ts'

/** Is a text looked for, or is it something that is found? Some models embed the two differently. */
export type Purpose = 'query' | 'passage'

/** What one request of any provider gives: a vector for each text, in order, and the tokens where they were counted. */
export type Embedded = { vectors: Float32Array[]; tokens: number | null }

/** The one interface of every way to embed. At most `BATCH` texts; rejects with the MODEL_* codes. */
export type Embedder = (
  provider: Provider & { model: string },
  texts: string[],
  purpose: Purpose,
  signal: AbortSignal,
) => Promise<Embedded>

export const BATCH = 32
