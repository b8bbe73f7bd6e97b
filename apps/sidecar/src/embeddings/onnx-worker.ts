/** What runs in the thread of local models: an ONNX feature-extraction pipeline, kept while the thread lives. */
import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** `library` is the file of the add-on, `folder` the model's own folder. */
export type OnnxTask = { library: string; folder: string; texts: string[] }
export type OnnxResult = { data: Float32Array; dimensions: number; tokens: number } | { failure: string }

type Output = { data: Float32Array; dims: number[] }
type Pipeline = {
  (texts: string[], options: { pooling: string; normalize: boolean }): Promise<Output>
  tokenizer: (
    texts: string[],
    options: { padding: boolean; truncation: boolean },
  ) => { attention_mask: { data: BigInt64Array } }
}
type Library = {
  env: { allowRemoteModels: boolean; allowLocalModels: boolean; localModelPath: string; useFSCache?: boolean }
  pipeline: (task: string, model: string, options: object) => Promise<Pipeline>
}

type Loaded = { extract: Pipeline; pooling: string }
const loaded = new Map<string, Promise<Loaded>>()

const load = async (library: string, folder: string): Promise<Loaded> => {
  const { env, pipeline } = (await import(pathToFileURL(library).href)) as Library
  env.allowRemoteModels = false
  env.allowLocalModels = true
  env.localModelPath = dirname(folder)
  const extract = await pipeline('feature-extraction', basename(folder), { local_files_only: true, dtype: 'auto' })
  return { extract, pooling: await poolingOf(folder) }
}

/** Sentence-transformers keep beside the model whether it wants the mean of its tokens or the first of them. */
const poolingOf = async (folder: string): Promise<string> => {
  try {
    const text = await readFile(join(folder, '1_Pooling', 'config.json'), 'utf8')
    return (JSON.parse(text) as { pooling_mode_cls_token?: boolean }).pooling_mode_cls_token ? 'cls' : 'mean'
  } catch {
    return 'mean'
  }
}

export const work = async ({ library, folder, texts }: OnnxTask): Promise<OnnxResult> => {
  const made = loaded.get(folder) ?? load(library, folder)
  loaded.set(folder, made)
  try {
    const { extract, pooling } = await made
    const output = await extract(texts, { pooling, normalize: true })
    const { attention_mask: mask } = extract.tokenizer(texts, { padding: true, truncation: true })
    let tokens = 0
    for (const one of mask.data) tokens += Number(one)
    return { data: Float32Array.from(output.data), dimensions: output.dims.at(-1) ?? 0, tokens }
  } catch (cause) {
    loaded.delete(folder)
    return { failure: cause instanceof Error ? cause.message : String(cause) }
  }
}
