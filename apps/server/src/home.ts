/** The data folder: made with care, and what it says of a running Cairn to its command line. */
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { ConfigError } from './config.ts'
import { newId, newSecret } from './kernel/ids.ts'

/** Makes the folder for its owner alone. Throws ConfigError when it cannot be written. */
export function prepareHome(home: string): void {
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 })
    const probe = join(home, `.write-${process.pid}`)
    writeFileSync(probe, '')
    rmSync(probe)
  } catch (error) {
    const reason = (error as { code?: string }).code ?? 'unknown reason'
    throw new ConfigError(
      `CAIRN_HOME=${home} cannot be written (${reason}). Choose another folder or make it writable.`,
    )
  }
}

/** The owner's key: as configured, else the one kept in the folder (mode 600), made at the first start. */
export function ownerKey(home: string, configured: string): string {
  if (configured) return configured
  const file = join(home, 'owner.key')
  if (!existsSync(file)) writeFileSync(file, `cairn_${newSecret()}\n`, { mode: 0o600, flag: 'wx' })
  chmodSync(file, 0o600)
  return readFileSync(file, 'utf8').trim()
}

/**
 * The name this folder's process bears among the workers of a database that several may share; the same after every start.
 * A copy of the folder, on this machine or another, bears another one.
 */
export function workerOf(home: string): string {
  const file = join(home, 'worker')
  if (!existsSync(file)) writeFileSync(file, `${newId()}\n`, { mode: 0o600 })
  return `${readFileSync(file, 'utf8').trim()}@${hostname()}:${statSync(file).ino}`
}

/** Tells the command line where this Cairn answers; the answer takes the note away again. */
export function announce(home: string, url: string): () => void {
  const file = join(home, 'running.json')
  // Whole or not at all: the command line may read it at any moment.
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, `${JSON.stringify({ pid: process.pid, url })}\n`, { mode: 0o600 })
  renameSync(draft, file)
  return () => rmSync(file, { force: true })
}
