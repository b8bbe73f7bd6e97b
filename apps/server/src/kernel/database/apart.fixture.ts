/** What the tests of `apart.ts` run in worker threads. */

import { threadId } from 'node:worker_threads'
import { fail } from '@cairn/api/errors'
import type { ReadApart, WriteApart } from '../scope.ts'

export type SettingTables = { setting: { workspace: string; id: string; value: string; updated_at: number } }

export const ids: ReadApart<null, { ids: string[]; thread: number }> = async ({ db, workspace }) => {
  const rows = await db
    .withTables<SettingTables>()
    .selectFrom('setting')
    .select('id')
    .where('workspace', '=', workspace)
    .orderBy('id')
    .execute()
  return { ids: rows.map((row) => row.id), thread: threadId }
}

export type Wanted = { ids: string[]; refuse?: boolean; twice?: boolean; jobs?: number; die?: boolean }
export const put: WriteApart<Wanted, { jobs: string[]; thread: number }> = async (tx, wanted) => {
  for (const id of wanted.ids) {
    const row = { workspace: tx.workspace, id, value: '{}', updated_at: tx.now }
    await tx.db.withTables<SettingTables>().insertInto('setting').values(row).execute()
    tx.event({ type: 'setting.put', subject: id, data: { id } })
  }
  const jobs: string[] = []
  for (let at = 0; at < (wanted.jobs ?? 0); at++) jobs.push(await tx.enqueue({ type: 'test', input: { at } }))
  if (wanted.jobs) await tx.reindex('setting', wanted.ids)
  if (wanted.refuse) throw fail('CONFLICT')
  if (wanted.die) process.exit(7)
  return { jobs, thread: threadId }
}

export const count: WriteApart<string, void> = async (tx, id) => {
  await tx.db
    .withTables<SettingTables>()
    .updateTable('setting')
    .set((set) => ({ updated_at: set('updated_at', '+', 1) }))
    .where('workspace', '=', tx.workspace)
    .where('id', '=', id)
    .execute()
}

/** Two reads of one snapshot, with time for a write between them. */
export const twice: ReadApart<SharedArrayBuffer, [number, number]> = async ({ db, workspace }, shared) => {
  const flags = new Int32Array(shared)
  const size = async () =>
    (
      await db
        .withTables<SettingTables>()
        .selectFrom('setting')
        .select('id')
        .where('workspace', '=', workspace)
        .execute()
    ).length
  const before = await size()
  Atomics.store(flags, 0, 1)
  Atomics.notify(flags, 0)
  Atomics.wait(flags, 1, 0)
  return [before, await size()]
}

/** A search that never ends. */
export const forever: ReadApart<null, never> = () => {
  for (;;);
}

export const putLarge: WriteApart<number, void> = async (tx, size) => {
  const row = { workspace: tx.workspace, id: 'large', value: 'x'.repeat(size), updated_at: tx.now }
  await tx.db.withTables<SettingTables>().insertInto('setting').values(row).execute()
}
