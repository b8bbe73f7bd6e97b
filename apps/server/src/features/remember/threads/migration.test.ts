import { expect, onTestFinished, test } from 'vitest'
import { migrations } from '../../../../migrations/index.ts'
import { freshSettings, quietLog } from '../../../../test/database.ts'
import { openDatabase } from '../../../kernel/database/database.ts'
import { upFrom } from './lines.ts'

type Tables = Record<'llm_threads' | 'llm_messages', Record<string, unknown>>

test('threads from before branches become one line that is shown', async () => {
  const { settings, remove } = await freshSettings()
  const database = await openDatabase(settings, quietLog)
  onTestFinished(async () => {
    await database.close()
    await remove()
  })
  const at = migrations.findIndex(({ name }) => name === '0012-branches')
  await database.migrate(migrations.slice(0, at))
  const thread = (id: string, message_count: number) => ({
    ...{ workspace: 'w', id, title: id, description: '', origin: 'api', metadata: '{}', version: 1, message_count },
    ...{ created_at: 1, updated_at: 1, last_user_message_at: null, last_assistant_message_at: null },
  })
  const message = (thread_id: string, turn: number, parent_id: string | null) => ({
    ...{ workspace: 'w', id: `${thread_id}-${turn}`, thread_id, parent_id, turn, role: 'user', kind: 'plain' },
    ...{ state: 'complete', content: 'x', tokens: null, model: null, cost_usd: null, citations: '[]', metadata: '{}' },
    created_at: turn,
  })
  await database.transaction(async (db) => {
    const tables = db.withTables<Tables>()
    await tables
      .insertInto('llm_threads')
      .values([thread('a', 4), thread('b', 1), thread('none', 0)])
      .execute()
    // As chat wrote them: an answer followed its question, a question nothing.
    const rows = [message('a', 1, null), message('a', 2, 'a-1'), message('a', 3, null), message('a', 4, 'a-3')]
    await tables
      .insertInto('llm_messages')
      .values([...rows, message('b', 1, null)])
      .execute()
  })
  await database.migrate(migrations)
  const heads = await database.db
    .withTables<Tables>()
    .selectFrom('llm_threads')
    .select(['id', 'head_id'])
    .orderBy('id')
    .execute()
  expect(heads).toEqual([
    { id: 'a', head_id: 'a-4' },
    { id: 'b', head_id: 'b-1' },
    { id: 'none', head_id: null },
  ])
  const lines = await database.db
    .withTables<Tables>()
    .selectFrom('llm_messages')
    .select(['id', 'begins'])
    .orderBy('id')
    .execute()
  expect(lines.map(({ begins }) => begins)).toEqual([1, 0, 0, 0, 1])
  const path = await upFrom({ workspace: 'w', db: database.db }, 'a', 'a-4', 10)
  expect(path.map(({ id }) => id)).toEqual(['a-4', 'a-3', 'a-2', 'a-1'])
})
