/**
 * The reader's thread: holds one bundle open, looks at its directory, checks its lines and hands them over in batches.
 * Nothing is unpacked to disk; what is inflated is counted against what the directory says, and that against what can be.
 */
import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { pipeline as piped, type Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createInflateRaw } from 'node:zlib'
import { move, transferableSymbol, valueSymbol } from 'piscina'
import { Compile, type Validator } from 'typebox/compile'
import type { TSchema } from 'typebox'
import { type Entry, openPromise, type ZipFile } from 'yauzl'
import {
  type Contents,
  fileOf,
  Manifest,
  manifestFile,
  mostFiles,
  type Part,
  schemaVersion,
  travellingFile,
} from './manifest.ts'
import { contentsOfFirst, firstManifestFile, upgraded } from './upgrade.ts'

/** Why a bundle cannot be read, in words; or the version of one that is too new. */
export type Problem = { problem: string } | { newer: number }
export type Batch = { text: string; rows: number }
export type Checked = { rows: number; done: boolean }
/** Whole lines in UTF-8 that nobody looked at yet, and how many lines there were up to their end. */
export type Handed = Checked & { bytes: Uint8Array | null }

const limits = {
  entries: 300,
  manifest: 1_048_576,
  /** Bytes of one line: the longest message, every character of it escaped. */
  line: 33_554_432,
  /** Inflated bytes in all, and for each byte in the file where there is much of it. */
  inflated: 274_877_906_944,
  ratio: 250,
  small: 33_554_432,
} as const
const batch = { rows: 5_000, characters: 2_097_152 } as const
/** Bytes that are unpacked at a time: with the usual 16 KiB most of the time went into asking for the next ones. */
const unpackedAtOnce = 262_144

class Unreadable extends Error {}
const refuse = (reason: string): never => {
  throw new Unreadable(reason)
}

let zip: ZipFile | null = null
let entries = new Map<string, Entry>()
let contents: Contents | null = null
/** Files that lines name, found to be what they are called. */
let sound = new Set<string>()
let going: Going | null = null
/** What stands open of a component: its lines, which somebody checks or not, or blocks of them. */
type Going = { component: string } & (
  | { lines: AsyncGenerator<string>; checking: Checking | null }
  | { blocks: AsyncGenerator<Uint8Array>; rows: number }
)

/** Opens a bundle and reads what it says of itself. */
export async function open({ file }: { file: string }): Promise<Contents | Problem> {
  return told(async () => {
    await close()
    zip = await openPromise(file, { strictFileNames: true, validateEntrySizes: true, autoClose: false })
    entries = await directory(zip)
    const manifest = entries.get(manifestFile)
    const first = entries.get(firstManifestFile)
    const found = manifest ?? first ?? refuse('it has no manifest')
    const said = jsonOf(await textOf(zip, found))
    const version = (said as { schema_version?: unknown } | null)?.schema_version
    if (typeof version === 'number' && version > schemaVersion) return { newer: version }
    contents = manifest ? contentsOf(said) : contentsOfFirst(said, (name) => entries.get(name)?.uncompressedSize)
    if (contents === null) return refuse('its manifest is none')
    const files = new Set(contents.parts.map(({ file: name }) => name))
    for (const { file: name } of contents.parts) if (!entries.has(name)) refuse(`it lacks ${name}`)
    for (const name of entries.keys())
      if (!files.has(name) && entries.get(name) !== found && !isTravelling(name))
        refuse('it holds a file that its manifest does not name')
    return contents
  })
}

function contentsOf(said: unknown): Contents | null {
  if (!Compile(Manifest).Check(said)) return null
  const { schema_version: version, person, since, components } = said as Manifest
  if (version !== schemaVersion || new Set(components.map(({ name }) => name)).size < components.length) return null
  return { version, person, since, parts: components.map((part): Part => ({ ...part, file: fileOf(part.name) })) }
}

/** Every entry by its name, once, none of them a folder, a link, locked, or larger than can be. */
async function directory(from: ZipFile): Promise<Map<string, Entry>> {
  if (from.entryCount > limits.entries + mostFiles) refuse('it holds too many files')
  const found = new Map<string, Entry>()
  let [inflated, deflated] = [0, 0]
  for await (const entry of from.eachEntry()) {
    const { fileName: name, uncompressedSize: plain, compressedSize: packed } = entry
    if (found.size >= limits.entries + mostFiles) refuse('it holds too many files')
    if (!isTravelling(name) && !/^[a-z][a-z_]{0,49}\.(?:ndjson|json)$/.test(name))
      refuse('it holds a file with a name that is not allowed')
    if (found.has(name)) refuse('it holds a file twice')
    const kind = (entry.externalFileAttributes >>> 16) & 0o170000
    if (kind !== 0 && kind !== 0o100000) refuse('it holds something that is no file')
    if (entry.isEncrypted() || ![0, 8].includes(entry.compressionMethod))
      refuse('it is packed in a way that is not known')
    inflated += plain
    deflated += packed
    if (inflated > limits.inflated || isBomb(plain, packed)) refuse('it would unpack to more than can be')
    found.set(name, entry)
  }
  // Many small ones can be one large one.
  if (isBomb(inflated, deflated)) refuse('it would unpack to more than can be')
  return found
}

