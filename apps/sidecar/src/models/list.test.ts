import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ModelServer, startModelServer } from '../../test/model-server.ts'
import { listModels } from './list.ts'
import type { Provider } from './provider.ts'

const KEY = 'test-key-0123456789'
let models: ModelServer
const signal = new AbortController().signal

beforeAll(async () => {
  models = await startModelServer({ models: ['small', 'large'], key: KEY })
})
afterAll(() => models.close())

const provider = (kind: Provider['kind'], path: string): Provider => ({
  kind,
  base_url: models.url + path,
  api_key: KEY,
  allow_host: models.host,
})

test('every kind of provider lists what it has, with its key in its own header', async () => {
  const providers = [
    provider('openai', '/v1'),
    provider('openai-compatible', '/v1/'),
    provider('ollama', ''),
    provider('ollama', '/v1'),
    provider('anthropic', '/anthropic/v1'),
    provider('google', '/google/v1beta'),
  ]
  for (const one of providers) expect(await listModels(one, signal)).toEqual([{ id: 'small' }, { id: 'large' }])
})

test('a wrong key is refused and does not come back in the message', async () => {
  const wrong = { ...provider('openai-compatible', '/v1'), api_key: 'sk-wrong-987654321' }
  const refusal = await listModels(wrong, signal).catch((cause: Error) => cause)
  expect(refusal).toMatchObject({ code: 'MODEL_REFUSED' })
  expect(String(refusal)).not.toContain('sk-wrong')
})

test('a list without end is refused, and says why', async () => {
  const endless = await startModelServer({ models: Array.from({ length: 1000 }, (_, n) => `${n}-${'x'.repeat(5000)}`) })
  const there = { kind: 'openai-compatible', base_url: `${endless.url}/v1`, allow_host: endless.host } as const
  await expect(listModels(there, signal)).rejects.toMatchObject({
    code: 'MODEL_REFUSED',
    message: expect.stringContaining('more than 4194304 bytes'),
  })
  await endless.close()
})

test('what is not there, elsewhere or no list is told by its code', async () => {
  const away = { ...provider('openai-compatible', '/v1'), base_url: 'http://127.0.0.1:1/v1', allow_host: '127.0.0.1:1' }
  await expect(listModels(away, signal)).rejects.toMatchObject({ code: 'MODEL_UNREACHABLE' })
  await expect(listModels(provider('openai-compatible', '/nowhere'), signal)).rejects.toMatchObject({
    code: 'MODEL_REFUSED',
  })
  await expect(
    listModels({ ...provider('openai-compatible', '/v1'), allow_host: 'example.com' }, signal),
  ).rejects.toMatchObject({ code: 'HOST_NOT_ALLOWED' })
  const { base_url: _, ...homeless } = provider('openai-compatible', '/v1')
  await expect(listModels(homeless, signal)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
})
