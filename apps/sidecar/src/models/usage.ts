/** What an answer took and what it cost. */
import table from './prices.json' with { type: 'json' }
import type { Provider } from './provider.ts'

/** Tokens; `estimated` where the server did not count them. `cost_usd` is null where the price is not known. */
export type Usage = { input_tokens: number; output_tokens: number; cost_usd: number | null; estimated?: true }
export type Counted = { input: number | undefined; cached: number | undefined; output: number | undefined }

type Price = { input: number; output: number; cached?: number }
const prices: Record<string, Price> = table.prices

/** What may follow a priced model's name without making it another model: a date, `latest`, a version. */
const sameModel = /^(-(\d{4}-\d{2}-\d{2}|\d{8}|\d{4}|\d{3}|latest)|@\d{8})?$/

/**
 * Price of a model in USD per million tokens, by the longest name in the table that it begins with. A name that goes
 * on with anything but a date or `latest` is another model with a price of its own, so its price is unknown.
 */
export const priceOf = ({ kind }: Pick<Provider, 'kind'>, model: string): Price | null => {
  if (kind === 'onnx') return { input: 0, output: 0 }
  if (kind === 'ollama') return model.endsWith('cloud') ? null : { input: 0, output: 0 }
  if (kind === 'openai-compatible') return null
  const name = model.replace(/^models\//, '')
  const known = Object.keys(prices)
    .filter((prefix) => name.startsWith(prefix) && sameModel.test(name.slice(prefix.length)))
    .toSorted((a, b) => b.length - a.length)[0]
  return known === undefined ? null : (prices[known] ?? null)
}

/** About how many tokens a text is: four bytes of UTF-8 each, which holds for English, code and CJK alike. */
export const estimateTokens = (text: string): number => Math.ceil(Buffer.byteLength(text) / 4)

/** Usage with its cost; what the server did not count is estimated from the texts and marked so. */
export const usageOf = (
  provider: Pick<Provider, 'kind'>,
  model: string,
  counted: Counted,
  texts: { input: string; output: string },
): Usage => {
  const input_tokens = counted.input ?? estimateTokens(texts.input)
  const output_tokens = counted.output ?? estimateTokens(texts.output)
  const price = priceOf(provider, model)
  const cached = Math.min(counted.cached ?? 0, input_tokens)
  const cost_usd = price
    ? ((input_tokens - cached) * price.input + cached * (price.cached ?? price.input) + output_tokens * price.output) /
      1e6
    : null
  const isEstimated = counted.input === undefined || counted.output === undefined
  return { input_tokens, output_tokens, cost_usd, ...(isEstimated ? { estimated: true } : {}) }
}
