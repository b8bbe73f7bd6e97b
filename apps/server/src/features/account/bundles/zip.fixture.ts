/** Takes bundles apart and puts them together otherwise. */
import { buffer } from 'node:stream/consumers'
import { fromBufferPromise } from 'yauzl'
import yazl from 'yazl'
import { sha256 } from '../../../kernel/ids.ts'
import type { Manifest } from './manifest.ts'

export type Files = Map<string, Buffer>

export async function unzipped(file: Blob): Promise<Files> {
  const zip = await fromBufferPromise(Buffer.from(await file.arrayBuffer()))
  const files: Files = new Map()
  for await (const entry of zip.eachEntry())
    files.set(entry.fileName, await buffer(await zip.openReadStreamPromise(entry)))
  return files
}

export async function zipped(files: Iterable<readonly [string, Buffer | string]>, mode = 0o100644): Promise<Buffer> {
  const zip = new yazl.ZipFile()
  for (const [name, content] of files) zip.addBuffer(Buffer.from(content), name, { mode })
  zip.end()
  return buffer(zip.outputStream)
}

export const manifestIn = (files: Files) => JSON.parse(String(files.get('manifest.json'))) as Manifest
export const linesIn = (files: Files, component: string) =>
  String(files.get(`${component}.ndjson`))
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>)

/** A bundle of these lines, its sums as they have to be. */
export async function bundleOf(
  components: Record<string, readonly (Record<string, unknown> | string | Buffer)[]>,
  change: Partial<Manifest> = {},
  more: readonly (readonly [string, Buffer])[] = [],
): Promise<Blob> {
  const texts = Object.entries(components).map(([name, lines]) => {
    const bytes = Buffer.concat(lines.flatMap((line) => [bytesOf(line), Buffer.from('\n')]))
    return { name, bytes, part: { name, rows: lines.length, bytes: bytes.length, sha256: sha256(bytes) } }
  })
  const manifest = {
    ...{ format: 'cairn-bundle', schema_version: 2, id: '01890000-0000-7000-8000-000000000000', cairn: '0' },
    ...{ created_at: '2026-01-01T00:00:00.000Z', workspace: '01890000-0000-7000-8000-000000000001', person: 'p' },
    ...{ since: null, components: texts.map(({ part }) => part), ...change },
  }
  const files = texts.map(({ name, bytes }) => [`${name}.ndjson`, bytes] as const)
  return new Blob([await zipped([...files, ...more, ['manifest.json', JSON.stringify(manifest)]])])
}

function bytesOf(line: Record<string, unknown> | string | Buffer): Buffer {
  if (Buffer.isBuffer(line)) return line
  return Buffer.from(typeof line === 'string' ? line : JSON.stringify(line))
}
