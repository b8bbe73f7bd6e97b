/** Markdown and plain text. */
import { parse } from 'yaml'
import { type Found, nothing } from './content.ts'

/** Metadata that many tools write on top of a Markdown file. */
const frontMatter = /^---[ \t]*\r?\n([\s\S]{0,10000}?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|$)/

export function readMarkdown(text: string): Found {
  const matter = frontMatter.exec(text)
  const said = matter ? fields(matter[1] as string) : {}
  const markdown = (matter && Object.keys(said).length > 0 ? text.slice(matter[0].length) : text).trim()
  const links = [...markdown.matchAll(/\[([^\]\n]{0,300})\]\(<?(https?:\/\/[^\s)>]{1,4000})/g)]
  return {
    ...nothing,
    title: said.title ?? headingOf(markdown),
    description: said.description ?? null,
    author: said.author ?? said.authors ?? null,
    language: said.lang ?? said.language ?? null,
    published: said.date ?? null,
    markdown,
    links: links.slice(0, 2_000).map(([, words, url]) => ({ url: url as string, text: words as string })),
  }
}

const headingOf = (markdown: string) =>
  /^#{1,2}[ \t]+(\S.{0,1000}?)[ \t#]*$/m.exec(markdown.slice(0, 50_000))?.[1] ?? null

/** Words by name; broken metadata is text like any other. */
function fields(yaml: string): Record<string, string> {
  try {
    const found: unknown = parse(yaml, { maxAliasCount: 0, schema: 'failsafe' })
    if (typeof found !== 'object' || found === null || Array.isArray(found)) return {}
    const pairs = Object.entries(found).map(([name, value]) => [name.toLowerCase(), words(value)] as const)
    return Object.fromEntries(pairs.filter(([, value]) => value !== ''))
  } catch {
    return {}
  }
}

const words = (value: unknown): string =>
  typeof value === 'string' ? value.trim() : Array.isArray(value) ? value.map(words).filter(Boolean).join(', ') : ''

/** Kept as it stands: its lines are its own. */
export const readText = (text: string): Found => ({ ...nothing, markdown: text.trimEnd() })
