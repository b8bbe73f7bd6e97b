import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { type Cairn, startCairn, until } from '../../../../test/harness.ts'
import { newId, sha256 } from '../../../kernel/ids.ts'
import { erase, filesWith, indexed, plant, removedBy, secretSite, tableNames, tablesWith } from './privacy.fixture.ts'

const dialect = inject('dialect')
let cairn: Cairn
beforeAll(async () => {
  cairn = await startCairn()
})
afterAll(() => cairn.stop())

const db = () => cairn.core.kernel.database.db
const day = 86_400_000

describe('erasing a site', () => {
  let planted: Awaited<ReturnType<typeof plant>>
  beforeAll(async () => {
    planted = await plant(cairn)
  })

  test('is previewed by feature, and nothing is changed by that', async () => {
    const preview = await cairn.api.privacy.preview({ site: `https://${secretSite}/anything` })
    const parts = Object.fromEntries(preview.parts.map(({ feature, counts }) => [feature, counts]))
    expect(parts).toMatchObject({
      browser: { visits: 3, pages: 2, sites: 2, page_texts: 1 },
      bookmarks: { bookmarks: 1 },
      tabs: { tabs: 1 },
      memories: { memories: 1 },
      tasks: { task_sources: 1 },
    })
    expect(preview.scope).toBe('site')
    expect(await cairn.api.privacy.preview({ site: secretSite })).toEqual(preview)
  })

  test('takes it out of every table and file, leaves the rest, and the receipt says so without naming it', async () => {
    const before = await cairn.api.events.audit({})
    const receipt = await erase(cairn, { site: secretSite })
    expect(removedBy(receipt, 'browser')).toMatchObject({ visits: 3, pages: 2, sites: 2, page_texts: 1, referrers: 1 })
    expect(removedBy(receipt, 'threads')).toMatchObject({ quoting_answers: 1 })
    expect(removedBy(receipt, 'chat')).toEqual({ contexts: 1 })
    expect(removedBy(receipt, 'bookmarks')).toEqual({ bookmarks: 1 })
    expect(removedBy(receipt, 'index').passages).toBeGreaterThan(3)
    expect(receipt).toMatchObject({ status: 'done', scope: 'site', left: [], copies: [] })

    // The rule that keeps the site out stays, and is the only thing that still names it.
    expect(await tablesWith(db(), dialect, `"${secretSite}"`)).toEqual(['capture_pause'])
    for (const place of [`//${secretSite}`, `deep.${secretSite}`])
      expect(await tablesWith(db(), dialect, place)).toEqual([])
    expect(receipt.proof?.found).toEqual([
      { where: 'table capture_pause', times: 1, reason: expect.any(String) as string },
    ])
    expect(receipt.proof?.marks).toBeGreaterThan(3)
    expect(JSON.stringify(receipt)).not.toContain('hidden')
    expect(receipt.fingerprint).toBe(sha256(`${receipt.salt}${secretSite}`))
    const words = ['/zebrafinch', `//${secretSite}`, 'The zebrafinch file', 'weighs twelve', 'Quagga notes']
    if (dialect === 'sqlite')
      for (const word of words) expect([word, await filesWith(cairn.home, word)]).toEqual([word, []])
    for (const word of words) expect([word, await tablesWith(db(), dialect, word)]).toEqual([word, []])

    const { items } = await cairn.api.browser.listHistory({})
    expect(items.map(({ site, referrer }) => [site, referrer])).toEqual([
      ['nothidden.example', null],
      ['open.example', null],
    ])
    expect((await cairn.api.search.query({ query: 'quagga' })).hits).toEqual([])
    expect((await cairn.api.search.query({ query: 'oats' })).hits.length).toBeGreaterThan(1)
    expect((await cairn.api.memories.get({ id: planted.memory.id })).value).toBe('oats at noon')
    expect(await cairn.api.tasks.get({ id: planted.task.id })).toMatchObject({ title: 'Look again', source: null })
    const { items: messages } = await cairn.api.threads.messages({ thread_id: planted.answer.thread_id })
    expect(messages.map(({ role, content, citations }) => [role, content === '[forgotten]', citations])).toEqual([
      ['user', false, []],
      ['assistant', true, []],
    ])
    const after = await cairn.api.events.audit({})
    expect(after).toMatchObject({ valid: true })
    expect(after.head.sequence).toBeGreaterThan(before.head.sequence)
  })

  test('that is not there removes nothing and proves that', async () => {
    const receipt = await erase(cairn, { site: 'never.example' })
    expect(receipt.removed).toEqual([])
    expect(receipt.proof).toMatchObject({ clean: true, found: [] })
  })

  test('does not call it clean while a file or a table still holds it', async () => {
    await cairn.api.browser.createVisit({
      url: 'https://leaky.example/',
      visited_at: new Date(Date.UTC(2026, 1, 1)).toISOString(),
    })
    const { workspace } = cairn.core
    await writeFile(join(cairn.home, 'forgotten.txt'), `somebody wrote https://leaky.example/ down`)
    await cairn.core.kernel.database.transaction(async (tx) => {
      await sql`insert into setting (workspace, id, value, updated_at) values (${workspace}, 'leak', '"https://leaky.example/"', 1)`.execute(
        tx,
      )
    })
    const { proof } = await erase(cairn, { site: 'leaky.example' })
    expect(proof?.clean).toBe(false)
    expect(proof?.found).toContainEqual({ where: 'forgotten.txt', times: expect.any(Number) as number, reason: null })
    expect(proof?.found.map(({ where }) => where)).toContain('table setting')
  })
})

