import { expect, test } from 'vitest'
import { estimateTokens, priceOf, usageOf } from './usage.ts'

const openai = { kind: 'openai' as const }
const texts = { input: 'x'.repeat(40), output: 'y'.repeat(8) }

test('a model has the price of its own name, with a date or without', () => {
  expect(priceOf(openai, 'gpt-4o-mini')).toEqual(priceOf(openai, 'gpt-4o-mini-2024-07-18'))
  expect(priceOf(openai, 'gpt-4o-mini')?.input).toBeLessThan(priceOf(openai, 'gpt-4o')?.input ?? 0)
  expect(priceOf({ kind: 'anthropic' }, 'claude-sonnet-4-20250514')?.output).toBe(15)
  expect(priceOf({ kind: 'google' }, 'models/gemini-2.5-flash')?.output).toBe(2.5)
})

test('another model that begins with the same name is never taken for it', () => {
  for (const model of ['gpt-5-pro', 'gpt-4o-audio-preview', 'o3-pro', 'gpt-5.9', 'gemini-2.5-pro-ultra', 'toString']) {
    expect(priceOf(openai, model)).toBeNull()
  }
})

test('what runs here is free, and what a compatible server costs nobody knows', () => {
  expect(usageOf({ kind: 'ollama' }, 'llama3', { input: 10, cached: 0, output: 5 }, texts).cost_usd).toBe(0)
  expect(priceOf({ kind: 'ollama' }, 'gpt-oss:120b-cloud')).toBeNull()
  expect(
    usageOf({ kind: 'openai-compatible' }, 'gpt-4o', { input: 10, cached: 0, output: 5 }, texts).cost_usd,
  ).toBeNull()
})

test('cost counts input, output and the cheaper cached part', () => {
  const million = { input: 1_000_000, cached: undefined, output: 1_000_000 }
  expect(usageOf(openai, 'gpt-4o', million, texts)).toEqual({
    input_tokens: 1_000_000,
    output_tokens: 1_000_000,
    cost_usd: 12.5,
  })
  expect(usageOf(openai, 'gpt-4o', { ...million, cached: 1_000_000 }, texts).cost_usd).toBe(11.25)
})

test('what was not counted is estimated from the text, in any script', () => {
  const usage = usageOf(openai, 'gpt-4o', { input: undefined, cached: undefined, output: 3 }, texts)
  expect(usage).toMatchObject({ input_tokens: 10, output_tokens: 3, estimated: true })
  expect(estimateTokens('記憶する作業場')).toBeGreaterThan(4)
  expect(estimateTokens('')).toBe(0)
})
