/** The reader's thread: from bytes to Markdown, bounded and without secrets. */
import { gunzipSync } from 'node:zlib'
import { type DocumentFormat, documentLimits } from '@cairn/api/documents'
import { sha256 } from '../../../../kernel/ids.ts'
import { maskAddress, maskSecrets, maskText } from '../../../../kernel/masking.ts'
import type { Content, Found, Link, Reading, SiteMap, Unreadable } from './content.ts'
import { decode, formatOf } from './decode.ts'
import { linksOfHtml, oneLine, readHtml } from './html.ts'
import { promising, relevanceOf } from './relevance.ts'
import { readMarkdown, readText } from './texts.ts'

export async function read(reading: Reading): Promise<Content | Unreadable> {
  const { bytes, type, name } = reading
  if (bytes.length === 0) return { problem: 'it is empty' }
  const format = reading.format ?? formatOf(bytes, type, name)
  if (format === null) return { problem: 'it is neither text, HTML, Markdown, a feed nor a PDF' }
  const given = format === 'pdf' ? null : decode(bytes, type)
  // First of all: what is escaped or taken apart later would hide a key from those who look for one.
  const text = given === null ? null : maskSecrets(given)
  if (reading.linksOnly) return { ...empty, format, links: await linksOf(reading, format, text ?? '') }
  const found = await attempt(() => (text === null ? pdf(bytes) : readAs(format, text, reading.url)))
  if ('problem' in found) return found
  // Nobody's key is kept: text is kept without its secrets, a PDF with secrets not at all.
  if (text === null) return settle(reading, format, found, found.secrets ? null : 'given')
  return settle(reading, format, found, text === given ? 'given' : Buffer.from(text))
}

/** Libraries give up on strange documents in ways of their own. */
async function attempt(work: () => Promise<Found | Unreadable>): Promise<Found | Unreadable> {
  try {
    return await work()
  } catch (error) {
    return { problem: error instanceof RangeError ? 'its elements are nested too deep' : 'it cannot be taken apart' }
  }
}

/** Loaded when there is one to read: it is large. */
const pdf = async (bytes: Uint8Array) => (await import('./pdf.ts')).readPdf(bytes)

async function readAs(format: DocumentFormat, text: string, url: string | null): Promise<Found | Unreadable> {
  if (format === 'text') return readText(text)
  if (format === 'markdown') return readMarkdown(text)
  if (format === 'feed') return (await import('./feed.ts')).readFeed(text, url)
  return readHtml(text, url)
}

const empty: Content = {
  ...{ format: 'html', title: '', description: null, author: null, language: null, canonical: null, markdown: '' },
  ...{ published: null, truncated: false, hash: '', original: null, links: [], relevance: 0 },
}

async function linksOf({ url, looksFor = [] }: Reading, format: DocumentFormat, text: string): Promise<Link[]> {
  if (format === 'html') return promising(linksOfHtml(text, url), looksFor, 0.5)
  if (format === 'pdf' || format === 'text') return []
  const found = await readAs(format, text, url)
  return 'problem' in found ? [] : promising(found.links, looksFor, 0.5)
}

function settle(
  reading: Reading,
  format: DocumentFormat,
  found: Found,
  original: Content['original'],
): Content | Unreadable {
  const whole = maskSecrets(clean(found.markdown))
  if (whole.trim() === '' && !found.title) return { problem: 'it holds no text' }
  const markdown = cut(whole, documentLimits.characters)
  const title = titleOf(found, reading, markdown)
  const relevance = relevanceOf(title, markdown, reading.looksFor ?? [])
  return {
    format,
    title,
    description: line(found.description, 1_000),
    author: line(found.author, 300),
    language: languageOf(found.language),
    published: dateOf(found.published),
    canonical: found.canonical,
    markdown,
    truncated: markdown.length < whole.length,
    hash: sha256(markdown),
    original,
    links: reading.looksFor ? promising(found.links, reading.looksFor, relevance) : [],
    relevance,
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]+/g
const clean = (text: string) => text.replaceAll('\r\n', '\n').replace(controls, ' ').toWellFormed()

/** At the end of a word, so that half a key is not taken for none. */
function cut(text: string, most: number): string {
  if (text.length <= most) return text
  const kept = text.slice(0, most)
  const end = kept.slice(-4_000).search(/\s\S*$/)
  return kept.slice(0, end < 0 ? most - 4_000 : most - 4_000 + end).toWellFormed()
}

const line = (text: string | null, most: number) =>
  maskText(oneLine(clean(text ?? '')))
    .slice(0, most)
    .toWellFormed() || null

function titleOf({ title }: Found, { name, url }: Reading, markdown: string): string {
  const first = markdown.split('\n', 20).find((one) => /[\p{L}\p{N}]/u.test(one))
  const address = url === null ? null : maskAddress(url).replace(/^https?:\/\//, '')
  return (
    line(title, 500) ??
    line(name, 500) ??
    line(address, 500) ??
    line(first?.replace(/^[#>*\s-]+/, '') ?? null, 120) ??
    '–'
  )
}

/** `de_DE` is meant as `de-DE`; what is no language is none. */
function languageOf(text: string | null): string | null {
  try {
    return Intl.getCanonicalLocales((text ?? '').trim().replace('_', '-'))[0]?.slice(0, 35) ?? null
  } catch {
    return null
  }
}

/** Epoch milliseconds, when it is a date that can have been. */
function dateOf(text: string | null): number | null {
  const time = text === null ? Number.NaN : Date.parse(text.trim().slice(0, 60))
  return time > Date.UTC(1400) && time < Date.UTC(2200) ? time : null
}

/** A site's map, https://www.sitemaps.org/protocol.html: its pages, and further maps. */
export function readMap({ bytes, looksFor }: { bytes: Uint8Array; looksFor: readonly string[] }): SiteMap {
  const packed = bytes[0] === 0x1f && bytes[1] === 0x8b
  const text = decode(packed ? gunzipSync(bytes, { maxOutputLength: largestMap }) : bytes, '')
  const urls = [...text.matchAll(/<loc>\s{0,100}([^<\s]{1,4000})\s{0,100}<\/loc>/g)]
    .slice(0, mostMapped)
    .map(([, url]) => (url as string).replaceAll('&amp;', '&'))
    .filter((url) => URL.canParse(url))
  if (/<sitemapindex[\s>]/.test(text.slice(0, 2_000))) return { maps: urls, links: [] }
  return {
    maps: [],
    links: promising(
      urls.map((url) => ({ url, text: '' })),
      looksFor,
      0,
    ),
  }
}
const largestMap = 50_000_000
const mostMapped = 50_000