test.runIf(dialect === 'sqlite')(
  'what is left in a long row is found although no byte of a file holds it whole',
  async () => {
    const { workspace, kernel } = cairn.core
    const word = '//sundered.example/'
    // A long row is cut into pages; somewhere the word lies across two of them.
    let at = 0
    for (; at < 150; at += 7) {
      const value = `${'x'.repeat(1_940 + at)}${word}${'y'.repeat(4_110 - at)}`
      await kernel.database.transaction(async (tx) => {
        await sql`insert into setting (workspace, id, value, updated_at) values (${workspace}, 'long', ${value}, 1)
          on conflict (workspace, id) do update set value = excluded.value`.execute(tx)
      })
      await kernel.database.scrub({ rewrite: false })
      if ((await filesWith(cairn.home, word)).length === 0) break
    }
    expect(at).toBeLessThan(150)
    const visited_at = new Date(Date.UTC(2026, 1, 1)).toISOString()
    await cairn.api.browser.createVisit({ url: `https:${word}`, visited_at })
    const { proof } = await erase(cairn, { site: 'sundered.example' })
    expect(proof).toMatchObject({ clean: false, found: [{ where: 'table setting', times: 1 }] })
    await kernel.database.transaction(async (tx) => {
      await sql`delete from setting where id = 'long'`.execute(tx)
    })
  },
)

