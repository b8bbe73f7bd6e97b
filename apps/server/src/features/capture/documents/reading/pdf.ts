/** PDF: its text page by page, each under a heading, so that a citation names the page. */
import { extractText, getDocumentProxy, getMeta } from 'unpdf'
import { maskSecrets } from '../../../../kernel/masking.ts'
import { type Found, nothing, type Unreadable } from './content.ts'

const mostPages = 3_000

export async function readPdf(bytes: Uint8Array): Promise<Found | Unreadable> {
  // What reads it takes the buffer for itself.
  const opened = await open(new Uint8Array(bytes))
  if ('problem' in opened) return opened
  const { pdf } = opened
  if (pdf.numPages > mostPages) return { problem: `it has more than ${mostPages} pages` }
  const { info } = await getMeta(pdf)
  const said = (name: string) => {
    const value: unknown = (info as Record<string, unknown> | undefined)?.[name]
    return typeof value === 'string' && value.trim() !== '' ? value : null
  }
  const { text } = await extractText(pdf, { mergePages: false })
  if (text.every((page) => page.trim() === '')) return { problem: 'it holds no text; pictures of pages are not read' }
  const masked = text.map(maskSecrets)
  const pages = masked.map((page, at) => `## Page ${at + 1}\n\n${plain(page)}`)
  return {
    ...nothing,
    ...{ title: said('Title'), description: said('Subject'), author: said('Author'), language: said('Language') },
    published: dateOf(said('CreationDate')),
    markdown: pages.join('\n\n'),
    secrets: masked.some((page, at) => page !== text[at]),
  }
}

type Pdf = Awaited<ReturnType<typeof getDocumentProxy>>

async function open(bytes: Uint8Array): Promise<{ pdf: Pdf } | Unreadable> {
  try {
    return { pdf: await getDocumentProxy(bytes, { verbosity: 0 }) }
  } catch (error) {
    const locked = (error as { name?: string }).name === 'PasswordException'
    return { problem: locked ? 'it is locked with a password' : 'it is no sound PDF' }
  }
}

/** Text that stands for itself: nothing in it is Markdown. */
const plain = (page: string) =>
  page
    .replace(/[^\S\n]+/g, ' ')
    .replace(/[\\`*_<[\]]/g, (sign) => `\\${sign}`)
    .replace(/^ ?([#>+-])/gm, '\\$1')
    .replace(/\n{3,}/g, '\n\n')
    .trim()

/** `D:20240131120000+01'00'` (ISO 32000-1, 7.9.4), as ISO 8601. */
function dateOf(text: string | null): string | null {
  const found = /^D:(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?/.exec(text ?? '')
  if (!found) return null
  const [, year, month = '01', day = '01', hour = '00', minute = '00', second = '00'] = found
  return `${year}-${month}-${day}T${hour}:${minute}:${second}Z`
}
