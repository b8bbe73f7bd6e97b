/**
 * Web pages: what is worth reading of one, as Markdown; what it says of itself; where it leads.
 * Runs in a worker thread: pages come from anywhere and may be made to hurt.
 */
import { Readability } from '@mozilla/readability'
import { parseHTML } from 'linkedom'
import TurndownService from 'turndown'
import { maskAddress } from '../../../../kernel/masking.ts'
import { type Found, nothing, type Unreadable } from './content.ts'
import type { DomDocument, DomElement } from './dom.ts'

/** Most characters of a page that are looked at, and most links taken from one. */
const longestPage = 6_000_000
const mostLinks = 2_000
/** An article shorter than this part of its page is no article but a piece of it. */
const leastPart = 0.15
/** Gone before anything is read; a title may stand in the middle of the text. */
const noise = 'title,script,style,noscript,template,iframe,object,embed,svg,canvas,form,button,input,select,dialog'
const around = 'nav,header,footer,aside,[role=navigation],[role=banner],[role=contentinfo],[aria-hidden=true]'

/** Elements within each other; browsers stop at 512. */
const deepest = 1_000
/** Elements without an end, and those that the next of their kind ends. */
const unclosed = new Set(
  'area base br col embed hr img input link meta source track wbr p li dt dd td th tr option'.split(' '),
)

export function readHtml(html: string, url: string | null): Found | Unreadable {
  if (isTooDeep(html)) return { problem: 'its elements are nested too deep' }
  const document = parsed(whole(html.slice(0, longestPage)))
  const base = baseOf(document, url)
  const links = linksOf(document, base)
  const said = metaOf(document)
  const canonical = absolute(document.querySelector('link[rel~=canonical i]')?.getAttribute('href'), base)
  const dated = dateOf(document)
  const titled = oneLine(document.querySelector('title')?.textContent)
  settle(document, base)
  const heading = oneLine(document.querySelector('h1')?.textContent)
  const { content, byline } = readable(document)
  return {
    ...nothing,
    title: said('og:title') ?? (titled || heading || null),
    description: said('description', 'og:description', 'twitter:description'),
    author: said('author', 'article:author', 'dc.creator') ?? byline,
    language: document.documentElement?.getAttribute('lang') || said('content-language'),
    published: said('article:published_time', 'date', 'dc.date', 'datepublished') ?? dated,
    canonical,
    markdown: toMarkdown(content),
    links,
  }
}

/** Those who read a tree go down into each of its elements, so how deep it gets is counted before. */
function isTooDeep(html: string): boolean {
  let depth = 0
  for (const [, end, name] of html.matchAll(/<(\/?)([a-z][a-z0-9]{0,20})/gi)) {
    if (unclosed.has((name as string).toLowerCase())) continue
    depth = end === '' ? depth + 1 : Math.max(depth - 1, 0)
    if (depth > deepest) return true
  }
  return false
}

const parsed = (html: string): DomDocument => parseHTML(html).document as unknown as DomDocument

/** With `html`, `head` and `body` around it: HTML lets them be left out, and linkedom does not put them back. */
function whole(html: string): string {
  const attributes = /<html(\s[^>]{0,1000})?>/i.exec(html)?.[1] ?? ''
  const bare = html.replace(/<!doctype[^>]{0,1000}>|<\/?html(?:\s[^>]{0,1000})?>/gi, '')
  if (/<body[\s>]/i.test(bare)) return `<!doctype html><html${attributes}>${bare}</html>`
  const end = bare.search(/<\/head>/i)
  const [head, body] = end < 0 ? ['', bare] : [bare.slice(0, end + 7), bare.slice(end + 7)]
  return `<!doctype html><html${attributes}>${head}<body>${body}</body></html>`
}

/** A piece of HTML, as feeds carry it. */
export function htmlToMarkdown(html: string, url: string | null): string {
  if (isTooDeep(html)) return ''
  const document = parsed(`<!doctype html><html><body>${html.slice(0, longestPage)}</body></html>`)
  settle(document, url)
  return document.body ? toMarkdown(document.body) : ''
}

export function linksOfHtml(html: string, url: string | null): Found['links'] {
  if (isTooDeep(html)) return []
  const document = parsed(whole(html.slice(0, longestPage)))
  return linksOf(document, baseOf(document, url))
}

function baseOf(document: DomDocument, url: string | null): string | null {
  return absolute(document.querySelector('base[href]')?.getAttribute('href'), url) ?? url
}

function absolute(href: string | null | undefined, base: string | null): string | null {
  if (!href || href.length > 4_000) return null
  const parsed = URL.parse(href.trim(), base ?? undefined)
  return parsed && (parsed.protocol === 'http:' || parsed.protocol === 'https:') ? parsed.href : null
}

