/**
 * The job that writes a bundle: pages of every component as lines of JSON into a ZIP file, sealed where there is a
 * passphrase, straight into the blobs. What others hang in is read last, so that nothing in the bundle lacks what it
 * belongs to. Cut off it begins anew: nothing of it is kept before it is whole.
 */
import { createHash } from 'node:crypto'
import { PassThrough, Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { type BundleExported, ComponentName, maxBundleBytes } from '@cairn/api/bundles'
import { list, nullable, shape, Time, Type } from '@cairn/api/shapes'
import yazl from 'yazl'
import { encrypted } from '../../../kernel/age.ts'
import { iso } from '../../../kernel/clock.ts'
import { checkpointOf } from '../../../kernel/events/read.ts'
import { newId } from '../../../kernel/ids.ts'
import { type JobContext, job } from '../../../kernel/jobs/definition.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import type { Key, Page, Portable } from '../../../kernel/portable/portable.ts'
import { linesOf as parsed, textOf } from '../../../kernel/portable/line.ts'
import { fileOf, type Manifest, manifestFile, mostFiles, schemaVersion, travellingFile } from './manifest.ts'
import { passphraseName } from './files.ts'
import { deleteBundle, insertBundle } from './store.ts'

const Input = shape({ components: list(ComponentName), since: nullable(Time), locked: Type.Boolean() })
export type ExportInput = { components: string[]; since: string | null; locked: boolean }
export const exportJob = { type: 'bundles.export', concurrency: 'bundles.export' } as const

const rowsAtOnce = 2_000
export const keptFor = 86_400_000

type Parts = Pick<Kernel, 'blobs' | 'clock' | 'secrets' | 'version'> & { portables(): readonly Portable[] }
type Written = Manifest['components'][number]

export const exportBundle = (parts: Parts) =>
  job({
    type: exportJob.type,
    input: Input,
    timeout: 6 * 3_600_000,
    concurrent: 1,
    run: (context) => run(parts, context),
  })

async function run(parts: Parts, context: JobContext<unknown>): Promise<BundleExported> {
  const { blobs, secrets } = parts
  const { scope, id } = context
  const { locked } = context.input as ExportInput
  const passphrase = locked ? await secrets.get(scope, passphraseName(id)) : null
  if (locked && passphrase === null) throw new Error('The passphrase is gone; ask for the bundle again.')
  const written: Written[] = []
  const zip = zipped(parts, context, written)
  const content = passphrase === null ? zip : Readable.from(encrypted(zip, passphrase), { objectMode: false })
  const { hash, bytes } = await blobs.put(scope.workspace, content, maxBundleBytes - 1)
  const created_at = parts.clock.now()
  const expires_at = created_at + keptFor
  try {
    await scope.write(async (tx) => {
      await deleteBundle(tx, id)
      const row = { id, kind: 'export' as const, blob: hash, bytes, locked: locked ? 1 : 0, state: '{}' }
      await insertBundle(tx, { ...row, created_at, expires_at })
      await secrets.remove(tx, passphraseName(id))
      const rows = written.reduce((sum, one) => sum + one.rows, 0)
      tx.event({ type: 'bundle.exported', subject: id, data: { components: written.length, rows, bytes } })
    })
  } catch (error) {
    await blobs.remove(scope.workspace, hash)
    throw error
  }
  return {
    ...{ bundle_id: id, download_url: `/api/export/bundle/${id}`, bytes, sha256: hash, protected: locked },
    expires_at: iso(expires_at),
    components: Object.fromEntries(written.map(({ name, rows }) => [name, rows])),
  }
}

/** Lines whose files travel along. */
function withFiles(page: Page, files: ReadonlySet<string>): Page {
  const lines = parsed(page.text).filter(({ sha256 }) => files.has(sha256 as string))
  return { ...page, text: textOf(lines), rows: lines.length }
}

/** The ZIP file as it comes into being. */
function zipped(parts: Parts, context: JobContext<unknown>, written: Written[]): Readable {
  const zip = new yazl.ZipFile()
  // Errors of what is put in do not reach who reads: they are handed on here.
  const out = new PassThrough()
  const mtime = new Date(parts.clock.now())
  let going: Readable | null = null
  zip.outputStream.pipe(out)
  // Whoever reads has gone: nothing more is asked of the database.
  out.once('close', () => going?.destroy())
  fill().catch((error: unknown) => out.destroy(error as Error))
  return out

  async function fill(): Promise<void> {
    const input = context.input as ExportInput
    const chosen = parts.portables().filter(({ component }) => input.components.includes(component))
    const head = await checkpointOf(context.scope)
    let rows = 0
    for (const portable of chosen.toReversed()) {
      const files = portable.files ? await addFiles(portable, portable.files) : null
      const lines = linesOf(portable, files)
      await add(Readable.from(lines, { objectMode: false, highWaterMark: 1_048_576 }), fileOf(portable.component))
    }
    const manifest: Manifest = {
      ...{ format: 'cairn-bundle', schema_version: schemaVersion, id: newId(), created_at: iso(parts.clock.now()) },
      ...{ cairn: parts.version, workspace: context.scope.workspace, person: context.scope.principal.person },
      ...{ since: input.since, ...(head && { events: head }), components: written.toReversed() },
    }
    zip.addBuffer(Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`), manifestFile, { mtime })
    zip.end()

    /** One file of the ZIP; resolves when all of it was read. */
    async function add(content: Readable, name: string): Promise<void> {
      going = content
      zip.addReadStream(content, name, { mtime, compressionLevel: 3 })
      await finished(content)
    }

    /** The files that lines of a component name, each once; answers which there are. Before the lines: none lacks its own. */
    async function addFiles(portable: Portable, { read }: NonNullable<Portable['files']>): Promise<Set<string>> {
      const added = new Set<string>()
      for await (const page of pagesOf(portable)) {
        for (const { sha256 } of parsed(page.text) as { sha256: string }[]) {
          context.signal.throwIfAborted()
          if (added.has(sha256) || added.size >= mostFiles) continue
          const content = await read(context.scope, sha256)
          if (!content) continue
          added.add(sha256)
          await add(content, travellingFile(sha256))
          context.progress({ phase: 'writing', done: rows, total: null, message: `${added.size} files` })
        }
      }
      return added
    }

    async function* linesOf(portable: Portable, files: Set<string> | null): AsyncGenerator<Buffer> {
      const hash = createHash('sha256')
      const part = { name: portable.component, rows: 0, bytes: 0 }
      for await (const all of pagesOf(portable)) {
        context.signal.throwIfAborted()
        const page = files ? withFiles(all, files) : all
        const bytes = Buffer.from(page.text)
        hash.update(bytes)
        part.rows += page.rows
        part.bytes += bytes.length
        rows += page.rows
        context.progress({
          phase: 'writing',
          done: rows,
          total: null,
          message: portable.component.replaceAll('_', ' '),
        })
        if (bytes.length > 0) yield bytes
      }
      written.push({ ...part, sha256: hash.digest('hex') })
    }

    /** The next page is read while this one is written. */
    async function* pagesOf({ module, table }: Portable): AsyncGenerator<Page> {
      const since = input.since === null ? null : Date.parse(input.since)
      const read = (after: Key | null) => {
        const page = context.scope.apart.read<Page>(new URL(module), 'readLines', {
          table,
          after,
          since,
          limit: rowsAtOnce,
        })
        page.catch(() => undefined)
        return page
      }
      for (let ahead: Promise<Page> | null = read(null); ahead !== null; ) {
        const page: Page = await ahead
        ahead = page.after === null ? null : read(page.after)
        yield page
      }
    }
  }
}
