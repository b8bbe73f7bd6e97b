/** Takes one file apart. Never throws: what cannot be read by its structure is cut into windows and says why. */
import { type Chunk, chunkWindows } from '@cairn/api/windows'
import { splitCode } from './code.ts'
import { type Definition, findDefinitions } from './definitions.ts'
import type { makeGrammars } from './grammars.ts'
import { splitJson, splitTables, splitYaml } from './keys.ts'
import { type Language, languageOf } from './languages.ts'
import { type Lines, linesOf } from './lines.ts'
import { type Heading, splitMarkdown } from './markdown.ts'
import { splitNotebook } from './notebook.ts'
import { pack } from './pack.ts'

export type SourceFile = { id: string; name: string; text: string }
export type CodeSymbol = {
  name: string
  kind: string
  start_line: number
  end_line: number
  container: string | null
}
export type ParsedFile = { id: string; language: string; passages: Chunk[]; symbols: CodeSymbol[]; error?: string }

/** Structure is looked for up to this many characters; what is bigger was made by a machine. */
const MAX_STRUCTURED = 2_000_000
/** Longest line of a file that a person may have written. */
const MAX_LINE = 10_000
const MAX_SYMBOLS = 20_000
/** Milliseconds that a grammar may work on one file before the file is cut into windows. */
const PARSE_LIMIT = 3000

type Parts = { passages: Chunk[]; symbols: CodeSymbol[] }

/** A file in plain windows, for when its structure cannot be had. */
export const inWindows = ({ id, name, text }: SourceFile, error?: string): ParsedFile => ({
  id,
  language: languageOf(name, text).name,
  passages: chunkWindows(text),
  symbols: [],
  ...(error === undefined ? {} : { error }),
})

/** Takes a file apart by the structure of its language. */
export const parseFile = async (file: SourceFile, grammars: ReturnType<typeof makeGrammars>): Promise<ParsedFile> => {
  const language = languageOf(file.name, file.text)
  const refusal = unfit(file.text)
  if (refusal !== null) return inWindows(file, refusal)
  try {
    const parts = await takeApart(language, linesOf(file.text), grammars)
    return { id: file.id, language: language.name, ...parts }
  } catch (cause) {
    // A broken WebAssembly instance must not serve another file: this thread ends, and the file is done elsewhere.
    if (cause instanceof Error && cause.name === 'RuntimeError') throw cause
    return inWindows(file, cause instanceof Error ? `${cause.name}: ${cause.message}`.slice(0, 200) : 'not parsed')
  }
}

const takeApart = async (
  language: Language,
  lines: Lines,
  grammars: ReturnType<typeof makeGrammars>,
): Promise<Parts> => {
  if (language.structure === 'code' && language.grammar && language.query) {
    const grammar = await grammars(language.grammar, language.query)
    const definitions = findDefinitions(grammar, lines.text, Date.now() + PARSE_LIMIT)
    return { passages: pack(lines, splitCode(lines, definitions)), symbols: symbolsOf(definitions) }
  }
  if (language.structure === 'markdown') {
    const { sections, headings } = splitMarkdown(lines)
    return { passages: pack(lines, sections), symbols: headings.map(headingSymbol) }
  }
  if (language.structure === 'json') return { passages: pack(lines, splitJson(lines)), symbols: [] }
  if (language.structure === 'yaml') return { passages: pack(lines, splitYaml(lines)), symbols: [] }
  if (language.structure === 'sections') return { passages: pack(lines, splitTables(lines)), symbols: [] }
  if (language.structure === 'notebook') return { passages: splitNotebook(lines), symbols: [] }
  return { passages: chunkWindows(lines.text), symbols: [] }
}

/** Why a text is not worth parsing, or null. */
const unfit = (text: string): string | null => {
  if (text.length > MAX_STRUCTURED) return 'too big to parse'
  const head = text.slice(0, 8000)
  // NUL and replacement characters: bytes that were never text.
  const rubbish = head.match(/[\0-\x08\x0e-\x1a\ufffd]/g)?.length ?? 0
  if (rubbish > head.length / 20) return 'looks binary'
  let from = 0
  while (from < text.length) {
    const end = text.indexOf('\n', from)
    const to = end === -1 ? text.length : end
    if (to - from > MAX_LINE) return 'lines too long to parse'
    from = to + 1
  }
  return null
}

const symbolsOf = (definitions: Definition[]): CodeSymbol[] => {
  const symbols: CodeSymbol[] = []
  const queue = definitions.toReversed()
  while (queue.length > 0 && symbols.length < MAX_SYMBOLS) {
    const { name, kind, from, to, container, children } = queue.pop() as Definition
    symbols.push({ name, kind, start_line: from, end_line: to, container })
    queue.push(...children.toReversed())
  }
  return symbols
}

const headingSymbol = ({ title, line, container }: Heading): CodeSymbol => ({
  name: title,
  kind: 'heading',
  start_line: line,
  end_line: line,
  container,
})
