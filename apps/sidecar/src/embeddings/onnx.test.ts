import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ensureAddon } from '../../test/ensure-addon.ts'
import { writeTinyModel } from '../../test/tiny-onnx-model.ts'
import { decodeFloats } from '../floats.ts'
import type { Provider } from '../models/provider.ts'
import { type Embeddings, installedAddons, listOnnxModels, makeEmbeddings } from './index.ts'

let home: string
let embeddings: Embeddings
let addons: string | null = null
const signal = new AbortController().signal

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'cairn-onnx-'))
  await writeTinyModel(join(home, 'models', 'words'), {
    car: [1, 0.1, 0],
    automobile: [0.9, 0.2, 0],
    banana: [0, 0, 1],
    the: [0.1, 0.1, 0.1],
  })
  await mkdir(join(home, 'models', 'no-model'))
  await writeFile(join(home, 'models', 'readme.txt'), 'not a folder')
  addons = await ensureAddon().catch((cause: unknown) => {
    if (process.env.CI) throw cause
    process.stderr.write('!! the add-on for local models cannot be installed: its tests are left out\n')
    return null
  })
  embeddings = makeEmbeddings({ addons: addons ?? home })
})
afterAll(async () => {
  await embeddings.close()
  await rm(home, { recursive: true, force: true })
})

const provider = (change: Partial<Provider> = {}): Provider => ({
  kind: 'onnx',
  folder: join(home, 'models'),
  model: 'words',
  allow_host: '',
  ...change,
})

const embed = async (texts: string[], change: Partial<Provider> = {}) => {
  const answer = await embeddings.embed({ provider: provider(change), texts, purpose: 'passage' }, signal)
  return { ...answer, floats: answer.vectors.map((vector) => decodeFloats(vector, answer.dimensions) as Float32Array) }
}

const cosine = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0)

test('a folder with a real ONNX model embeds without any network', async ({ skip }) => {
  if (!addons) return skip()
  const { floats, dimensions, usage, model } = await embed(['the car', 'The AUTOMOBILE', 'the banana'])
  expect({ dimensions, model, tokens: usage.tokens }).toEqual({ dimensions: 3, model: 'words', tokens: 6 })
  const [car, automobile, banana] = floats as [Float32Array, Float32Array, Float32Array]
  expect(cosine(car, automobile)).toBeGreaterThan(0.98)
  expect(cosine(car, banana)).toBeLessThan(0.4)
  for (const vector of floats) expect(Math.hypot(...vector)).toBeCloseTo(1, 5)
})

test('many texts keep their order, and a text longer than the model takes is cut', async ({ skip }) => {
  if (!addons) return skip()
  const texts = Array.from({ length: 70 }, (_, i) => (i % 2 === 0 ? 'car' : 'banana'))
  const { floats } = await embed([...texts, 'car '.repeat(5000)])
  expect(floats).toHaveLength(71)
  floats.forEach((vector, i) => {
    expect(Number(vector[0]) > 0.9).toBe(i % 2 === 0)
  })
})

test('the folder itself may be the model', async ({ skip }) => {
  if (!addons) return skip()
  expect((await embed(['car'], { folder: join(home, 'models', 'words') })).dimensions).toBe(3)
})

test('a broken model is refused with its reason, and the next one works', async ({ skip }) => {
  if (!addons) return skip()
  await writeTinyModel(join(home, 'models', 'broken'), { car: [1] })
  await writeFile(join(home, 'models', 'broken', 'onnx', 'model.onnx'), 'no model at all')
  await expect(embed(['car'], { model: 'broken' })).rejects.toMatchObject({ code: 'MODEL_REFUSED' })
  await rm(join(home, 'models', 'broken'), { recursive: true })
  expect((await embed(['car'])).dimensions).toBe(3)
})

test('models are listed by their folders', async () => {
  expect(await listOnnxModels(provider())).toEqual([{ id: 'words' }])
  await expect(listOnnxModels(provider({ folder: join(home, 'nowhere') }))).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  })
})

test('a model outside of the folder, or none, is refused', async ({ skip }) => {
  if (!addons) return skip()
  for (const model of ['../models/words/../../elsewhere', 'no-model', '/etc']) {
    await expect(embed(['car'], { model })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  }
})

test('without the add-on the refusal says how to install it', async () => {
  const bare = makeEmbeddings({ addons: home })
  const refusal = await bare
    .embed({ provider: provider(), texts: ['car'], purpose: 'query' }, signal)
    .catch((cause: Error) => cause)
  expect(refusal).toMatchObject({ code: 'ADDON_MISSING' })
  expect(String(refusal)).toContain('npm install --ignore-scripts')
  expect(String(refusal)).toContain('@huggingface/transformers@')
  expect(installedAddons(home)).toEqual([])
  await bare.close()
})
