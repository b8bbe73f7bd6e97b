/**
 * Files of bookmarks as Netscape made them and every browser writes them: HTML whose `DL` are folders, `H3` their titles
 * and `A` the bookmarks. https://learn.microsoft.com/previous-versions/windows/internet-explorer/ie-developer/platform-apis/aa753582(v=vs.85)
 */
import type { Readable } from 'node:stream'
import { SAXParser, type EndTag, type Doctype, type StartTag, type Text } from 'parse5-sax-parser'
import { readBookmarkAddress, readTitle, tagColumn } from './address.ts'

/** `parent` is a place in the list of folders; -1 is outside of all. */
export type ReadFolder = { parent: number; title: string; created: number | null }
export type ReadBookmark = {
  folder: number
  url: string
  site: string | null
  title: string
  /** As the column holds them. */
  tags: string
  created: number | null
}
export type ReadFile = {
  folders: ReadFolder[]
  bookmarks: ReadBookmark[]
  skipped: Record<string, number>
  flattened: number
}
export type Problem = { problem: string }
export type Bounds = { room: number; most: number; now: number }

/** Most characters of one text that are looked at. */
const longestText = 4_000
/** Most tags of one bookmark. */
const mostTags = 50
const untitled = 'Untitled folder'

/**
 * Reads a file. `room` is how deep its folders may hang, `most` how many entries it may hold; `now`, epoch ms, is the
 * latest time that is believed.
 */
export async function readNetscape(source: Readable, { room, most, now }: Bounds): Promise<ReadFile | Problem> {
  const file: ReadFile = { folders: [], bookmarks: [], skipped: {}, flattened: 0 }
  // Lists that are open, each with the folder whose they are; below `room` that is the folder at `room`.
  const lists: { folder: number; depth: number }[] = []
  let titled: { folder: number; depth: number } | null = null
  let open: { tag: 'a' | 'h3'; attributes: StartTag['attrs']; text: string } | null = null
  let entries = 0
  // A file that says so is one, also without any bookmark.
  let isNamed = false
  const here = () => lists.at(-1) ?? { folder: -1, depth: 0 }

  const finish = () => {
    const ended = open
    open = null
    if (ended?.tag === 'a') addBookmark(ended.attributes, ended.text)
    else if (ended) addFolder(ended.attributes, ended.text)
  }
  const addFolder = (attributes: StartTag['attrs'], text: string) => {
    const { folder, depth } = here()
    entries += 1
    if (depth >= room) {
      file.flattened += 1
      titled = { folder, depth }
      return
    }
    const title = readTitle(text) || untitled
    titled = { folder: file.folders.length, depth: depth + 1 }
    file.folders.push({ parent: folder, title, created: timeOf(valueOf(attributes, 'add_date'), now) })
  }
  const addBookmark = (attributes: StartTag['attrs'], text: string) => {
    const href = valueOf(attributes, 'href')
    if (href === undefined) return
    entries += 1
    const address = readBookmarkAddress(href)
    if (typeof address === 'string') {
      file.skipped[address] = (file.skipped[address] ?? 0) + 1
      return
    }
    file.bookmarks.push({
      ...{ folder: here().folder, ...address, title: readTitle(text) },
      tags: tagColumn(tagsIn(valueOf(attributes, 'tags') ?? '')),
      created: timeOf(valueOf(attributes, 'add_date'), now),
    })
  }

  const parser = new SAXParser()
  parser.on('startTag', ({ tagName, attrs }: StartTag) => {
    if (!['a', 'h3', 'dl', 'dt', 'dd'].includes(tagName)) return
    finish()
    if (tagName === 'a' || tagName === 'h3') open = { tag: tagName, attributes: attrs, text: '' }
    if (tagName !== 'dl') return
    lists.push(titled ?? here())
    titled = null
  })
  parser.on('endTag', ({ tagName }: EndTag) => {
    if (!['a', 'h3', 'dl'].includes(tagName)) return
    finish()
    if (tagName === 'dl') lists.pop()
  })
  parser.on('doctype', ({ name }: Doctype) => {
    isNamed ||= name?.toLowerCase() === 'netscape-bookmark-file-1'
  })
  parser.on('text', ({ text }: Text) => {
    if (open && open.text.length < longestText) open.text += text.slice(0, longestText)
  })
  source.setEncoding('utf8')
  for await (const piece of source) {
    if (!parser.write(piece as string)) await new Promise((resolve) => parser.once('drain', resolve))
    if (entries > most) return { problem: `it holds more than ${most.toLocaleString('en')} entries` }
  }
  await new Promise<void>((resolve) => {
    parser.once('finish', resolve)
    parser.end()
  })
  finish()
  return entries === 0 && !isNamed ? { problem: 'there are no bookmarks in it' } : file
}

const valueOf = (attributes: StartTag['attrs'], name: string) => attributes.find((one) => one.name === name)?.value

/** Firefox writes tags with commas between them. */
function tagsIn(text: string): string[] {
  const words = text.slice(0, longestText).split(',')
  const sound = words.map((word) =>
    word
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
      .replace(/["\\\u0000-\u001f\u007f]/g, '')
      .trim()
      .slice(0, 50)
      .trim(),
  )
  return sound.filter(Boolean).slice(0, mostTags)
}

/** Seconds since 1970; some programs write milliseconds or microseconds. Null for what cannot be. */
function timeOf(text: string | undefined, now: number): number | null {
  if (text === undefined || !/^\d{1,17}$/.test(text)) return null
  const number = Number(text)
  const time = number > 1e14 ? Math.floor(number / 1_000) : number > 1e11 ? number : number * 1_000
  return time > 0 && time <= now ? time : null
}
