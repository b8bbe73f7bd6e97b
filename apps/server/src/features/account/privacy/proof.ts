/** The search that proves: is what was erased still anywhere, in a table or in a file below the data folder? */
import { open, readdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { ErasureFinding, ErasureProof } from '@cairn/api/privacy'
import type { ReadApart, Scope } from '../../../kernel/scope.ts'
import { databaseFile, type Looked, readTables, searchTable } from './proof-store.ts'

const here = new URL(import.meta.url)
type Searched = Omit<ErasureProof, 'rewritten' | 'marks' | 'clean'>

/** Looks for each of `marks`, letter for letter; `name` (a site) in tables only, where a column holds nothing else. */
export async function prove(
  scope: Scope,
  home: string,
  { marks, name }: { marks: readonly string[]; name: string | null },
): Promise<ErasureProof> {
  const files = await scope.apart.read<Searched & { database: boolean }>(here, 'searchFiles', { home, marks })
  // What is in no byte of the database is in no row of it, but where a long row is cut.
  const everyRow = !files.database || files.found.some(({ where }) => isDatabase(where))
  const rows = await scope.apart.read<Searched & { elsewhere: boolean }>(here, 'searchRows', { marks, name, everyRow })
  const said = rows.found.length > 0
  const found = [
    ...rows.found,
    ...files.found.map((finding) => ({ ...finding, reason: reasonOf(finding.where, said, rows.elsewhere) })),
  ]
  return {
    marks: marks.length + (name === null ? 0 : 1),
    files: files.files,
    bytes: files.bytes,
    tables: rows.tables,
    rewritten: false,
    found,
    clean: found.length === 0,
  }
}

function reasonOf(file: string, said: boolean, elsewhere: boolean): string | null {
  if (isCopy(file)) return 'A copy of the database that was made before. It is not changed and goes by its own rule.'
  if (!isDatabase(file)) return null
  if (said) return 'Rows that stay say it, too: see the tables.'
  return elsewhere ? 'Rows of another workspace say it, too.' : null
}

const isDatabase = (file: string) => /^cairn\.db/.test(file)

/** Tables whose rows stay on purpose although they name what went. */
const kept: Record<string, string> = {
  capture_pause: 'A rule that keeps it out stays, or it would come again.',
  capture_text: 'A rule about what is kept of it stays.',
}

/** Rows of the workspace that hold one of the marks; `elsewhere` says whether those of another do. */
export const searchRows: ReadApart<Looked, Searched & { elsewhere: boolean }> = async (from, looked) => {
  const { marks, name } = looked
  const tables = await readTables(from)
  const found: ErasureFinding[] = []
  let elsewhere = false
  for (const table of marks.length > 0 || name !== null ? tables : []) {
    const { own, all } = await searchTable(from, table, looked)
    elsewhere ||= all > own
    const reason = kept[table.name] ?? 'Something that stays says it in words of its own.'
    if (own > 0) found.push({ where: `table ${table.name}`, times: own, reason })
  }
  return { files: 0, bytes: 0, tables: tables.length, found, elsewhere }
}

const chunk = 4 * 1024 * 1024

/** The same in the bytes of every file; `database` says whether that of SQLite was among them. */
export const searchFiles: ReadApart<{ home: string; marks: string[] }, Searched & { database: boolean }> = async (
  from,
  { home, marks },
) => {
  // This holds a snapshot meanwhile, too: no page moves out of the log before the log was read.
  const own = await databaseFile(from)
  let database = false
  const needles = marks.map((mark) => Buffer.from(mark))
  const longest = Math.max(0, ...needles.map(({ length }) => length))
  const room = Buffer.allocUnsafe(chunk + longest)
  const found: ErasureFinding[] = []
  let [files, bytes] = [0, 0]
  for (const entry of await readdir(home, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const read = await searchFile(path, needles, longest, room)
    if (read === null) continue
    files += 1
    database ||= path === own
    bytes += read.bytes
    if (read.times > 0) found.push({ where: relative(home, path), times: read.times, reason: null })
  }
  return { files, bytes, tables: 0, found, database }
}

/** Null for a file that is gone meanwhile. `room` is read into: all files take turns with it. */
async function searchFile(path: string, needles: readonly Buffer[], longest: number, room: Buffer) {
  let [bytes, times, kept] = [0, 0, 0]
  try {
    await using file = await open(path)
    for (;;) {
      const { bytesRead } = await file.read(room, kept, room.length - kept, null)
      if (bytesRead === 0) return { bytes, times }
      const text = room.subarray(0, kept + bytesRead)
      for (const needle of needles) {
        // What ends in the part that was kept was counted before.
        const start = Math.max(kept - needle.length + 1, 0)
        for (let at = text.indexOf(needle, start); at >= 0; at = text.indexOf(needle, at + 1)) times += 1
      }
      bytes += bytesRead
      kept = Math.min(Math.max(longest - 1, 0), text.length)
      room.copyWithin(0, text.length - kept, text.length)
    }
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return null
    throw error
  }
}

/** Is this file below the data folder a copy of the database of an earlier day? */
export const isCopy = (name: string) => /^backups[\\/]|\.before-/.test(name)
