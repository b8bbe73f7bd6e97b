/** Bytes by part of what Cairn keeps. */
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Kernel } from '../../../kernel/kernel.ts'
import { databaseBytes } from './store.ts'

/** Parts: `database`, `vectors`, `blobs`, `backups`, `other`. On PostgreSQL the database lives elsewhere: its server tells. */
export async function measureStorage(kernel: Kernel): Promise<Record<string, number>> {
  const { home } = kernel.config
  const parts: Record<string, number> = {
    database: kernel.database.name === 'postgres' ? await databaseBytes(kernel.database.db) : 0,
    vectors: 0,
    blobs: 0,
    backups: 0,
    other: 0,
  }
  for (const entry of await readdir(home, { withFileTypes: true }).catch(() => [])) {
    const part = entry.name.startsWith('cairn.db') ? 'database' : entry.name in parts ? entry.name : 'other'
    parts[part] = (parts[part] ?? 0) + (await sizeOf(join(home, entry.name)))
  }
  return parts
}

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => null)
  if (!found?.isDirectory()) return found?.size ?? 0
  let total = 0
  for (const entry of await readdir(path, { recursive: true, withFileTypes: true }).catch(() => [])) {
    if (entry.isFile()) total += (await stat(join(entry.parentPath, entry.name)).catch(() => null))?.size ?? 0
  }
  return total
}
