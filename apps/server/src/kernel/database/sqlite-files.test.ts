import { chmod, chown, copyFile, mkdtemp, open, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, inject, onTestFinished, test } from 'vitest'
import { migrations } from '../../../migrations/index.ts'
import { startChild } from '../../../test/child.ts'
import { quietLog } from '../../../test/database.ts'
import { sha256 } from '../ids.ts'
import type { SettingTables } from './apart.fixture.ts'
import { openDatabase } from './database.ts'
import { holderOf } from './folder-lock.ts'

const writing = new URL('./writing.fixture.ts', import.meta.url)
const opening = new URL('./opening.fixture.ts', import.meta.url)

async function folder() {
  const made = await mkdtemp(join(tmpdir(), 'cairn-files-'))
  onTestFinished(() => rm(made, { recursive: true, force: true }))
  return { folder: made, file: join(made, 'cairn.db') }
}
const openFile = (file: string, log = quietLog) => openDatabase({ dialect: 'sqlite', file }, log)
const count = async (file: string) => {
  const database = await openFile(file)
  try {
    const rows = await database.db.withTables<SettingTables>().selectFrom('setting').select('id').execute()
    return rows.length
  } finally {
    await database.close()
  }
}
/** A folder with a database of 400 rows, closed well. */
async function filled() {
  const made = await folder()
  const database = await openFile(made.file)
  await database.migrate(migrations)
  await database.transaction(async (db) => {
    const rows = Array.from({ length: 400 }, (_, at) => ({
      workspace: 'w',
      id: String(at),
      value: 'x'.repeat(400),
      updated_at: at,
    }))
    await db.withTables<SettingTables>().insertInto('setting').values(rows).execute()
  })
  await database.close()
  return made
}

/** Files are SQLite's alone; the PostgreSQL project has its own faults, in `postgres-faults.test.ts`. */
describe.runIf(inject('dialect') === 'sqlite')('the data folder', () => {
  test('is made when it is missing, and holds no log after a clean stop', async () => {
    const made = await folder()
    const file = join(made.folder, 'deep', 'er', 'cairn.db')
    const database = await openFile(file)
    await database.close()
    expect((await stat(join(made.folder, 'deep'))).mode & 0o077).toBe(0)
    await expect(stat(`${file}-wal`)).rejects.toThrow('ENOENT')
  })

  test('that another program reads while it is closed is checked at the next start', async () => {
    const { file } = await filled()
    const said: string[] = []
    const log = { ...quietLog, info: (_: object, message: string) => said.push(message) }
    await (await openFile(file, log)).close()
    expect(said).toEqual([])
    const database = await openFile(file, log)
    const other = new DatabaseSync(file)
    other.exec('begin; select count(*) from setting')
    await database.transaction((db) =>
      db.withTables<SettingTables>().deleteFrom('setting').where('id', '=', '1').execute(),
    )
    await database.close()
    other.close()
    await (await openFile(file, log)).close()
    expect(said).toEqual([expect.stringContaining('Checking it')])
    expect(await count(file)).toBe(399)
  })

  test('opened twice says which process holds it, here and in another process', async () => {
    const { file } = await filled()
    const database = await openFile(file)
    await expect(openFile(file)).rejects.toMatchObject({
      code: 'DATABASE_IN_USE',
      message: expect.stringContaining(`${process.pid}`),
    })
    const other = startChild(opening, [file])
    await other.ended
    expect(other.lines).toEqual([
      `DATABASE_IN_USE Process ${process.pid} holds this data folder. Stop it, or choose another folder with CAIRN_HOME.`,
    ])
    expect((await holderOf(file))?.pid).toBe(process.pid)
    await database.close()
    expect(await holderOf(file)).toBeNull()
    expect(await count(file)).toBe(400)
  })

  test('of a dead process is taken over, with a word about it', async () => {
    const { file } = await filled()
    const child = startChild(writing, [JSON.stringify({ dialect: 'sqlite', file }), '0', '1'])
    await child.printed(3)
    expect((await holderOf(file))?.pid).toBe(child.process.pid)
    child.process.kill('SIGKILL')
    await child.ended
    const warnings: object[] = []
    const database = await openFile(file, { ...quietLog, warn: (fields) => void warnings.push(fields) })
    await database.close()
    expect(warnings).toMatchObject([{ pid: child.process.pid }])
  })

  test('opened by two at the same moment goes to exactly one', async () => {
    const { file } = await filled()
    const children = Array.from({ length: 6 }, () => startChild(opening, [file, 'stay']))
    await Promise.all(children.map((child) => child.printed(1)))
    const said = children.flatMap((child) => child.lines.map((line) => String(line.split(' ')[0])))
    for (const child of children) child.process.kill('SIGKILL')
    expect(said.toSorted()).toEqual([...Array.from({ length: 5 }, () => 'DATABASE_IN_USE'), 'opened'])
  })

  test('that cannot be written to is refused with a clear word, and left as it is', async () => {
    const { folder: made, file } = await filled()
    const nobody = 65_534
    await chmod(made, 0o555)
    // Root may write anywhere; then somebody else tries.
    const options = process.getuid?.() === 0 ? { uid: nobody } : {}
    const child = startChild(opening, [file], options)
    const { errors } = await child.ended
    expect(errors).toBe('')
    expect(child.lines).toEqual([
      'DATABASE_READ_ONLY The data folder cannot be written to. Give this user the right to write there, or choose another folder with CAIRN_HOME.',
    ])
    const missing = startChild(opening, [join(made, 'new', 'cairn.db')], options)
    await missing.ended
    expect(missing.lines[0]).toContain('DATABASE_READ_ONLY')
    await chmod(made, 0o755)
    expect(await count(file)).toBe(400)
  })

  test('whose file alone cannot be written to is refused as well', async () => {
    const { folder: made, file } = await filled()
    if (process.getuid?.() === 0) await chown(made, 65_534, 65_534)
    await rm(`${file}.lock`)
    await chmod(file, 0o444)
    const child = startChild(opening, [file], process.getuid?.() === 0 ? { uid: 65_534 } : {})
    await child.ended
    expect(child.lines[0]).toContain('DATABASE_READ_ONLY')
  })
})

