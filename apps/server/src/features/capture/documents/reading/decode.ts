/** From bytes to text, and what kind of text it is. */
import type { DocumentFormat } from '@cairn/api/documents'

type Decoder = InstanceType<typeof TextDecoder>

/** Where a page may say its encoding: https://html.spec.whatwg.org/#determining-the-character-encoding */
const sniffed = 1_024

/** Text of bytes in whatever encoding they say, or look like; never fails. */
export function decode(bytes: Uint8Array, type: string): string {
  const marked = byOrderMark(bytes)
  if (marked) return marked.decode(bytes)
  const said = labelOf(type) ?? labelInside(bytes)
  const decoder = said === undefined ? undefined : decoderOf(said)
  if (decoder && decoder.encoding !== 'utf-8') return decoder.decode(bytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    // Said to be UTF-8, it is that with damage; said to be nothing, it is what browsers take it for.
    return (decoder ?? new TextDecoder('windows-1252')).decode(bytes)
  }
}

function byOrderMark([first, second, third]: Uint8Array): Decoder | null {
  if (first === 0xef && second === 0xbb && third === 0xbf) return new TextDecoder('utf-8')
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le')
  return first === 0xfe && second === 0xff ? new TextDecoder('utf-16be') : null
}

const labelOf = (type: string) => /;\s{0,10}charset\s{0,10}=\s{0,10}["']?([\w:.-]{1,40})/i.exec(type)?.[1]

function labelInside(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, sniffed)).toString('latin1')
  return (
    /<meta[^>]{0,200}?charset\s{0,10}=\s{0,10}["']?\s{0,10}([\w:.-]{1,40})/i.exec(head)?.[1] ??
    /^\s{0,10}<\?xml[^>]{0,100}?encoding=["']([\w:.-]{1,40})["']/.exec(head)?.[1]
  )
}

/** Undefined for a name that nobody knows. */
function decoderOf(label: string): Decoder | undefined {
  try {
    return new TextDecoder(label)
  } catch {
    return undefined
  }
}

const types: Record<string, DocumentFormat> = {
  'text/html': 'html',
  'application/xhtml+xml': 'html',
  'text/markdown': 'markdown',
  'text/x-markdown': 'markdown',
  'application/pdf': 'pdf',
  'application/rss+xml': 'feed',
  'application/atom+xml': 'feed',
  'application/feed+json': 'feed',
}
const endings: Record<string, DocumentFormat> = {
  ...{ html: 'html', htm: 'html', xhtml: 'html', md: 'markdown', markdown: 'markdown', mdx: 'markdown' },
  ...{ pdf: 'pdf', rss: 'feed', atom: 'feed' },
}
/** Types that say nothing: what is inside counts. */
const vague = /^(?:$|text\/|application\/(?:octet-stream|xml|json|x-download|force-download)$)/

/** What is it? Null when it is neither text nor a PDF. */
export function formatOf(bytes: Uint8Array, type: string, name: string | null): DocumentFormat | null {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 4_096))
  if (head.subarray(0, 1_024).includes('%PDF-')) return 'pdf'
  const media = type.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  if (!vague.test(media) && types[media] === undefined) return null
  if (byOrderMark(bytes) === null && head.includes(0)) return null
  const text = decode(head, type).trimStart().slice(0, 1_000)
  if (/^(?:<\?xml[^>]{0,200}>\s{0,100})?(?:<!--[^>]{0,500}-->\s{0,100})?<(?:rss|feed|rdf:RDF)[\s>]/i.test(text))
    return 'feed'
  if (/^\{[^}]{0,500}"https:\/\/jsonfeed\.org\/version\//.test(text)) return 'feed'
  const said = types[media] ?? endings[/\.(\w{1,10})$/.exec(name ?? '')?.[1]?.toLowerCase() ?? '']
  // What only calls itself a PDF or a feed is looked at as the text that it is.
  if (said !== undefined && said !== 'pdf' && said !== 'feed') return said
  return /^(?:<\?xml[^>]{0,200}>\s{0,100})?<(?:!doctype html|html|head|body)[\s>]/i.test(text) ? 'html' : 'text'
}
