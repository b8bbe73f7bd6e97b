/** RSS, Atom, RDF and JSON feeds: their entries, newest as the feed has them, each under a heading. */
import { parseFeed } from 'feedsmith'
import { type Found, nothing, type Unreadable } from './content.ts'
import { htmlToMarkdown, oneLine } from './html.ts'

const mostEntries = 1_000

export function readFeed(text: string, url: string | null): Found | Unreadable {
  let feed: unknown
  try {
    feed = parseFeed(text).feed
  } catch {
    return { problem: 'it is no sound feed' }
  }
  const entries = (listed(feed, 'items') ?? listed(feed, 'entries') ?? []).slice(0, mostEntries)
  const title = wordsOf(feed, 'title')
  const parts = entries.map((entry) => entryOf(entry, url))
  return {
    ...nothing,
    title,
    description: wordsOf(feed, 'description', 'subtitle', 'tagline'),
    author: nameOf(feed),
    language: wordsOf(feed, 'language', 'lang'),
    published: wordsOf(feed, 'lastBuildDate', 'updated', 'pubDate', 'date_published'),
    markdown: [...(title ? [`# ${title}`] : []), ...parts.map(({ markdown }) => markdown)].join('\n\n'),
    links: parts.flatMap(({ link, title: words }) => (link ? [{ url: link, text: words }] : [])),
  }
}

function entryOf(entry: unknown, url: string | null) {
  const link = linkOf(entry, url)
  const title = wordsOf(entry, 'title') ?? link ?? 'Without a title'
  const html =
    wordsOf(field(entry, 'content'), 'encoded') ??
    wordsOf(entry, 'content_html', 'content', 'description', 'summary', 'content_text')
  const facts = [
    wordsOf(entry, 'pubDate', 'published', 'date_published', 'updated'),
    nameOf(entry),
    link && `<${link}>`,
  ]
  const head = facts.filter(Boolean).join(' · ')
  const body = html ? htmlToMarkdown(html, link ?? url) : ''
  // A heading inside an entry would end it.
  const below = body.replace(/^#{1,6} /gm, '### ')
  return { link, title, markdown: [`## ${oneLine(title)}`, head, below].filter(Boolean).join('\n\n') }
}

const field = (from: unknown, name: string): unknown =>
  typeof from === 'object' && from !== null ? (from as Record<string, unknown>)[name] : undefined
const listed = (from: unknown, name: string) => {
  const found = field(from, name)
  return Array.isArray(found) ? (found as unknown[]) : undefined
}

/** The first of these fields that holds words, given plainly or as `{ value }`. */
function wordsOf(from: unknown, ...names: string[]): string | null {
  for (const name of names) {
    const found = field(from, name)
    const value = typeof found === 'object' ? (field(found, 'value') ?? field(found, 'text')) : found
    if (typeof value === 'string' && value.trim() !== '') return value
  }
  return null
}

function linkOf(entry: unknown, url: string | null): string | null {
  const links = listed(entry, 'links') ?? []
  const alternate = links.find((one) => (wordsOf(one, 'rel') ?? 'alternate') === 'alternate')
  const given = wordsOf(entry, 'link', 'url') ?? wordsOf(alternate, 'href') ?? wordsOf(field(entry, 'guid'), 'value')
  const parsed = given === null ? null : URL.parse(given, url ?? undefined)
  return parsed && /^https?:$/.test(parsed.protocol) ? parsed.href : null
}

function nameOf(from: unknown): string | null {
  const authors = listed(from, 'authors') ?? []
  const [first] = authors
  return typeof first === 'string' ? first : (wordsOf(first, 'name') ?? wordsOf(from, 'author'))
}
