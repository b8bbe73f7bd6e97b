/**
 * Writes an embedding model by hand: a table of word vectors as an ONNX graph of one Gather, with a word-level
 * tokenizer. A few kilobytes that go through the whole real pipeline.
 * Field numbers are those of onnx.proto3 (ONNX 1.16).
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const varint = (value: number): Buffer => {
  const bytes: number[] = []
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest])
    bytes.push((rest % 128) | 128)
  }
}
const number = (field: number, value: number) => Buffer.concat([varint(field * 8), varint(value)])
const bytes = (field: number, value: string | Buffer) => {
  const data = Buffer.from(value as string)
  return Buffer.concat([varint(field * 8 + 2), varint(data.length), data])
}
const message = (...parts: Buffer[]) => Buffer.concat(parts)

const FLOAT = 1
const INT64 = 7
const value = (name: string, type: number, dimensions: (string | number)[]) => {
  const shape = dimensions.map((one) => bytes(1, typeof one === 'string' ? bytes(2, one) : number(1, one)))
  return message(bytes(1, name), bytes(2, bytes(1, message(number(1, type), bytes(2, message(...shape))))))
}

const graphOf = (table: number[][]): Buffer => {
  const dimensions = table[0]?.length ?? 0
  const raw = Buffer.from(Float32Array.from(table.flat()).buffer)
  const tensor = message(
    number(1, table.length),
    number(1, dimensions),
    number(2, FLOAT),
    bytes(8, 'table'),
    bytes(9, raw),
  )
  const gather = message(bytes(1, 'table'), bytes(1, 'input_ids'), bytes(2, 'last_hidden_state'), bytes(4, 'Gather'))
  return message(
    bytes(1, gather),
    bytes(2, 'words'),
    bytes(5, tensor),
    bytes(11, value('input_ids', INT64, ['batch', 'sequence'])),
    bytes(11, value('attention_mask', INT64, ['batch', 'sequence'])),
    bytes(12, value('last_hidden_state', FLOAT, ['batch', 'sequence', dimensions])),
  )
}

/** Writes the model into `folder` as Hugging Face lays models out. Unknown words are all the same. */
export const writeTinyModel = async (folder: string, words: Record<string, number[]>): Promise<void> => {
  const width = Object.values(words)[0]?.length ?? 0
  const vocabulary = ['[UNK]', '[PAD]', ...Object.keys(words)]
  const table = [new Array<number>(width).fill(0.01), new Array<number>(width).fill(0), ...Object.values(words)]
  const model = message(number(1, 8), bytes(7, graphOf(table)), bytes(8, message(bytes(1, ''), number(2, 13))))
  const special = ['[UNK]', '[PAD]'].map((content, id) => ({
    id,
    content,
    special: true,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
  }))
  const tokenizer = {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: special,
    normalizer: { type: 'Lowercase' },
    pre_tokenizer: { type: 'Whitespace' },
    post_processor: null,
    decoder: null,
    model: {
      type: 'WordLevel',
      vocab: Object.fromEntries(vocabulary.map((word, id) => [word, id])),
      unk_token: '[UNK]',
    },
  }
  const settings = {
    tokenizer_class: 'PreTrainedTokenizerFast',
    model_max_length: 64,
    pad_token: '[PAD]',
    unk_token: '[UNK]',
  }
  await mkdir(join(folder, 'onnx'), { recursive: true })
  await writeFile(join(folder, 'onnx', 'model.onnx'), model)
  await writeFile(join(folder, 'config.json'), JSON.stringify({ model_type: 'bert', hidden_size: width }))
  await writeFile(join(folder, 'tokenizer.json'), JSON.stringify(tokenizer))
  await writeFile(join(folder, 'tokenizer_config.json'), JSON.stringify(settings))
}
