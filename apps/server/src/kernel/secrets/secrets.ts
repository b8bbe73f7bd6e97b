/**
 * Secrets of the user, such as a provider's key: encrypted (AES-256-GCM) in the database under a master key that lives
 * in the system's keychain, or, where there is none, in a file of mode 600 beside the data.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fail } from '@cairn/api/errors'
import type { Db } from '../database/dialect.ts'
import type { Log } from '../log.ts'
import type { Scope, Tx } from '../scope.ts'

type Row = { workspace: string; name: string; sealed: string; updated_at: number }
type Tables = { secret: Row }

export type Secrets = ReturnType<typeof makeSecrets>

export function makeSecrets(settings: { home: string; keychain: boolean; log: Log }) {
  let opening: Promise<Buffer> | undefined
  let opened: Buffer | undefined
  const table = (db: Db) => db.withTables<Tables>()

  /** The master key, read once. One that cannot be read now is asked for again: a keychain may be unlocked meanwhile. */
  function key(): Promise<Buffer> {
    opening ??= masterKey(settings).then(
      (found) => (opened = found),
      (error: unknown) => {
        opening = undefined
        throw error
      },
    )
    return opening
  }

  return {
    /** After `ready` only: a transaction awaits nothing but the database, and a keychain may ask a person. */
    async put(tx: Tx, name: string, value: string): Promise<void> {
      if (!opened) throw new Error('A secret is put after `ready`, which reads the key before the transaction.')
      const sealed = seal(opened, bound(tx.workspace, name), value)
      await table(tx.db)
        .insertInto('secret')
        .values({ workspace: tx.workspace, name, sealed, updated_at: tx.now })
        .onConflict((conflict) => conflict.columns(['workspace', 'name']).doUpdateSet({ sealed, updated_at: tx.now }))
        .execute()
    },
    async get(scope: Pick<Scope, 'workspace' | 'db'>, name: string): Promise<string | null> {
      const row = await table(scope.db)
        .selectFrom('secret')
        .select('sealed')
        .where('workspace', '=', scope.workspace)
        .where('name', '=', name)
        .executeTakeFirst()
      return row ? unseal(await key(), bound(scope.workspace, name), row.sealed) : null
    },
    async names(scope: Pick<Scope, 'workspace' | 'db'>): Promise<Set<string>> {
      const rows = await table(scope.db)
        .selectFrom('secret')
        .select('name')
        .where('workspace', '=', scope.workspace)
        .execute()
      return new Set(rows.map((row) => row.name))
    },
    async remove(tx: Pick<Tx, 'workspace' | 'db'>, name: string): Promise<void> {
      await table(tx.db).deleteFrom('secret').where('workspace', '=', tx.workspace).where('name', '=', name).execute()
    },
    /** Reads the master key before a transaction needs it. SECRET_LOCKED. */
    ready: async (): Promise<void> => void (await key()),
  }
}

/** Binds a ciphertext to its place, so that one row's secret cannot be moved to another. */
const bound = (workspace: string, name: string) => Buffer.from(`${workspace}\n${name}`)

function seal(key: Buffer, place: Buffer, value: string): string {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(place)
  const text = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64')
}

function unseal(key: Buffer, place: Buffer, sealed: string): string {
  const bytes = Buffer.from(sealed, 'base64')
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12)).setAAD(place)
  decipher.setAuthTag(bytes.subarray(12, 28))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8')
  } catch (cause) {
    throw fail('SECRET_LOCKED', {}, [], cause)
  }
}

async function masterKey({ home, keychain, log }: { home: string; keychain: boolean; log: Log }): Promise<Buffer> {
  const file = join(home, 'master.key')
  if (existsSync(file)) return Buffer.from(readFileSync(file, 'utf8').trim(), 'base64')
  const marker = join(home, 'master.keychain')
  const kept = keychain ? await fromKeychain(home, existsSync(marker)) : null
  if (kept) {
    writeFileSync(marker, 'The key that opens stored secrets is in this system\'s keychain, under "cairn".\n', {
      mode: 0o600,
    })
    return kept
  }
  if (existsSync(marker)) throw fail('SECRET_LOCKED')
  log.info({}, 'no keychain here: the key that opens stored secrets is kept in a file of mode 600')
  const made = randomBytes(32)
  writeFileSync(file, made.toString('base64'), { mode: 0o600, flag: 'wx' })
  chmodSync(file, 0o600)
  return made
}

/** The key in the system's keychain; made there unless it `must` exist. Null where there is no keychain. */
async function fromKeychain(home: string, must: boolean): Promise<Buffer | null> {
  try {
    const { Entry } = await import('@napi-rs/keyring')
    const entry = new Entry('cairn', home)
    const found = entry.getPassword()
    if (found) return Buffer.from(found, 'base64')
    if (must) return null
    const made = randomBytes(32)
    entry.setPassword(made.toString('base64'))
    return made
  } catch {
    return null
  }
}
