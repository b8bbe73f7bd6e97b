/** Local ONNX models: a folder as Hugging Face lays it out, run in a thread by an optional add-on. Nothing is downloaded. */
import { readdir, stat } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'
import { fail } from '@cairn/api/errors'
import type { Piscina } from 'piscina'
import { redact } from '../models/failures.ts'
import type { Provider } from '../models/provider.ts'
import { resolveAddon, TRANSFORMERS } from './addons.ts'
import type { Embedder } from './embedder.ts'
import type { OnnxResult, OnnxTask } from './onnx-worker.ts'

/** Milliseconds without work after which a model's memory is given back. */
const IDLE = 5 * 60_000

export type Onnx = ReturnType<typeof makeOnnx>

/** Makes the room of local models; its thread starts with the first text. */
export const makeOnnx = (addons: string) => {
  let pool: Promise<Piscina> | undefined

  const start = async (): Promise<Piscina> => {
    const { Piscina } = await import('piscina')
    const filename = new URL('./onnx-worker.ts', import.meta.url).href
    return new Piscina({ filename, name: 'work', minThreads: 0, maxThreads: 1, idleTimeout: IDLE })
  }

  const embed: Embedder = async (provider, texts, _purpose, signal) => {
    const library = resolveAddon(addons, TRANSFORMERS)
    const folder = await modelFolder(provider)
    pool ??= start()
    const threads = await pool
    const task: OnnxTask = { library, folder, texts }
    const result = (await threads.run(task, { signal })) as OnnxResult
    if ('failure' in result) {
      throw fail('MODEL_REFUSED', { reason: redact(result.failure.replaceAll(folder, 'the folder')) })
    }
    const { data, dimensions, tokens } = result
    return { vectors: texts.map((_, i) => data.slice(i * dimensions, (i + 1) * dimensions)), tokens }
  }

  return {
    embed,
    close: async () => {
      if (pool) await (await pool).destroy()
    },
  }
}

const isModel = (folder: string) =>
  stat(join(folder, 'config.json')).then(
    (found) => found.isFile(),
    () => false,
  )

const refused = (message: string) => fail('INVALID_INPUT', {}, [{ path: '/provider/folder', message }])

/** The folder itself where it is a model, else the folder below it that `model` names. */
const modelFolder = async ({ folder, model }: Provider & { model: string }): Promise<string> => {
  if (folder === undefined) throw refused('is needed here')
  const home = resolve(folder)
  const below = resolve(home, model)
  if (below.startsWith(home + sep) && (await isModel(below))) return below
  if (await isModel(home)) return home
  throw refused('holds no such model (a folder with config.json, tokenizer.json and onnx/model.onnx)')
}

/** Names of the model folders in a provider's folder. */
export const listOnnxModels = async ({ folder }: Provider): Promise<{ id: string }[]> => {
  if (folder === undefined) throw refused('is needed here')
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: Error) => {
    throw fail('INVALID_INPUT', {}, [{ path: '/provider/folder', message: 'cannot be read' }], cause)
  })
  const names = entries.filter((entry) => !entry.isFile()).map((entry) => entry.name)
  const flags = await Promise.all(names.map((name) => isModel(join(folder, name))))
  return names
    .filter((_, i) => flags[i])
    .toSorted()
    .map((id) => ({ id }))
}
