/**
 * Chromium's file of bookmarks: JSON with a checksum, written whole and put in its place.
 * https://source.chromium.org/chromium/chromium/src/+/main:components/bookmarks/browser/bookmark_codec.cc
 */
import { createHash } from 'node:crypto'
import { folderStart, head, link, listEnd } from '../../bookmarks/netscape-lines.ts'
import type { Problem } from '../problem.ts'

type Node = Record<string, unknown>
/** Roots in the order that the browser shows and sums them, and what each is called where the file does not say. */
const roots = { bookmark_bar: 'Bookmarks bar', other: 'Other bookmarks', synced: 'Mobile bookmarks' } as const

/** A file that every browser takes; `sound` is false where the checksum of what was read does not fit. */
export type Lines = { lines: Iterable<string>; sound: boolean }

export function readChromiumBookmarks(text: string): Lines | Problem {
  const file = parsed(text)
  const found = nodeOf(file?.roots)
  if (!file || !found) return { problem: 'it is damaged or cut off' }
  const tops = Object.entries(roots).flatMap(([key, name]) => {
    const node = nodeOf(found[key])
    return node ? [{ node, name: textOf(node.name) || name }] : []
  })
  const sums = tops.map(({ node }) => node)
  return { lines: lines(tops), sound: typeof file.checksum !== 'string' || file.checksum === checksumOf(sums) }
}

function* lines(tops: readonly { node: Node; name: string }[]): Generator<string> {
  yield head('Bookmarks')
  for (const { node, name } of tops) {
    if (childrenOf(node).length === 0) continue
    yield folderStart(name, timeOf(node.date_added))
    // What is still to come, the next last: folders may hang deeper than a stack of calls could.
    const ahead: (Node | 'end')[] = childrenOf(node).toReversed()
    for (let one = ahead.pop(); one; one = ahead.pop()) {
      if (one === 'end') yield listEnd
      else if (one.type === 'url') yield link(textOf(one.url), textOf(one.name), timeOf(one.date_added), [])
      else if (one.type === 'folder') {
        yield folderStart(textOf(one.name), timeOf(one.date_added))
        ahead.push('end')
        for (const child of childrenOf(one).toReversed()) ahead.push(child)
      }
    }
    yield listEnd
  }
  yield listEnd
}

/** MD5 over ids, titles in UTF-16, types and addresses, each folder before what is in it. */
function checksumOf(tops: readonly Node[]): string {
  const sum = createHash('md5')
  const ahead = tops.toReversed()
  for (let one = ahead.pop(); one; one = ahead.pop()) {
    sum
      .update(textOf(one.id))
      .update(Buffer.from(textOf(one.name), 'utf16le'))
      .update(textOf(one.type))
    if (one.type === 'url') sum.update(textOf(one.url))
    else for (const child of childrenOf(one).toReversed()) ahead.push(child)
  }
  return sum.digest('hex')
}

function parsed(text: string): Node | null {
  try {
    return nodeOf(JSON.parse(text))
  } catch {
    return null
  }
}

const nodeOf = (value: unknown): Node | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Node) : null
const textOf = (value: unknown) => (typeof value === 'string' ? value : '')
const childrenOf = ({ children }: Node): Node[] =>
  Array.isArray(children) ? children.map(nodeOf).filter((child) => child !== null) : []

/** Epoch milliseconds out of microseconds since 1601. */
function timeOf(value: unknown): number | null {
  const time = Math.floor(Number(textOf(value)) / 1_000) - 11_644_473_600_000
  return Number.isSafeInteger(time) && time > 0 ? time : null
}
