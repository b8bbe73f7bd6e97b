/** A bundle goes from a Cairn on SQLite into one on the database of the test's project. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Cairn, startCairn } from '../../../../test/harness.ts'
import { exported, fill, imported, rowsIn } from './bundles.fixture.ts'

let from: Cairn
let to: Cairn
beforeAll(async () => {
  from = await startCairn({ environment: { CAIRN_DATABASE_URL: '' } })
  to = await startCairn()
})
afterAll(async () => {
  await from.stop()
  await to.stop()
})

const everything = async (cairn: Cairn) => (await cairn.api.bundles.components({})).items.map(({ name }) => name)
const personOf = async (cairn: Cairn) => (await cairn.api.users.me({})).id
const room = async (cairn: Cairn) => {
  const { api, workspace, person } = await cairn.stranger()
  return { api, person, rows: () => rowsIn(cairn, workspace, person) }
}

test('everything comes in as it was, in every table; brought in twice it changes nothing', async () => {
  await fill(from.api)
  const person = await personOf(from)
  const before = await rowsIn(from, from.core.workspace, person)
  const { file, result } = await exported(from.api)
  expect(Object.keys(result.components).sort()).toEqual((await everything(from)).sort())

  const target = await room(to)
  const components = await everything(to)
  const first = await imported(target.api, file, { components })
  expect(first).toMatchObject({ status: 'succeeded', result: { dry_run: false, faults: [], left_out: {} } })
  const after = await target.rows()
  // A provider's key stays at home.
  before.model_provider = before.model_provider?.map((row) => String(row).replace('"has_key":1', '"has_key":0')) ?? []
  expect(after).toEqual(before)
  for (const table of ['llm_messages', 'memory_version', 'task_events', 'history', 'page_text', 'bookmarks', 'tabs'])
    expect(after[table]?.length, table).toBeGreaterThan(0)

  const again = await imported(target.api, file, { components })
  expect(again.result.total).toMatchObject({ created: 0, updated: 0, failed: 0 })
  expect(await target.rows()).toEqual(after)
})
