/** Rules of bundles: who asks for which, where they wait, when they go. */
import { isAbsolute } from 'node:path'
import { Readable } from 'node:stream'
import { type Bundle, maxBundleBytes } from '@cairn/api/bundles'
import { CairnError, fail } from '@cairn/api/errors'
import { iso } from '../../../kernel/clock.ts'
import type { CloudEvent } from '../../../kernel/events/event.ts'
import { answer, type Call, type UploadPart } from '../../../kernel/gate/call.ts'
import { newId } from '../../../kernel/ids.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import { decodeCursor, pageSize, toPage } from '../../../kernel/paging.ts'
import type { Portable } from '../../../kernel/portable/portable.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { exportJob, keptFor } from './export.ts'
import { marked, passphraseName } from './files.ts'
import { importJob } from './import.ts'
import * as store from './store.ts'

type Parts = Pick<Kernel, 'blobs' | 'clock' | 'config' | 'database' | 'log' | 'secrets'> & {
  portables(): readonly Portable[]
}
type ExportAsked = { components?: string[]; since?: string; passphrase?: string }
type ImportAsked = { path?: string; dry_run?: boolean; components?: string[]; passphrase?: string }

export function makeBundleService({ blobs, clock, config, database, log, secrets, portables }: Parts) {
  const components = () =>
    portables().map(({ component: name, named, personal }) => ({
      name,
      named: named === true,
      personal: personal === true,
    }))

  function assertKnown(names: readonly string[]): void {
    const known = new Set(portables().map(({ component }) => component))
    for (const component of names) if (!known.has(component)) throw fail('BUNDLE_COMPONENT_UNKNOWN', { component })
  }

  /** Asks for an export. BUNDLE_COMPONENT_UNKNOWN. */
  async function exportBundle(scope: Scope, asked: ExportAsked): Promise<{ job_id: string }> {
    const { passphrase, since = null } = asked
    assertKnown(asked.components ?? [])
    const chosen = [...new Set(asked.components ?? portables().map(({ component }) => component))]
    if (passphrase !== undefined) await secrets.ready()
    const id = newId()
    const job_id = await scope.write(async (tx) => {
      if (passphrase !== undefined) await secrets.put(tx, passphraseName(id), passphrase)
      return tx.enqueue({ ...exportJob, id, input: { components: chosen, since, locked: passphrase !== undefined } })
    })
    return { job_id }
  }

  /** Takes a bundle and asks for its import. INVALID_INPUT without one; what is in it the job looks at. */
  async function importBundle(call: Call<ImportAsked>): Promise<{ job_id: string }> {
    const id = newId()
    const { path } = call.input
    if (path !== undefined) {
      // On a server for several people nobody names paths of its disk.
      if (config.mode !== 'local')
        throw fail('CALLER_NOT_ALLOWED', { operation: 'bundles.import', callers: 'people on their own machine' })
      if (!isAbsolute(path)) throw refuse('/path', 'must be an absolute path')
      return begin(call, id, null, call.input)
    }
    const taken = await take(call, id)
    if (!taken) throw refuse('/bundle', 'is required: the file, or its path')
    try {
      return await begin(call, id, taken, taken.asked)
    } catch (error) {
      await blobs.remove(call.workspace, taken.hash)
      throw error
    }
  }

  async function begin(call: Call<ImportAsked>, id: string, taken: Taken | null, asked: ImportAsked) {
    const { passphrase } = asked
    if (asked.components) assertKnown(asked.components)
    if (passphrase !== undefined) await secrets.ready()
    const input = {
      ...{ path: asked.path ?? null, dry_run: asked.dry_run ?? false },
      ...{ components: asked.components ?? null, locked: passphrase !== undefined },
    }
    const job_id = await call.write(async (tx) => {
      const row = { id, kind: 'import' as const, blob: taken?.hash ?? null, bytes: taken?.bytes ?? 0 }
      const times = { created_at: tx.now, expires_at: tx.now + 7 * keptFor }
      await store.insertBundle(tx, { ...row, locked: passphrase === undefined ? 0 : 1, state: '{}', ...times })
      if (passphrase !== undefined) await secrets.put(tx, passphraseName(id), passphrase)
      return tx.enqueue({ ...importJob, id, input })
    })
    return { job_id }
  }

  const put = (workspace: string, stream: Readable, id: string) =>
    blobs.put(workspace, Readable.from(marked(stream, id), { objectMode: false }), maxBundleBytes - 1)

  type Taken = { hash: string; bytes: number; asked: ImportAsked }
  async function take(call: Call<ImportAsked>, id: string): Promise<Taken | null> {
    let taken: Taken | null = null
    try {
      for await (const part of call.upload ?? []) {
        // What comes behind the file is let go by.
        if (taken !== null) part.stream.resume()
        // One byte less than the transport lets through: what reaches that was cut off there.
        else taken = { asked: readFields(part), ...(await put(call.workspace, part.stream, id)) }
      }
      return taken
    } catch (error) {
      if (taken) await blobs.remove(call.workspace, taken.hash)
      const odd = error instanceof CairnError || (error as { code?: string }).code !== undefined
      throw odd ? error : fail('INVALID_INPUT', {}, [{ path: '', message: 'is not sound multipart/form-data' }], error)
    }
  }

  async function found(scope: Pick<Scope, 'workspace' | 'db'>, id: string) {
    const row = await store.bundleById(scope, id)
    if (row?.kind !== 'export' || row.blob === null || row.expires_at <= clock.now()) throw fail('BUNDLE_NOT_FOUND')
    return { ...row, blob: row.blob }
  }

  /** The file itself. BUNDLE_NOT_FOUND. */
  async function download(scope: Scope, id: string) {
    const { blob, bytes, locked, created_at } = await found(scope, id)
    const content = await blobs.read(scope.workspace, blob)
    if (!content) throw fail('BUNDLE_NOT_FOUND')
    const name = `cairn-${iso(created_at).slice(0, 10)}.zip${locked === 1 ? '.age' : ''}`
    const type = locked === 1 ? 'application/octet-stream' : 'application/zip'
    return answer.bytes(content, type, name, { 'content-length': String(bytes), 'cache-control': 'no-store' })
  }

  /** BUNDLE_NOT_FOUND. */
  async function remove(scope: Scope, id: string) {
    const { blob } = await found(scope, id)
    await scope.write(async (tx) => {
      await store.deleteBundle(tx, id)
      tx.event({ type: 'bundle.removed', subject: id })
    })
    await blobs.remove(scope.workspace, blob)
    return { removed: { bundles: 1 } }
  }

  async function list(scope: Scope, input: { limit?: number; cursor?: string }) {
    const limit = pageSize(input.limit)
    const after = decodeCursor(input.cursor, [0, ''] as [number, string])
    const rows = await store.exportPage(scope, { limit: limit + 1, after })
    return toPage(rows, limit, (row) => [row.created_at, row.id], toBundle)
  }

  /** Removes bundles whose time is over. */
  async function expire(scope: Scope): Promise<{ removed: number }> {
    const gone = await store.over(scope, clock.now())
    for (const { id, blob } of gone) {
      if (blob !== null) await blobs.remove(scope.workspace, blob)
      await scope.write((tx) => store.deleteBundle(tx, id))
    }
    return { removed: gone.length }
  }

  /** What a job that ended without its run having a say leaves behind: it was cancelled, or failed. */
  function ended({ data, workspace, subject }: CloudEvent): void {
    if (data.type !== importJob.type && data.type !== exportJob.type) return
    letGo(workspace, subject).catch((error: unknown) => log.warn({ err: error }, 'a bundle could not be let go'))
  }

  async function letGo(workspace: string, id: string): Promise<void> {
    const from = { workspace, db: database.db }
    const row = await store.bundleById(from, id)
    if (row?.kind === 'import' && row.blob !== null) await blobs.remove(workspace, row.blob)
    await database.transaction(async (db) => {
      if (row?.kind === 'import') await store.deleteBundle({ workspace, db }, id)
      await secrets.remove({ workspace, db }, passphraseName(id))
    })
  }

  return { components, exportBundle, importBundle, download, remove, list, expire, ended }
}

const refuse = (path: string, message: string) => fail('INVALID_INPUT', {}, [{ path, message }])

/** What stands in the fields before the file. INVALID_INPUT. */
function readFields({ fields }: UploadPart): ImportAsked {
  const { dry_run: dry, components, passphrase } = fields
  if (dry !== undefined && dry !== 'true' && dry !== 'false') throw refuse('/dry_run', 'must be true or false')
  const names = components?.split(',').filter(Boolean)
  if (names && (names.length === 0 || names.some((name) => !/^[a-z][a-z_]{0,49}$/.test(name))))
    throw refuse('/components', 'must be names with commas between them')
  if (passphrase !== undefined && (passphrase.length < 8 || passphrase.length > 1_000))
    throw refuse('/passphrase', 'must have 8 to 1,000 characters')
  return {
    ...(dry !== undefined && { dry_run: dry === 'true' }),
    ...(names && { components: names }),
    ...(passphrase !== undefined && { passphrase }),
  }
}

const toBundle = (row: store.BundleRow): Bundle => ({
  ...{ id: row.id, bytes: row.bytes, protected: row.locked === 1, download_url: `/api/export/bundle/${row.id}` },
  ...{ created_at: iso(row.created_at), expires_at: iso(row.expires_at) },
})