const isBomb = (plain: number, packed: number) => plain > limits.small && plain > packed * limits.ratio
const isTravelling = (name: string) => /^files\/[0-9a-f]{64}$/.test(name)

/** Refuses a file that a line names when it is missing, too large, or another. */
async function checkFile(line: unknown, largest: number): Promise<void> {
  const { sha256 } = line as { sha256: string }
  if (sound.has(sha256)) return
  const entry = entries.get(travellingFile(sha256)) ?? refuse('it lacks a file that a row names')
  if (entry.uncompressedSize > largest) refuse('it holds a file that is too large')
  const hash = createHash('sha256')
  await pipeline(await (zip as ZipFile).openReadStreamPromise(entry), hash)
  if (hash.digest('hex') !== sha256) refuse('it holds a file that was changed or damaged')
  sound.add(sha256)
}

/** Lays a file out that was found to be sound. */
export const unpack = ({ sha256, to }: { sha256: string; to: string }) =>
  told(async () => {
    const entry = entries.get(travellingFile(sha256)) ?? refuse('it lacks a file that a row names')
    await pipeline(await (zip as ZipFile).openReadStreamPromise(entry), createWriteStream(to, { mode: 0o600 }))
    return {}
  })

async function textOf(from: ZipFile, entry: Entry): Promise<string> {
  if (entry.uncompressedSize > limits.manifest) refuse('its manifest is too long')
  const pieces: Buffer[] = []
  for await (const piece of await from.openReadStreamPromise(entry)) pieces.push(piece as Buffer)
  return Buffer.concat(pieces).toString('utf8')
}

/** What is checked while lines pass by. */
type Checking = { validator: Validator; rows: number }

/** Checks the next lines of a component; with the last of them, that they are the ones that the manifest names. */
export const check = ({ component, schema, largest }: ToCheck) =>
  told(async (): Promise<Checked> => {
    const at = going
    const checking =
      at?.component === component && 'checking' in at && at.checking !== null
        ? at.checking
        : { validator: Compile(schema), rows: 0 }
    const lines = await linesFor(component, checking, 0)
    for (let characters = 0; characters < batch.characters; ) {
      const { value: line, done } = await lines.next()
      if (done) return ended(component, checking.rows)
      checking.rows += 1
      characters += line.length
      const said = jsonOf(line)
      if (!checking.validator.Check(said)) refuse(`${component} has a row that is none, row ${checking.rows}`)
      if (largest !== null) await checkFile(said, largest)
    }
    return { rows: checking.rows, done: false }
  })
/** `largest`: of a file that lines name. */
export type ToCheck = { component: string; schema: TSchema; largest: number | null }

function ended(component: string, rows: number): Checked {
  going = null
  const { rows: said } = partOf(component)
  if (said >= 0 && rows !== said) refuse(`${component} has another number of rows`)
  return { rows, done: true }
}

/** Hands the next lines over unseen; with the last of them, checks that they are the ones that the manifest names. */
export const hand = ({ component }: { component: string }) =>
  told(async (): Promise<Handed> => {
    if (going?.component !== component || !('blocks' in going)) {
      await letGo()
      going = { component, blocks: await blocksOf(component, true), rows: 0 }
    }
    const at = going
    const { value: bytes, done } = await at.blocks.next()
    if (done) return { ...ended(component, at.rows), bytes: null }
    at.rows += countLines(bytes)
    // They change threads without being copied.
    return move({
      [valueSymbol]: { rows: at.rows, done: false, bytes },
      [transferableSymbol]: [bytes.buffer],
    } as never) as unknown as Handed
  })

/** Lines that are not empty. */
function countLines(bytes: Uint8Array): number {
  let rows = 0
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf(newline, from)
    if (end !== from) rows += 1
    if (end < 0) break
    from = end + 1
  }
  return rows
}
const newline = 10

/** The next lines of a component behind the first `skip`; without rows when there are no more. */
export const next = ({ component, skip }: { component: string; skip: number }) =>
  told(async (): Promise<Batch> => {
    const lines = await linesFor(component, null, skip)
    const some: string[] = []
    for (let characters = 0; some.length < batch.rows && characters < batch.characters; ) {
      const { value, done } = await lines.next()
      if (done) break
      some.push(value)
      characters += value.length
    }
    return { text: some.join('\n'), rows: some.length }
  })

