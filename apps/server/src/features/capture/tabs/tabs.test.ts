import type { NewVisit } from '@cairn/api/browser'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Cairn, startCairn, until } from '../../../../test/harness.ts'
import { plansOf } from '../../../../test/plans.ts'
import { newId } from '../../../kernel/ids.ts'
import * as store from './store.ts'

let cairn: Cairn
let now = Date.parse('2026-11-21T12:00:00Z')
beforeAll(async () => {
  cairn = await startCairn({ core: { clock: { now: () => now, monotonic: () => performance.now() } } })
})
afterAll(() => cairn.stop())

const at = (time: number) => new Date(time).toISOString()
const refusal = (call: Promise<unknown>) =>
  call.then(
    () => null,
    (thrown: { problem?: unknown }) => thrown.problem ?? thrown,
  )
const fresh = () => cairn.stranger()
type Api = Cairn['api']
/** Types and data of the events that an action made. */
async function eventsOf(api: Api, action: () => Promise<unknown>) {
  const { last } = await api.events.follow({ limit: 1_000 })
  await action()
  const { items } = await api.events.follow({ after: last, limit: 1_000 })
  return items.map(({ type, data }) => ({ type, data }))
}
const page = (path: string, more: Partial<NewVisit> = {}) => ({ url: `https://stones.example/${path}`, ...more })

describe('a tab', () => {
  it('is opened, moved on, read and closed, each with one event that tells no address', async () => {
    const { api } = await fresh()
    let tab = {} as Awaited<ReturnType<typeof api.tabs.create>>
    const told = await eventsOf(api, async () => {
      tab = await api.tabs.create(page('a', { title: 'Stones' }))
    })
    expect(told).toEqual([{ type: 'tab.created', data: { bound: false } }])
    expect(tab).toMatchObject({
      ...{ current_url: 'https://stones.example/a', current_title: 'Stones', current_history_id: null },
      ...{ shadow_mode: 'visited_only', thread_id: null, version: 1 },
    })
    expect(await api.tabs.get({ id: tab.id })).toEqual(tab)
    now += 1_000
    const moving = await eventsOf(api, () => api.tabs.update({ id: tab.id, ...page('b'), shadow_mode: 'off' }))
    expect(moving).toEqual([{ type: 'tab.changed', data: { fields: expect.arrayContaining(['current_url']) } }])
    expect(await eventsOf(api, () => api.tabs.update({ id: tab.id, ...page('b') }))).toEqual([])
    expect(await api.tabs.get({ id: tab.id })).toMatchObject({ current_title: null, version: 2, shadow_mode: 'off' })
    const closing = await eventsOf(api, () => api.tabs.remove({ id: tab.id }))
    expect(closing).toEqual([{ type: 'tab.closed', data: {} }])
    expect(JSON.stringify([told, moving, closing])).not.toMatch(/stones/i)
    expect(await refusal(api.tabs.get({ id: tab.id }))).toMatchObject({ status: 404, code: 'TAB_NOT_FOUND' })
    expect(await refusal(api.tabs.remove({ id: tab.id }))).toMatchObject({ code: 'TAB_NOT_FOUND' })
  })

  it('with an id of its own is one tab, also at the same moment; another page under the id is refused', async () => {
    const { api } = await fresh()
    const input = { id: newId(), ...page('once') }
    const all = await Promise.all(Array.from({ length: 5 }, () => api.tabs.create(input)))
    expect(new Set(all.map(({ created_at, version }) => `${created_at} ${version}`)).size).toBe(1)
    expect((await api.tabs.list()).items).toHaveLength(1)
    expect(await refusal(api.tabs.create({ id: input.id, ...page('twice') }))).toMatchObject({ code: 'CONFLICT' })
  })

  it('masks secrets in its address and title, and shows nothing of what is no page of the web', async () => {
    const { api } = await fresh()
    const tab = await api.tabs.create({
      url: 'https://ann:hunter2@stones.example/?access_token=s3cr3t-one',
      title: 'API_TOKEN=s3cr3t-two',
    })
    expect(JSON.stringify(tab)).not.toMatch(/s3cr3t|hunter2/)
    expect(await api.tabs.update({ id: tab.id, url: 'about:blank', title: 'New tab' })).toMatchObject({
      ...{ current_url: null, current_title: null },
    })
    expect(await refusal(api.tabs.update({ id: tab.id, url: 'no address' }))).toMatchObject({
      ...{ status: 422, errors: [{ path: '/url' }] },
    })
    expect(await refusal(api.tabs.update({ id: tab.id, ...page('x'), text: 'words' }))).toMatchObject({
      errors: [{ path: '/text' }],
    })
    expect(await refusal(api.tabs.create({ ...page('x'), incognito: true }))).toMatchObject({ code: 'CAPTURE_PAUSED' })
  })

  it('keeps the visit that it tells of, and stands where its visits lead; a late one moves it not back', async () => {
    const { api } = await fresh()
    const first = await api.tabs.create(page('one', { title: 'One', visited_at: at(now - 60_000) }))
    const [visit] = (await api.browser.listVisits({ tab_id: first.id })).items
    expect(first).toMatchObject({ current_history_id: visit?.id, last_visited_at: at(now - 60_000) })
    await api.browser.createVisit(page('two', { title: 'Two', visited_at: at(now - 30_000), tab_id: first.id }))
    const tab = await until(async () => {
      const read = await api.tabs.get({ id: first.id })
      return read.current_title === 'Two' ? read : null
    })
    expect(tab).toMatchObject({ current_url: 'https://stones.example/two', last_visited_at: at(now - 30_000) })
    const late = await api.tabs.update({ id: first.id, ...page('late', { visited_at: at(now - 90_000) }) })
    expect(late).toEqual(tab)
    expect((await api.browser.listVisits({ tab_id: first.id })).items).toHaveLength(3)
  })

  it('is changed only by who has seen what it is', async () => {
    const tab = await cairn.api.tabs.create(page('shared'))
    const patch = (tag: string) =>
      cairn.fetch(`/api/browser/tabs/${tab.id}`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/json', 'if-match': tag },
        body: JSON.stringify(page('elsewhere')),
      })
    expect((await patch('"1"')).headers.get('etag')).toBe('"2"')
    expect((await patch('"1"')).status).toBe(412)
    expect(await refusal((await fresh()).api.tabs.get({ id: tab.id }))).toMatchObject({ code: 'TAB_NOT_FOUND' })
    await cairn.api.tabs.remove({ id: tab.id })
  })
})

