/** Bringing in a file of bookmarks: the upload, and the job. Killed at any moment it goes on, with nothing twice. */
import { Readable } from 'node:stream'
import { type BookmarksImported, bookmarkFile, deepestFolder } from '@cairn/api/bookmarks'
import { CairnError, fail } from '@cairn/api/errors'
import { Id, nullable, shape } from '@cairn/api/shapes'
import type { Blobs } from '../../../kernel/blobs/blobs.ts'
import type { Clock } from '../../../kernel/clock.ts'
import type { UploadPart } from '../../../kernel/gate/call.ts'
import { newId } from '../../../kernel/ids.ts'
import { type JobContext, job } from '../../../kernel/jobs/definition.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { importById, insertImport, updateImport } from './bulk-store.ts'
import { pathTo } from './folders.ts'
import type { BookmarkBatch, FolderBatch } from './import-write.ts'
import type { ReadFile } from './netscape.ts'
import { readFile, unreadable } from './reader.ts'

/** One import of a workspace at a time. */
export const importJob = { type: 'bookmarks.import', concurrency: 'bookmarks.import' } as const
const foldersAtOnce = 100
const bookmarksAtOnce = 500
const writeModule = new URL('./import-write.ts', import.meta.url)

/** Takes the file of an upload and asks for its import. INVALID_INPUT without a file, BODY_TOO_LARGE. */
export async function startImport(
  scope: Scope,
  blobs: Blobs,
  upload: AsyncIterable<UploadPart> | undefined,
  folder: string | null,
): Promise<{ job_id: string }> {
  const id = newId()
  const blob = await stored(scope, blobs, id, upload)
  if (blob === null) throw fail('INVALID_INPUT', {}, [{ path: '/file', message: 'is required: a file of bookmarks' }])
  try {
    const job_id = await scope.write(async (tx) => {
      await insertImport(tx, { id, blob, started_at: tx.now })
      return tx.enqueue({ ...importJob, id, input: { folder } })
    })
    return { job_id }
  } catch (error) {
    await blobs.remove(scope.workspace, blob)
    throw error
  }
}

async function stored(
  { workspace }: Scope,
  blobs: Blobs,
  id: string,
  upload: AsyncIterable<UploadPart> | undefined,
): Promise<string | null> {
  let blob: string | null = null
  try {
    for await (const { stream } of upload ?? []) {
      // What comes behind the file is let go by.
      if (blob !== null) stream.resume()
      // One byte less than the transport lets through: what reaches that was cut off there.
      else blob = (await blobs.put(workspace, Readable.from(marked(stream, id)), bookmarkFile.bytes - 1)).hash
    }
    return blob
  } catch (error) {
    if (blob !== null) await blobs.remove(workspace, blob)
    const odd = error instanceof CairnError || (error as { code?: string }).code !== undefined
    throw odd ? error : fail('INVALID_INPUT', {}, [{ path: '', message: 'is not sound multipart/form-data' }], error)
  }
}

/** The same file twice is two blobs, so that each import can let go of its own. */
async function* marked(stream: Readable, id: string): AsyncGenerator<Buffer> {
  yield Buffer.from(`<!-- ${id} -->\n`)
  for await (const piece of stream) yield piece as Buffer
}

/** Lets go of the file of an import that is over. */
export async function dropFile(from: Pick<Scope, 'workspace' | 'db'>, blobs: Blobs, id: string): Promise<void> {
  const row = await importById(from, id)
  if (row?.blob) await blobs.remove(from.workspace, row.blob)
}

export const importBookmarks = ({ blobs, clock }: { blobs: Blobs; clock: Clock }) =>
  job({
    type: importJob.type,
    input: shape({ folder: nullable(Id) }),
    timeout: 3_600_000,
    concurrent: 2,
    async run(context) {
      const { scope, id } = context
      // A step, since its file is gone once it is done: who is killed after that needs it no more.
      const result = await context.step('bring', () => bring(context, blobs, clock))
      await dropFile(scope, blobs, id)
      await scope.write((tx) => updateImport(tx, id, { blob: null }))
      return result
    },
  })

