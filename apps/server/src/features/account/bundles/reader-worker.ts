/**
 * The reader's thread: holds one bundle open, looks at its directory, checks its lines and hands them over in batches.
 * Nothing is unpacked to disk; what is inflated is counted against what the directory says, and that against what can be.
 */
import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
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
/** `bytes`: the lines that were checked, where they were asked for. */
export type Checked = { rows: number; done: boolean; bytes: Uint8Array | null }

const limits = {
  entries: 300,
  manifest: 1_048_576,
  /** Characters of one line: the longest message, every character of it escaped. */
  line: 33_554_432,
  /** Inflated bytes in all, and for each byte in the file where there is much of it. */
  inflated: 274_877_906_944,
  ratio: 250,
  small: 33_554_432,
} as const
const batch = { rows: 5_000, characters: 2_097_152 } as const

class Unreadable extends Error {}
const refuse = (reason: string): never => {
  throw new Unreadable(reason)
}

let zip: ZipFile | null = null
let entries = new Map<string, Entry>()
let contents: Contents | null = null
/** Files that lines name, found to be what they are called. */
let sound = new Set<string>()
let going: { component: string; lines: AsyncGenerator<string>; checking: Checking | null } | null = null

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
export const check = ({ component, schema, largest, hands }: ToCheck) =>
  told(async (): Promise<Checked> => {
    if (going?.component !== component || !going.checking)
      await begin(component, { validator: Compile(schema), rows: 0 })
    const { lines, checking } = going as { lines: AsyncGenerator<string>; checking: Checking }
    const some: string[] = []
    const checked = (done: boolean) => handOver({ rows: checking.rows, done }, some)
    for (let characters = 0; characters < batch.characters; ) {
      const { value: line, done } = await lines.next()
      if (done) {
        going = null
        const { rows } = partOf(component)
        if (rows >= 0 && checking.rows !== rows) refuse(`${component} has another number of rows`)
        return checked(true)
      }
      checking.rows += 1
      characters += line.length
      const said = jsonOf(line)
      if (!checking.validator.Check(said)) refuse(`${component} has a row that is none, row ${checking.rows}`)
      if (largest !== null) await checkFile(said, largest)
      if (hands) some.push(line)
    }
    return checked(false)
  })
/** Lines whose bytes change threads without being copied. */
function handOver(rest: Omit<Checked, 'bytes'>, lines: readonly string[]): Checked {
  if (lines.length === 0) return { ...rest, bytes: null }
  const bytes = new TextEncoder().encode(lines.join('\n'))
  return move({
    [valueSymbol]: { ...rest, bytes },
    [transferableSymbol]: [bytes.buffer],
  } as never) as unknown as Checked
}
/** `largest`: of a file that lines name; `hands`: are the lines asked for? */
export type ToCheck = { component: string; schema: TSchema; largest: number | null; hands: boolean }

/** The next lines of a component behind the first `skip`; without rows when there are no more. */
export const next = ({ component, skip }: { component: string; skip: number }) =>
  told(async (): Promise<Batch> => {
    if (going?.component !== component || going.checking) {
      await begin(component, null)
      for (let passed = 0; passed < skip; passed++) await going?.lines.next()
    }
    const { lines } = going as unknown as { lines: AsyncGenerator<string> }
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

async function begin(component: string, checking: Checking | null): Promise<void> {
  await going?.lines.return(undefined)
  const part = partOf(component)
  const stream = await (zip as ZipFile).openReadStreamPromise(entries.get(part.file) as Entry)
  const plain = linesOf(stream, checking ? part : null)
  going = { component, checking, lines: contents?.version === 1 ? upgraded(component, plain) : plain }
}

/** Lines of an entry. With `part` their bytes are held against the manifest; a broken checksum is told at the end. */
async function* linesOf(stream: Readable, part: Part | null): AsyncGenerator<string> {
  const hash = createHash('sha256')
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let bytes = 0
  let rest = ''
  for await (const piece of stream as AsyncIterable<Buffer>) {
    bytes += piece.length
    if (part) hash.update(piece)
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n')
    rest = lines.pop() as string
    if (rest.length > limits.line) refuse('it has a line that is too long')
    for (const line of lines) if (line !== '') yield line
  }
  rest += decoder.decode()
  if (rest !== '') yield rest
  if (part && bytes !== part.bytes) refuse(`${part.name} has another length`)
  if (part?.sha256 && hash.digest('hex') !== part.sha256) refuse(`${part.name} was changed or damaged`)
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
  await going?.lines.return(undefined)
  zip?.close()
  zip = contents = going = null
  sound = new Set()
}