describe('a thread of a tab', () => {
  it('is bound, used again and let go; deleting it leaves the tab', async () => {
    const { api } = await fresh()
    const { id } = await api.tabs.create(page('a', { title: 'About stones' }))
    const bound = await api.tabs.bind({ id })
    expect(await api.threads.get({ id: bound.thread_id as string })).toMatchObject({ title: 'About stones' })
    expect(await api.tabs.bind({ id })).toEqual(bound)
    expect(await api.tabs.bind({ id, thread_id: null })).toMatchObject({ thread_id: null })
    const thread = await api.threads.create({ title: 'By hand' })
    expect(await refusal(api.tabs.bind({ id, thread_id: newId() }))).toMatchObject({ code: 'THREAD_NOT_FOUND' })
    await api.tabs.bind({ id, thread_id: thread.id })
    expect((await api.tabs.list({ thread_id: thread.id })).items).toMatchObject([{ id }])
    expect((await api.threads.remove({ id: thread.id })).removed).toMatchObject({ threads: 1, tabs_detached: 1 })
    expect(await api.tabs.get({ id })).toMatchObject({ thread_id: null, current_title: 'About stones' })
  })

  it('is used by chat, or made by it and bound, once for the same call again', async () => {
    const { api, key } = await fresh()
    const { id } = await api.tabs.create(page('chat'))
    const ask = async (message: string, tab_id: string, again = newId()) => {
      const response = await fetch(`${cairn.url}/api/chat`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'idempotency-key': again },
        body: JSON.stringify({ message, tab_id }),
      })
      return (await response.json()) as { thread_id: string; user_message_id: string; code?: string }
    }
    const again = newId()
    const first = await ask('What do the stones say?', id, again)
    expect(await api.tabs.get({ id })).toMatchObject({ thread_id: first.thread_id })
    expect(await ask('What do the stones say?', id, again)).toMatchObject({ user_message_id: first.user_message_id })
    expect((await ask('And what else?', id)).thread_id).toBe(first.thread_id)
    expect((await api.threads.messages({ thread_id: first.thread_id })).items).toHaveLength(4)
    expect(await ask('Anyone?', newId())).toMatchObject({ code: 'TAB_NOT_FOUND' })
  })
})

