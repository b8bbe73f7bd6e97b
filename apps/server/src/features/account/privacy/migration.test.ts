import { expect, onTestFinished, test } from 'vitest'
import { migrations } from '../../../../migrations/index.ts'
import { freshSettings, quietLog } from '../../../../test/database.ts'
import { openDatabase } from '../../../kernel/database/database.ts'

type Tables = Record<string, Record<string, unknown>>

test('rows from before are the owner’s in a personal workspace, and nobody’s in a shared one', async () => {
  const { settings, remove } = await freshSettings()
  const database = await openDatabase(settings, quietLog)
  onTestFinished(async () => {
    await database.close()
    await remove()
  })
  const at = migrations.findIndex(({ name }) => name === '0019-persons')
  await database.migrate(migrations.slice(0, at))
  await database.transaction(async (db) => {
    const insert = (table: string, rows: Record<string, unknown>[]) =>
      db.withTables<Tables>().insertInto(table).values(rows).execute()
    const room = (id: string, kind: string) => ({ id, slug: id, name: id, kind, no_cloud: 0, created_at: 1 })
    await insert('workspace', [room('own', 'personal'), room('all', 'shared')])
    const users = ['ada', 'ben'].map((id) => ({ id, name: id, created_at: 1 }))
    await insert('user', users)
    const member = (workspace: string, person: string, role: string) => ({ workspace, person, role })
    await insert('member', [
      member('own', 'ada', 'owner'),
      member('all', 'ada', 'owner'),
      member('all', 'ben', 'editor'),
    ])
    for (const workspace of ['own', 'all']) {
      const common = { workspace, metadata: '{}', created_at: 1 }
      const thread = { ...common, id: 't', title: '', description: '', origin: 'api', version: 1, message_count: 2 }
      await insert('llm_threads', [{ ...thread, updated_at: 1 }])
      const message = { ...common, thread_id: 't', role: 'user', kind: 'plain', state: 'complete', citations: '[]' }
      await insert('llm_messages', [
        { ...message, id: 'm1', turn: 1, content: 'said' },
        { ...message, id: 'm2', turn: 2, content: '[forgotten]' },
      ])
      const schedule = { workspace, id: 's', plan: '{}', every_hours: 1, next_at: 1, created_at: 1 }
      await insert('crawl_schedule', [schedule])
    }
  })
  await database.migrate(migrations)
  const persons = async (table: string) => {
    const rows = await database.db
      .withTables<Tables>()
      .selectFrom(table)
      .select(['workspace', 'id', 'person'])
      .orderBy('workspace')
      .orderBy('id')
      .execute()
    return rows.map(({ workspace, id, person }) => [workspace, id, person])
  }
  expect(await persons('llm_threads')).toEqual([
    ['all', 't', null],
    ['own', 't', 'ada'],
  ])
  expect(await persons('llm_messages')).toEqual([
    ['all', 'm1', null],
    ['all', 'm2', null],
    ['own', 'm1', 'ada'],
    ['own', 'm2', null],
  ])
  expect(await persons('crawl_schedule')).toEqual([
    ['all', 's', null],
    ['own', 's', 'ada'],
  ])
})