const partOf = (component: string): Part =>
  contents?.parts.find(({ name }) => name === component) ?? refuse(`it has no ${component}`)

/** The lines that go on, or from behind the first `skip`. */
async function linesFor(component: string, checking: Checking | null, skip: number): Promise<AsyncGenerator<string>> {
  if (going?.component === component && 'lines' in going && going.checking === checking) return going.lines
  await letGo()
  const lines = linesOf(await blocksOf(component, checking !== null))
  going = { component, checking, lines }
  for (let passed = 0; passed < skip; passed++) await lines.next()
  return lines
}

async function letGo(): Promise<void> {
  if (going) await ('lines' in going ? going.lines : going.blocks).return(undefined)
  going = null
}

async function* linesOf(blocks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  for await (const block of blocks) for (const line of decoder.decode(block).split('\n')) if (line !== '') yield line
}

/** Lines of a component in blocks, those of a first version as lines of now. `checked`: are they held against the manifest? */
async function blocksOf(component: string, checked: boolean): Promise<AsyncGenerator<Uint8Array>> {
  const part = partOf(component)
  const entry = entries.get(part.file) as Entry
  const plain = wholeLines(await unpacked(entry), entry.uncompressedSize, checked ? part : null)
  return contents?.version === 1 ? inBlocks(upgraded(component, linesOf(plain))) : plain
}

async function* inBlocks(lines: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder()
  let some: string[] = []
  let characters = 0
  for await (const line of lines) {
    some.push(line)
    characters += line.length
    if (characters < batch.characters) continue
    yield encoder.encode(some.join('\n'))
    some = []
    characters = 0
  }
  if (some.length > 0) yield encoder.encode(some.join('\n'))
}

async function unpacked(entry: Entry): Promise<Readable> {
  const from = zip as ZipFile
  if (entry.compressionMethod === 0) return from.openReadStreamPromise(entry)
  const packed = await from.openReadStreamPromise(entry, { decodeFileData: false })
  // Whoever reads is told what goes wrong on the way.
  return piped(packed, createInflateRaw({ chunkSize: unpackedAtOnce }), () => undefined)
}

/**
 * What a stream holds, cut behind lines. With `part` its bytes are held against the manifest; a broken checksum is told at
 * the end. More than `most` bytes are none of what the directory named.
 */
async function* wholeLines(stream: Readable, most: number, part: Part | null): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256')
  let pieces: Buffer[] = []
  let bytes = 0
  /** Of those in `pieces`: all of them, and those behind the last line. */
  let [held, open] = [0, 0]
  for await (const piece of stream as AsyncIterable<Buffer>) {
    bytes += piece.length
    if (bytes > most) refuse('it holds more than its directory says')
    if (part) hash.update(piece)
    pieces.push(piece)
    held += piece.length
    const last = piece.lastIndexOf(newline)
    open = last < 0 ? open + piece.length : piece.length - last - 1
    if (open > limits.line) refuse('it has a line that is too long')
    // Cut in the piece that came last, which has to end a line for that.
    if (held < batch.characters || last < 0) continue
    const rest = Buffer.from(piece.subarray(piece.length - open))
    pieces[pieces.length - 1] = piece.subarray(0, piece.length - open)
    yield joined(pieces, held - open)
    pieces = [rest]
    held = open
  }
  if (held > 0) yield joined(pieces, held)
  if (part && bytes !== part.bytes) refuse(`${part.name} has another length`)
  if (part?.sha256 && hash.digest('hex') !== part.sha256) refuse(`${part.name} was changed or damaged`)
}

/** In memory of its own, which can change threads. */
function joined(pieces: readonly Buffer[], length: number): Uint8Array {
  const all = new Uint8Array(length)
  let at = 0
  for (const piece of pieces) {
    all.set(piece, at)
    at += piece.length
  }
  return all
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return refuse('something in it is not JSON')
  }
}

/** Whatever a broken file makes the unpacking throw is a reason in the end; details of it help nobody. */
async function told<T>(read: () => Promise<T>): Promise<T | Problem> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof Unreadable) return { problem: error.message }
    const { message, code } = error as { message: string; code?: string }
    if (code !== undefined && !/^(Z_|ERR_ENCODING|ERR_BUFFER|ERR_OUT_OF_RANGE)/.test(code)) throw error
    return {
      problem: /relative path|absolute path|invalid characters/.test(message)
        ? 'it holds a file with a name that is not allowed'
        : 'it is damaged, or no ZIP file',
    }
  }
}

export async function close(): Promise<void> {
  await letGo()
  zip?.close()
  zip = contents = null
  sound = new Set()
}