describe('all tabs of a browser', () => {
  it('are brought to what is open, ten thousand of them, and found by their words', async () => {
    const { api } = await fresh()
    const open = Array.from({ length: 10_000 }, (_, n) => ({ id: newId(), ...page(`p/${n}`), title: `Stone ${n}` }))
    const kept = await api.tabs.create({ id: open[0]?.id as string, ...page('p/0'), title: 'Stone 0' })
    const thread = (await api.tabs.bind({ id: kept.id })).thread_id
    await api.tabs.create(page('gone'))
    now += 1
    expect(await api.tabs.replace({ tabs: open })).toEqual({ created: 9_999, changed: 0, closed: 1, left_out: 0 })
    expect(await eventsOf(api, () => api.tabs.replace({ tabs: open }))).toEqual([])
    expect(await api.tabs.get({ id: kept.id })).toMatchObject({ thread_id: thread })
    expect((await api.tabs.list({ q: 'stone 9999' })).items).toMatchObject([{ current_title: 'Stone 9999' }])
    expect(await refusal(api.tabs.create(page('one more')))).toMatchObject({ status: 409, code: 'TABS_FULL' })
    const ids = new Set<string>()
    for (let cursor: string | null = null; ; ) {
      const { items, next_cursor } = await api.tabs.list({ limit: 200, ...(cursor && { cursor }) })
      for (const { id } of items) ids.add(id)
      cursor = next_cursor
      if (cursor === null || ids.size > 600) break
    }
    expect(ids.size).toBe(800)
    expect(await api.tabs.replace({ tabs: [] })).toMatchObject({ closed: 10_000 })
    const twice = open.slice(0, 1)
    expect(await refusal(api.tabs.replace({ tabs: [...twice, ...twice] }))).toMatchObject({
      errors: [{ path: '/tabs/1/id' }],
    })
  })

  it('leave those of paused sites out, and close none of them', async () => {
    const { api } = await fresh()
    const { id } = await api.tabs.create(page('before'))
    await api.capture.pause({ site: 'bank.example' })
    const tabs = [
      { id, url: 'https://bank.example/account' },
      { id: newId(), url: 'https://my.bank.example/' },
    ]
    expect(await api.tabs.replace({ tabs })).toEqual({ created: 0, changed: 0, closed: 0, left_out: 2 })
    expect(JSON.stringify((await api.tabs.list()).items)).not.toContain('bank')
    expect(await refusal(api.tabs.update({ id, url: 'https://bank.example/' }))).toMatchObject({
      ...{ status: 409, code: 'CAPTURE_PAUSED' },
    })
  })

  it('come out of an index in their order', async () => {
    const plans = await plansOf(cairn.core.kernel.database, async (db) => {
      const from = { workspace: newId(), db }
      await store.tabPage(from, { limit: 51, after: [1, newId()] })
      await store.tabPage(from, { limit: 51, after: null, thread_id: newId() })
    })
    expect(plans.filter(({ sorts, scans }) => sorts || scans)).toEqual([])
  })
})

it('an agent needs the permission of tabs', async () => {
  const { secret } = await cairn.api.users.createKey({ name: 'reader', scopes: ['tabs:read'] })
  const api = cairn.client(secret)
  expect(await api.tabs.list()).toMatchObject({ items: [] })
  expect(await refusal(api.tabs.create(page('a')))).toMatchObject({ status: 403, code: 'ACCESS_DENIED' })
})
