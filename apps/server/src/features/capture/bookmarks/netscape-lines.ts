/** Lines of a file of bookmarks as every browser takes it (see `netscape.ts`). Pure. */

export const head = (title: string) => `<!DOCTYPE NETSCAPE-Bookmark-file-1>
<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=UTF-8">
<TITLE>${escaped(title)}</TITLE>
<H1>${escaped(title)}</H1>
<DL><p>\n`
export const listEnd = '</DL><p>\n'

/** `added` as the file holds it: seconds since 1970, or milliseconds. */
export const folderStart = (title: string, added: number | null, indent = '') =>
  `${indent}<DT><H3${addDate(added)}>${escaped(title)}</H3>\n${indent}<DL><p>\n`

export function link(url: string, title: string, added: number | null, tags: readonly string[]): string {
  const tagged = tags.length > 0 ? ` TAGS="${escaped(tags.join(','))}"` : ''
  return `<DT><A HREF="${escaped(url)}"${addDate(added)}${tagged}>${escaped(title)}</A>\n`
}

const addDate = (added: number | null) => (added === null ? '' : ` ADD_DATE="${added}"`)
const signs: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escaped = (text: string) => text.replace(/[&<>"']/g, (sign) => signs[sign] as string)
