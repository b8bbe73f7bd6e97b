/** Before an upgrade changes an SQLite database, a copy of it is laid beside it. */
import { readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { backup, DatabaseSync } from 'node:sqlite'

const kept = 2
/** Pages between two turns of the loop: 16 MiB at a time. */
const rate = 4_096

/**
 * Copies the database `file` to `<file>.before-<migration>`, whole or not at all, and drops all but the two newest such
 * copies. Answers the copy's path.
 */
export async function copyBeforeUpgrade(file: string, migration: string): Promise<string> {
  const path = `${file}.before-${migration}`
  const partial = `${path}.partial`
  await rm(partial, { force: true })
  const source = new DatabaseSync(file, { readOnly: true })
  try {
    await backup(source, partial, { rate })
  } finally {
    source.close()
  }
  await rename(partial, path)
  await dropOld(file)
  return path
}

async function dropOld(file: string) {
  const prefix = `${basename(file)}.before-`
  const copies = (await readdir(dirname(file)))
    .filter((name) => name.startsWith(prefix) && !name.endsWith('.partial'))
    .toSorted()
  for (const name of copies.slice(0, -kept)) await rm(join(dirname(file), name))
}