/** `rel=nofollow` is about ranking, not about reading; what robots may not follow at all is said for the whole page. */
function linksOf(document: DomDocument, base: string | null): Found['links'] {
  const robots = document.querySelector('meta[name=robots i]')?.getAttribute('content') ?? ''
  if (/\b(?:nofollow|none)\b/i.test(robots)) return []
  const links = new Map<string, string>()
  for (const element of document.querySelectorAll('a[href],area[href],link[rel~=next][href]')) {
    const url = absolute(element.getAttribute('href'), base)
    if (url === null) continue
    const bare = url.split('#', 1)[0] as string
    const text = oneLine(`${element.textContent ?? ''} ${element.getAttribute('title') ?? ''}`).slice(0, 300)
    links.set(bare, `${links.get(bare) ?? ''} ${text}`.trim().slice(0, 600))
    if (links.size >= mostLinks) break
  }
  return [...links].map(([url, text]) => ({ url, text }))
}

/** Addresses made whole and without secrets; what is no content goes. */
function settle(document: DomDocument, base: string | null): void {
  for (const element of [...document.querySelectorAll(noise)]) element.remove()
  for (const element of document.querySelectorAll('[href],[src]')) {
    for (const name of ['href', 'src']) {
      const given = element.getAttribute(name)
      if (given === null) continue
      const url = absolute(given, base)
      if (url === null) element.removeAttribute(name)
      else element.setAttribute(name, maskAddress(url))
    }
  }
}

function readable(document: DomDocument): { content: DomElement; byline: string | null } {
  const body = document.body ?? document.documentElement
  if (!body) throw new Error('linkedom makes a body for every page')
  const length = oneLine(body.textContent).length
  const clone = document.cloneNode(true) as DomDocument
  const article = new Readability(clone, {
    charThreshold: 200,
    keepClasses: true,
    serializer: (node) => node as DomElement,
  }).parse()
  const content = article?.content
  const found = content ? oneLine(content.textContent).length : 0
  const byline = oneLine(article?.byline).slice(0, 300) || null
  if (content && found >= length * leastPart) return { content, byline }
  for (const element of [...body.querySelectorAll(around)]) element.remove()
  return { content: body, byline }
}

function metaOf(document: DomDocument): (...names: string[]) => string | null {
  const found = new Map<string, string>()
  for (const element of document.querySelectorAll('meta[content]')) {
    const name = element.getAttribute('property') ?? element.getAttribute('name') ?? element.getAttribute('http-equiv')
    const value = oneLine(element.getAttribute('content'))
    if (name && value !== '' && !found.has(name.toLowerCase())) found.set(name.toLowerCase(), value)
  }
  return (...names) => names.map((name) => found.get(name)).find((value) => value !== undefined) ?? null
}

const dateOf = (document: DomDocument) =>
  /"datePublished"\s{0,5}:\s{0,5}"([^"]{4,40})"/.exec(
    [...document.querySelectorAll('script[type="application/ld+json"]')]
      .map((element) => element.textContent?.slice(0, 100_000))
      .join('\n'),
  )?.[1] ??
  document.querySelector('time[datetime]')?.getAttribute('datetime') ??
  null

export const oneLine = (text: string | null | undefined) => (text ?? '').replace(/\s+/g, ' ').trim()

let service: TurndownService | undefined

function toMarkdown(element: DomElement): string {
  service ??= makeService()
  return service.turndown(element as DomElement).trim()
}

function makeService(): TurndownService {
  const made = new TurndownService({ headingStyle: 'atx', codeBlockStyle: 'fenced', bulletListMarker: '-' })
  // A link without words or without an address is no link.
  made.addRule('bare', {
    filter: (node) => node.nodeName === 'A' && (!node.getAttribute('href') || oneLine(node.textContent) === ''),
    replacement: (content) => content,
  })
  made.addRule('struck', { filter: ['del', 's'], replacement: (content) => `~~${content}~~` })
  made.addRule('table', {
    filter: (node) => node.nodeName === 'TABLE' && isTable(node),
    replacement: (_, node) => `\n\n${tableOf(made, node as DomElement)}\n\n`,
  })
  return made
}

const rowsOf = (table: DomElement) =>
  [...table.querySelectorAll('tr')].map((row) => [...row.children].filter((one) => /^T[DH]$/.test(one.nodeName)))

/** Tables that only lay a page out are no tables. */
const isTable = (table: DomElement) => !table.querySelector('table') && rowsOf(table).some((cells) => cells.length > 1)

/** As GitHub writes tables; the first row is their head. */
function tableOf(made: TurndownService, table: DomElement): string {
  const rows = rowsOf(table).filter((cells) => cells.length > 0)
  const width = Math.max(...rows.map((cells) => cells.length))
  const line = (cells: readonly string[]) =>
    `| ${[...cells, ...Array<string>(width - cells.length).fill('')].join(' | ')} |`
  const lines = rows.map((cells) =>
    line(cells.map((cell) => oneLine(made.turndown(cell as DomElement)).replaceAll('|', '\\|'))),
  )
  const rule = line(Array<string>(width).fill('---'))
  return [lines[0], rule, ...lines.slice(1)].join('\n')
}