async function bring(context: JobContext<unknown>, blobs: Blobs, clock: Clock): Promise<BookmarksImported> {
  const { scope, id } = context
  const { folder } = context.input as { folder: string | null }
  const begun = await importById(scope, id)
  const source = begun?.blob ? await blobs.read(scope.workspace, begun.blob) : null
  if (!source) throw unreadable('it is no longer kept; upload it again')
  return bringFile(context, clock, source, folder)
}

/**
 * Brings in what another program wrote down anew for each try of a job: it begins at the front, and finds what it brought
 * before. BOOKMARKS_NOT_READABLE.
 */
export async function bringAnew(context: JobContext<unknown>, clock: Clock, source: Readable) {
  const { scope, id } = context
  await scope.write(async (tx) => {
    if (await importById(tx, id)) await updateImport(tx, id, { cursor: 0 })
    else await insertImport(tx, { id, blob: null, started_at: tx.now })
  })
  return bringFile(context, clock, source, null)
}

async function bringFile(
  context: JobContext<unknown>,
  clock: Clock,
  source: Readable,
  folder: string | null,
): Promise<BookmarksImported> {
  const { scope, id, signal } = context
  context.progress({ phase: 'reading', done: 0, total: null })
  const room = deepestFolder - (await pathTo(scope, folder)).length
  const file = await readFile(source, { room, most: bookmarkFile.entries, now: clock.now(), signal })
  if (file.flattened > 0)
    context.log('warn', `${file.flattened} folders hung deeper than ${deepestFolder}: what was in them went one up.`)
  const folders = await bringFolders(context, file, folder)
  await bringBookmarks(context, file, folders, folder)
  return resultOf(scope, id, file)
}

/** Answers the id of each folder of the file. Done again after a kill: what was made is found. */
async function bringFolders(context: JobContext<unknown>, file: ReadFile, target: string | null): Promise<string[]> {
  const { scope, id, progress } = context
  const ids: string[] = []
  for (let from = 0; from < file.folders.length; from += foldersAtOnce) {
    const folders = file.folders.slice(from, from + foldersAtOnce).map(({ parent, ...folder }) => ({
      ...folder,
      parent: parent < 0 ? target : (ids[parent] ?? parent - from),
    }))
    const batch: FolderBatch = { id, folders }
    ids.push(...(await scope.apart.write<string[]>(writeModule, 'writeFolders', batch)))
    progress({ phase: 'folders', done: ids.length, total: file.folders.length })
  }
  return ids
}

async function bringBookmarks(
  context: JobContext<unknown>,
  file: ReadFile,
  folders: readonly string[],
  target: string | null,
): Promise<void> {
  const { scope, id, progress } = context
  const total = file.bookmarks.length
  let done = (await importById(scope, id))?.cursor ?? 0
  while (done < total) {
    const some = file.bookmarks.slice(done, done + bookmarksAtOnce)
    const bookmarks = some.map((one) => ({ ...one, folder: one.folder < 0 ? target : (folders[one.folder] ?? null) }))
    done += some.length
    const batch: BookmarkBatch = { id, cursor: done, bookmarks }
    await scope.apart.write(writeModule, 'writeBookmarks', batch)
    await context.advanced()
    progress({ phase: 'bookmarks', done, total })
  }
}

async function resultOf(scope: Scope, id: string, file: ReadFile): Promise<BookmarksImported> {
  const { created = 0, folders = 0 } = (await importById(scope, id)) ?? {}
  const skipped = Object.values(file.skipped).reduce((sum, count) => sum + count, 0)
  return {
    ...{ read: file.bookmarks.length + skipped, created, known: file.bookmarks.length - created },
    ...{ skipped: file.skipped, folders, flattened: file.flattened },
  }
}
