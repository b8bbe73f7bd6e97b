/**
 * Reads visits out of a file of JSON: one object a line, or a list of objects as Takeout writes it (`{"Browser History":
 * [{…}, …]}`). Only what is needed of it is in memory at a time.
 */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { addressReader, visitId } from '../browser/address.ts'
import { ahead, earliest, soundTitle } from '../browser/visit.ts'
import type { PageFields, VisitFields } from '../browser/write-store.ts'
import type { HistoryReader, SkipReason, VisitBatch } from './batch.ts'
import type { Problem } from './problem.ts'

/** A longer object is no visit. */
const longestObject = 1_048_576
const chunkSize = 262_144
/** A batch ends there, however few its rows are. */
const mostBytes = 4_194_304
const newline = 10
const aYear = 31_622_400_000

type Found = { text: string | null; end: number }

/** Opens a file of JSON. It is read where it lies, and never written. */
export function openJsonReader(file: string, source: string, now: number): HistoryReader | Problem {
  // Not to wait for ever on a pipe that took the file's place.
  const fd = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  const found = fstatSync(fd)
  if (!found.isFile()) {
    closeSync(fd)
    return { problem: 'it is not a file' }
  }
  const { size } = found
  const start = listStart(fd)
  const objects = start === null ? lines : listed
  return {
    ...{ unit: 'bytes', total: size, pages: 0 },
    nextPages: (after) => ({ rows: 0, json: bytesOf([]), last: after }),
    nextVisits(after, limit) {
      const batch = makeBatch(source, now)
      let last = Math.max(after, start ?? 0)
      for (const { text, end } of objects(fd, last)) {
        last = end
        if (text === null || text.trim() !== '') batch.add(text)
        if (batch.read() >= limit || last - after > mostBytes) break
      }
      return batch.done(last)
    },
    close: () => closeSync(fd),
  }
}

/** Where the objects of a list begin; null when the file has an object on each line. */
function listStart(fd: number): number | null {
  const buffer = Buffer.alloc(65_536)
  const head = buffer.subarray(0, readSync(fd, buffer, 0, buffer.length, 0)).toString('latin1')
  const list = /^(?:\xef\xbb\xbf)?\s*(?:\{\s*"Browser History"\s*:\s*)?\[/.exec(head)
  return list ? list[0].length : null
}

/** Chunks of a file from a byte on. */
function* chunks(fd: number, from: number): Generator<Buffer> {
  for (let at = from; ; ) {
    const buffer = Buffer.allocUnsafe(chunkSize)
    const read = readSync(fd, buffer, 0, chunkSize, at)
    if (read === 0) return
    yield buffer.subarray(0, read)
    at += read
  }
}

/** The lines of a file; the text is null where a line is too long. */
function* lines(fd: number, from: number): Generator<Found> {
  const held = makePiece()
  let at = from
  for (const chunk of chunks(fd, from)) {
    let begin = 0
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, begin)) {
      held.add(chunk.subarray(begin, end))
      begin = end + 1
      yield { text: held.take(), end: at + begin }
    }
    held.add(chunk.subarray(begin))
    at += chunk.length
  }
  if (held.length() > 0) yield { text: held.take(), end: at }
}

/** The objects of a list, up to its end. Braces in strings do not count. */
function* listed(fd: number, from: number): Generator<Found> {
  const held = makePiece()
  let [depth, inString, escaped, at] = [0, false, false, from]
  for (const chunk of chunks(fd, from)) {
    let begin = depth > 0 ? 0 : -1
    for (let offset = 0; offset < chunk.length; offset++) {
      const byte = chunk[offset]
      if (escaped) escaped = false
      else if (inString) {
        if (byte === 0x5c) escaped = true
        else if (byte === 0x22) inString = false
      } else if (byte === 0x22) inString = true
      else if (byte === 0x7b || byte === 0x5b) {
        depth += 1
        if (depth === 1) begin = offset
      } else if (byte === 0x7d || byte === 0x5d) {
        depth -= 1
        if (depth < 0) return
        if (depth > 0) continue
        held.add(chunk.subarray(begin, offset + 1))
        begin = -1
        yield { text: held.take(), end: at + offset + 1 }
      }
    }
    if (begin >= 0) held.add(chunk.subarray(begin))
    at += chunk.length
  }
  // Cut off: what there is of it is no JSON.
  if (held.length() > 0) yield { text: '{', end: at }
}