describe('erasing', () => {
  test('a thread takes along its messages, memories, links and jobs, and detaches its tasks and tabs', async () => {
    const { api } = cairn
    const thread = await api.threads.create({ title: 'About the numbat colony' })
    await api.threads.addMessage({ thread_id: thread.id, role: 'user', content: 'Numbats eat termites only.' })
    await api.memories.create({ scope: 'thread', scope_ref: thread.id, key: 'numbat', value: 'striped numbat' })
    const task = await api.tasks.create({ title: 'Count them', thread_id: thread.id })
    await indexed(cairn)
    const receipt = await erase(cairn, { thread_id: thread.id })
    expect(removedBy(receipt, 'threads')).toMatchObject({ threads: 1, messages: 1 })
    expect(removedBy(receipt, 'memories')).toEqual({ memories: 1 })
    expect(removedBy(receipt, 'tasks')).toEqual({ tasks_detached: 1 })
    expect(receipt.proof).toMatchObject({ clean: true })
    expect((await api.tasks.get({ id: task.id })).thread_id).toBeNull()
    await expect(api.threads.get({ id: thread.id })).rejects.toMatchObject({ problem: { code: 'THREAD_NOT_FOUND' } })
    for (const word of ['umbats eat', 'numbat colony', 'striped numbat'])
      expect([word, await tablesWith(db(), dialect, word)]).toEqual([word, []])
    if (dialect === 'sqlite') expect(await filesWith(cairn.home, 'umbats eat')).toEqual([])
  })

  test('a period takes what was seen, said and kept in it; turns of a thread stay, without their words', async () => {
    const { api } = cairn
    const old = (path: string, at: number) => ({
      url: `https://old.example/${path}`,
      visited_at: new Date(at).toISOString(),
    })
    const [from, to] = [Date.UTC(2025, 4, 1), Date.UTC(2025, 4, 2)]
    await api.browser.createVisits({
      visits: [old('in', from), old('both', from + 1), old('both', to + day), old('out', to), old('before', from - 1)],
    })
    const period = { from: new Date(from).toISOString(), to: new Date(to).toISOString() }
    const receipt = await erase(cairn, period)
    expect(removedBy(receipt, 'browser')).toMatchObject({ visits: 2, pages: 1 })
    expect(receipt).toMatchObject({ ...period, fingerprint: null })
    const { items } = await api.browser.listHistory({ site: 'old.example' })
    expect(items.map(({ url }) => url.slice(20))).toEqual(['both', 'out', 'before'])

    const start = new Date(Date.now() - 1).toISOString()
    const thread = await api.threads.create({ title: 'Today only' })
    await api.threads.addMessage({ thread_id: thread.id, role: 'user', content: 'The echidna sleeps today.' })
    const kept = await api.threads.list({})
    const [older] = kept.items.filter(({ id }) => id !== thread.id)
    await api.threads.addMessage({ thread_id: older?.id as string, role: 'user', content: 'The echidna wakes today.' })
    const second = await erase(cairn, { from: start })
    expect(removedBy(second, 'threads')).toMatchObject({ threads: 1, messages: 2 })
    expect(await tablesWith(db(), dialect, 'echidna')).toEqual([])
    const { items: turns } = await api.threads.messages({ thread_id: older?.id as string })
    expect(turns.map(({ turn }) => turn)).toEqual(turns.map((_, at) => at + 1))
    expect(turns.at(-1)?.content).toBe('[forgotten]')
    expect((await api.events.audit({})).valid).toBe(true)
  })

  test('a tab takes its visits, and one source what it is', async () => {
    const { api } = cairn
    const id = newId()
    await api.browser.createVisits({
      visits: [{ url: 'https://tab.example/wombat', visited_at: '2026-03-03T10:00:00.000Z', tab_id: id }],
    })
    const receipt = await erase(cairn, { tab_id: id })
    expect(removedBy(receipt, 'browser')).toMatchObject({ visits: 1, pages: 1 })
    const memory = await api.memories.create({ key: 'dunnart', value: 'a dunnart is no mouse' })
    await api.memories.update({ id: memory.id, value: 'a dunnart is a marsupial' })
    await indexed(cairn)
    const one = await erase(cairn, { source: { kind: 'memory', id: memory.id } })
    expect(removedBy(one, 'memories')).toEqual({ memories: 1, memory_versions: 1 })
    expect(await tablesWith(db(), dialect, 'dunnart')).toEqual([])
  })

  test('is one scope, confirmed; anything else changes nothing', async () => {
    const before = await cairn.api.privacy.listReceipts({})
    for (const body of [
      {},
      { site: 'a.example', everything: true },
      { from: '2026-01-02T00:00:00.000Z', to: '2026-01-01T00:00:00.000Z' },
      { site: 'not a site' },
      { source: { kind: 'file', id: newId() } },
      { person: 'ada' },
      { person: newId(), everything: true },
      { everything: false },
    ]) {
      for (const path of ['preview', 'delete']) {
        const confirm = path === 'delete' ? { confirm: true } : {}
        const init = {
          method: 'POST',
          body: JSON.stringify({ ...body, ...confirm }),
          headers: { 'content-type': 'application/json' },
        }
        expect([body, path, (await cairn.fetch(`/api/privacy/${path}`, init)).status]).toEqual([body, path, 422])
      }
    }
    for (const confirm of [undefined, false, 'true']) {
      const init = {
        method: 'POST',
        body: JSON.stringify({ everything: true, confirm }),
        headers: { 'content-type': 'application/json' },
      }
      expect((await cairn.fetch('/api/privacy/delete', init)).status).toBe(422)
    }
    expect(await cairn.api.privacy.listReceipts({})).toEqual(before)
  })
})

