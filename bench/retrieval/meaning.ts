/** The test embedding and a vector store in memory: enough to run the plumbing, not a model. */
import { bagOfWords } from '../../apps/sidecar/test/bag-of-words.ts'
import type { PassageParts } from '../../apps/server/src/kernel/passages/passages.ts'

export const bagOfWordsModel: PassageParts['embedding'] = {
  model: async () => 'bag-of-words',
  embed: async (_scope, texts) => texts.map((text) => Float32Array.from(bagOfWords(text))),
}

export function vectorsInMemory(): PassageParts['vectors'] {
  const stores = new Map<string, Map<string, Float32Array>>()
  const storeOf = (workspace: string) => {
    const known = stores.get(workspace) ?? new Map<string, Float32Array>()
    stores.set(workspace, known)
    return known
  }
  const product = (a: Float32Array, b: Float32Array) => {
    let sum = 0
    for (let at = 0; at < a.length; at++) sum += (a[at] as number) * (b[at] as number)
    return sum
  }
  return {
    async upsert(workspace, _model, _dimensions, _fence, rows) {
      for (const { id, vector } of rows) storeOf(workspace).set(id, vector)
    },
    async remove(workspace, _model, _fence, { ids }) {
      for (const id of ids) storeOf(workspace).delete(id)
    },
    async search(workspace, { vector, limit }) {
      const scored = [...storeOf(workspace)].map(([id, other]) => ({ id, score: product(vector, other) }))
      return scored.sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1)).slice(0, limit)
    },
    compact: async () => null,
    async drop(workspace) {
      stores.delete(workspace)
    },
    stats: async (workspace) => [{ model: 'bag-of-words', count: storeOf(workspace).size, state: 'ok' }],
  }
}