/** Bytes that are put together, up to a length; what is longer is forgotten. */
function makePiece() {
  let parts: Buffer[] = []
  let length = 0
  return {
    length: () => length,
    add(part: Buffer) {
      length += part.length
      if (length > longestObject) parts = []
      else if (part.length > 0) parts.push(part)
    },
    take(): string | null {
      const text = length > longestObject ? null : Buffer.concat(parts).toString('utf8')
      parts = []
      length = 0
      return text
    },
  }
}

function makeBatch(source: string, now: number) {
  const pages = new Map<string, PageFields>()
  const visits: VisitFields[] = []
  const skipped: Partial<Record<SkipReason, number>> = {}
  const buckets = new Set<number>()
  const addressOf = addressReader()
  let read = 0

  function add(text: string | null): void {
    read += 1
    const reason = text === null ? 'too_long' : keep(parse(text))
    if (reason) skipped[reason] = (skipped[reason] ?? 0) + 1
  }

  function keep(row: Row | null): SkipReason | null {
    if (row === null) return 'not_json'
    const address = addressOf(String(row.url ?? ''))
    if (typeof address === 'string') return address
    const time = timeOf(row)
    if (time === null || time < earliest || time > now + ahead) return 'time'
    const title = typeof row.title === 'string' ? soundTitle(row.title) : null
    const { page, bucket, url, site } = address
    const referrer = addressOf(String(row.referrer ?? row.referer ?? ''))
    const duration =
      typeof row.duration_ms === 'number' ? Math.min(Math.max(Math.round(row.duration_ms), 0), aYear) : null
    const from = typeof referrer === 'string' ? null : referrer.url
    visits.push([visitId(time, page), page, bucket, time, from, duration, source, title, null, null, null])
    if (title !== null || !pages.has(page)) pages.set(page, [page, url, site, title, 0, 0, 0])
    buckets.add(bucket)
    return null
  }

  return {
    read: () => read,
    add,
    done: (last: number): VisitBatch => ({
      ...{ read, last, skipped, kept: visits.length, buckets: [...buckets] },
      pages: bytesOf([...pages.values()]),
      visits: bytesOf(visits),
      oldest: visits.length > 0 ? Math.min(...visits.map(([, , , time]) => time)) : null,
      newest: visits.length > 0 ? Math.max(...visits.map(([, , , time]) => time)) : null,
    }),
  }
}

/** Rows in the order of their ids, as JSON in memory of their own. */
const bytesOf = (rows: readonly (readonly [string, ...unknown[]])[]) =>
  new TextEncoder().encode(JSON.stringify(rows.toSorted(([a], [b]) => (a < b ? -1 : 1))))

type Row = Record<string, unknown>

function parse(text: string): Row | null {
  try {
    const value: unknown = JSON.parse(text.replace(/^\ufeff/, ''))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Row) : null
  } catch {
    return null
  }
}

const timeNames = [
  'visited_at',
  'time',
  'time_usec',
  'visit_time',
  'visitTime',
  'lastVisitTime',
  'last_visit_time',
  'timestamp',
]

/** Epoch milliseconds out of ISO 8601, or a count of seconds, milliseconds, microseconds or Chromium's microseconds. */
function timeOf(row: Row): number | null {
  const given = timeNames.map((name) => row[name]).find((value) => value !== undefined && value !== null)
  const number = typeof given === 'string' && /^\d+(\.\d+)?$/.test(given) ? Number(given) : given
  if (typeof number === 'string') {
    const time = Date.parse(number)
    return Number.isFinite(time) ? time : null
  }
  if (typeof number !== 'number' || !Number.isFinite(number)) return null
  if (number < 1e11) return Math.floor(number * 1_000)
  if (number < 1e14) return Math.floor(number)
  if (number < 1e16) return Math.floor(number / 1_000)
  return Math.floor(number / 1_000) - 11_644_473_600_000
}
