/** Instructions that some embedding models were trained with: without them their ranking is worse. */
import type { Purpose } from './embedder.ts'

type Rule = { model: RegExp; query: string; passage: string }

// From the model cards of each family.
const rules: Rule[] = [
  { model: /nomic-embed/, query: 'search_query: ', passage: 'search_document: ' },
  { model: /(^|[/-])(multilingual-)?e5-(?!.*instruct)/, query: 'query: ', passage: 'passage: ' },
  {
    model: /mxbai-embed|bge-(small|base|large)-en|snowflake-arctic-embed(?!2)/,
    query: 'Represent this sentence for searching relevant passages: ',
    passage: '',
  },
  { model: /embeddinggemma/, query: 'task: search result | query: ', passage: 'title: none | text: ' },
]

/** A text as a model wants to see it for a purpose. */
export const prefixed = (model: string, text: string, purpose: Purpose): string => {
  const name = model.toLowerCase()
  const rule = rules.find((candidate) => candidate.model.test(name))
  return rule ? rule[purpose] + text : text
}
