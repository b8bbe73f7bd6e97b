/** Tree-sitter grammars, each loaded when its language is first met in this thread. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Language, Parser, Query } from 'web-tree-sitter'

export type Grammar = { parser: Parser; query: Query }

const require = createRequire(import.meta.url)
const grammars = dirname(require.resolve('@vscode/tree-sitter-wasm/package.json'))
const wasmOf = (name: string) => join(grammars, 'wasm', `tree-sitter-${name}.wasm`)
const queryOf = (name: string) => readFileSync(new URL(`./queries/${name}.scm`, import.meta.url), 'utf8')

/** Makes a loader that keeps what it loaded: the parser of a grammar and the query that finds its definitions. */
export const makeGrammars = () => {
  const loaded = new Map<string, Promise<Grammar>>()
  let ready: Promise<void> | undefined

  const load = async (grammar: string, query: string): Promise<Grammar> => {
    ready ??= Parser.init()
    await ready
    const language = await Language.load(wasmOf(grammar))
    const parser = new Parser()
    parser.setLanguage(language)
    return { parser, query: new Query(language, queryOf(query)) }
  }

  return (grammar: string, query: string): Promise<Grammar> => {
    const known = loaded.get(grammar)
    if (known) return known
    const made = load(grammar, query)
    loaded.set(grammar, made)
    return made
  }
}