describe.runIf(inject('dialect') === 'sqlite')('a damaged database', () => {
  /** Tries to open it; answers the refusal and whether every file is still as it was. */
  async function refusal(file: string) {
    // An empty log is as good as none.
    const digest = async (path: string) => sha256(await readFile(path).catch(() => ''))
    const bytes = () => Promise.all([file, `${file}-wal`].map(digest))
    const before = await bytes()
    const error = await openFile(file).then(
      (database) => database.close().then(() => 'opened'),
      (reason: { code: string; cause?: Error }) => reason,
    )
    expect(await bytes()).toEqual(before)
    return error as { code: string; message: string; cause?: Error }
  }
  async function overwrite(file: string, at: number, bytes: Uint8Array) {
    const handle = await open(file, 'r+')
    await handle.write(bytes, 0, bytes.length, at)
    await handle.close()
  }
  /** A database whose process was killed, with a log that is not yet in the main file. */
  async function killed() {
    const made = await filled()
    const child = startChild(writing, [JSON.stringify({ dialect: 'sqlite', file: made.file }), '0', '4'])
    await child.printed(60)
    child.process.kill('SIGKILL')
    await child.ended
    return { ...made, acknowledged: child.lines.length - 1 }
  }

  test('by pages written over is refused, not written to, and the message says what helps', async () => {
    const { file } = await filled()
    const { size } = await stat(file)
    await overwrite(file, Math.floor(size / 8_192) * 4_096, new Uint8Array(12_288).fill(0x5a))
    const refused = await refusal(file)
    expect(refused).toMatchObject({ code: 'DATABASE_DAMAGED', message: expect.stringContaining('cairn restore') })
    expect(refused.cause?.message).not.toBe('')
    expect((await refusal(file)).code).toBe('DATABASE_DAMAGED')
  })

  test('by a first page written over is refused', async () => {
    const { file } = await filled()
    await overwrite(file, 0, new Uint8Array(4_096).fill(0x20))
    expect((await refusal(file)).code).toBe('DATABASE_DAMAGED')
  })

  test('by a cut at any length is refused', async () => {
    const { file } = await filled()
    const { size } = await stat(file)
    const whole = `${file}.whole`
    await copyFile(file, whole)
    for (const length of [size - 4_096, size - 100, Math.floor(size / 2), 5_000, 4_096, 100, 1, 0]) {
      await copyFile(whole, file)
      await truncate(file, length)
      expect([length, (await refusal(file)).code]).toEqual([length, 'DATABASE_DAMAGED'])
    }
    await copyFile(whole, file)
    expect(await count(file)).toBe(400)
  })

  test('that is something else altogether is refused', async () => {
    const { file } = await folder()
    await writeFile(file, 'Dear diary, this is not a database at all. '.repeat(200))
    expect((await refusal(file)).code).toBe('DATABASE_DAMAGED')
  })

  test('whose main file has gone while its log is there is refused, since the log holds acknowledged writes', async () => {
    const { file } = await killed()
    expect((await stat(`${file}-wal`)).size).toBeGreaterThan(0)
    await copyFile(file, `${file}.aside`)
    await rm(`${file}.lock`)
    await rm(file)
    expect((await refusal(file)).code).toBe('DATABASE_DAMAGED')
    await writeFile(file, '')
    expect((await refusal(file)).code).toBe('DATABASE_DAMAGED')
    await copyFile(`${file}.aside`, file)
    expect(await count(file)).toBeGreaterThan(400)
  })

  test('is told from one that was only killed, which opens with all that was acknowledged', async () => {
    const { file, acknowledged } = await killed()
    expect(await count(file)).toBeGreaterThanOrEqual(400 + 2 * acknowledged)
  })

  test('is found while it is in use, too, by a check', async () => {
    const { file } = await filled()
    const database = await openFile(file)
    const { size } = await stat(file)
    await overwrite(file, Math.floor(size / 8_192) * 4_096, new Uint8Array(12_288).fill(0x5a))
    const found = await database.check()
    await database.close()
    expect(found.ok).toBe(false)
    expect(found.problems.length).toBeGreaterThan(0)
  })

  test('is not suspected when the lock file alone was cut off', async () => {
    const { file } = await filled()
    await writeFile(`${file}.lock`, 'not a lock')
    expect(await count(file)).toBe(400)
  })
})
