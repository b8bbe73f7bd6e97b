/** What reading a document makes of it; the same whatever its format was. */
import type { DocumentFormat } from '@cairn/api/documents'

export type Reading = {
  bytes: Uint8Array
  /** What it is said to be: a media type with parameters, as HTTP has it; empty when nobody said. */
  type: string
  /** Set when the caller knows better than any sniffing. */
  format?: DocumentFormat
  name: string | null
  /** Where it was fetched from; its links are resolved against that. */
  url: string | null
  /** Stemmed words of what a crawl looks for; links are collected only for a crawl. */
  looksFor?: readonly string[]
  /** Links alone: it has not changed. */
  linksOnly?: boolean
}

/** A way on from a page, with how promising it looks: 0 to 1. */
export type Link = { url: string; promise: number }

/** What a reader of one format finds; nothing is bounded yet. */
export type Found = {
  title: string | null
  description: string | null
  author: string | null
  language: string | null
  /** As the document writes it. */
  published: string | null
  canonical: string | null
  markdown: string
  links: { url: string; text: string }[]
  /** Were secrets in it that its original still has? */
  secrets?: boolean
}

export type Content = Pick<Found, 'description' | 'author' | 'language' | 'canonical' | 'markdown'> & {
  format: DocumentFormat
  title: string
  /** Epoch milliseconds. */
  published: number | null
  truncated: boolean
  /** SHA-256 of the Markdown. */
  hash: string
  /** What to keep as the original: bytes with their secrets masked, the bytes as given, or nothing. */
  original: Uint8Array | 'given' | null
  links: Link[]
  /** How much it has to do with what is looked for, 0 to 1. */
  relevance: number
}

export type SiteMap = { maps: string[]; links: Link[] }

/** Why something is no document, for people. */
export type Unreadable = { problem: string }

export const nothing: Found = {
  ...{ title: null, description: null, author: null, language: null, published: null, canonical: null },
  ...{ markdown: '', links: [] },
}