test('a person takes along what they made and did where that is known, and leaves what others did', async () => {
  const { api } = cairn
  const { workspace } = cairn.core
  const { person, key } = await cairn.stranger()
  const member = { workspace, person, role: 'editor' }
  await cairn.core.kernel.database.transaction((tx) =>
    tx.withTables<Record<'member', Record<string, unknown>>>().insertInto('member').values(member).execute(),
  )
  const theirs = cairn.client(key, workspace)
  const memory = await theirs.memories.create({ key: 'bilby', value: 'a bilby digs at night' })
  const task = await theirs.tasks.create({ title: 'Count the bilby burrows' })
  const own = await api.memories.create({ key: 'potoroo', value: 'a potoroo hops' })
  await theirs.memories.update({ id: own.id, value: 'a potoroo hops far' })
  const mine = await api.tasks.create({ title: 'Feed the potoroo', assignee: `person:${person}` })
  await theirs.tasks.addEvent({ task_id: mine.id, event_type: 'comment', payload: { text: 'a bilby was seen' } })
  const asked = await theirs.chat.ask({ message: 'What does a potoroo do?' })
  await indexed(cairn)
  await until(async () => (await api.jobs.get({ id: asked.job_id })).completed_at !== null)

  const preview = await api.privacy.preview({ person })
  const parts = Object.fromEntries(preview.parts.map(({ feature, counts }) => [feature, counts]))
  expect(preview.scope).toBe('person')
  expect(parts).toMatchObject({ memories: { memories: 1 }, tasks: { tasks: 1 }, threads: { threads: 1, messages: 2 } })
  expect(parts.jobs?.jobs).toBeGreaterThan(0)
  const receipt = await erase(cairn, { person })
  expect(receipt).toMatchObject({ scope: 'person', fingerprint: sha256(`${receipt.salt}${person}`) })
  expect(receipt.proof?.found).toEqual([])
  expect(await tablesWith(db(), dialect, 'bilby')).toEqual([])
  await expect(api.memories.get({ id: memory.id })).rejects.toMatchObject({ problem: { code: 'MEMORY_NOT_FOUND' } })
  await expect(api.tasks.get({ id: task.id })).rejects.toMatchObject({ problem: { code: 'TASK_NOT_FOUND' } })
  await expect(api.jobs.get({ id: asked.job_id })).rejects.toMatchObject({ problem: { code: 'JOB_NOT_FOUND' } })
  expect(await api.tasks.get({ id: mine.id })).toMatchObject({ title: 'Feed the potoroo', assignee: null })
  expect(JSON.stringify(await api.tasks.events({ task_id: mine.id }))).not.toContain(person)
  expect(JSON.stringify(await api.memories.audit({ id: own.id }))).not.toContain(person)
  expect((await api.memories.get({ id: own.id })).value).toBe('a potoroo hops far')
  await expect(api.threads.get({ id: asked.thread_id })).rejects.toMatchObject({
    problem: { code: 'THREAD_NOT_FOUND' },
  })
  expect((await api.events.audit({})).valid).toBe(true)
  expect((await api.privacy.preview({ person: newId() })).total).toBe(0)
  await expect(theirs.privacy.delete({ person, confirm: true })).rejects.toMatchObject({
    problem: { code: 'ACCESS_DENIED' },
  })
})

test('erasing everything empties every table of the workspace, and of no other', async () => {
  await plant(cairn)
  const stranger = await cairn.stranger()
  const theirs = await stranger.api.memories.create({ key: 'theirs', value: 'a numbat of my own' })
  await until(async () => (await stranger.api.search.status()).pending === 0)
  const receipt = await erase(cairn, { everything: true })
  expect(removedBy(receipt, 'browser').visits).toBeGreaterThan(5)
  expect(receipt.proof?.found).toEqual([])
  await indexed(cairn)

  const { workspace } = cairn.core
  const left: string[] = []
  for (const name of await tableNames(db(), dialect)) {
    const columns = await sql<Record<string, unknown>>`select * from ${sql.table(name)}`.execute(db())
    if (columns.rows.some((row) => row.workspace === workspace)) left.push(name)
  }
  // What stays: settings, the receipts, the chain without its data, jobs of after, and counters that are nought.
  const stays = ['event', 'event_head', 'jobs', 'job_log', 'job_schedule', 'job_status', 'job_step', 'member']
  stays.push(
    'passage_space',
    'privacy_delete',
    'setting',
    'model_provider',
    'model_route',
    'event_checkpoint',
    'secret',
  )
  expect(left.filter((name) => !stays.includes(name))).toEqual([])
  for (const word of [secretSite, 'zebrafinch', 'oats at noon', 'Look again'])
    expect([word, await tablesWith(db(), dialect, word)]).toEqual([word, []])
  if (dialect === 'sqlite') expect(await filesWith(cairn.home, 'oats at noon')).toEqual([])
  expect((await cairn.api.events.audit({})).valid).toBe(true)
  expect((await stranger.api.memories.get({ id: theirs.id })).value).toBe('a numbat of my own')
  expect((await stranger.api.search.query({ query: 'numbat' })).hits).toHaveLength(1)
  await expect(stranger.api.privacy.getReceipt({ id: receipt.id })).rejects.toMatchObject({
    problem: { code: 'RECEIPT_NOT_FOUND' },
  })
})

test('every table of a feature is erased or said to stay', () => {
  const without = cairn.core.features.filter(({ tables, erase }) => tables.length > 0 && !erase).map(({ name }) => name)
  // Who may come in, and the receipts.
  expect(without).toEqual(['users', 'workspaces', 'privacy'])
})
