import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Cairn, startCairn, until } from '../../../../test/harness.ts'
import { newId } from '../../../kernel/ids.ts'

let cairn: Cairn
let now = Date.now()
beforeAll(async () => {
  cairn = await startCairn({ core: { clock: { now: () => now, monotonic: () => performance.now() } } })
})
afterAll(() => cairn.stop())

const refusal = (call: Promise<unknown>) =>
  call.then(
    () => null,
    (thrown: { problem?: unknown }) => thrown.problem ?? thrown,
  )
type Api = Cairn['api']
async function eventsOf(api: Api, action: () => Promise<unknown>) {
  const { last } = await api.events.follow({ limit: 1_000 })
  await action()
  const { items } = await api.events.follow({ after: last, limit: 1_000 })
  return items.map(({ type, data }) => ({ type, data }))
}
const visited = async (api: Api) => (await api.browser.listHistory()).items.map(({ url }) => url)

describe('a pause', () => {
  it('of everything is said, held, and ended; what came meanwhile is not there', async () => {
    const { api } = await cairn.stranger()
    expect(await api.capture.get()).toEqual({ paused: false, pauses: [], page_text: { on: true, sites: [] } })
    const told = await eventsOf(api, () => api.capture.pause({ all: true }))
    expect(told).toEqual([{ type: 'capture.paused', data: { target: 'all', until: null } }])
    expect(await eventsOf(api, () => api.capture.pause({ all: true }))).toEqual([])
    expect(await api.capture.get()).toMatchObject({ paused: true, pauses: [{ target: 'all', until: null }] })
    expect(await refusal(api.browser.createVisit({ url: 'https://a.example/' }))).toMatchObject({
      ...{ status: 409, code: 'CAPTURE_PAUSED' },
    })
    const visits = [{ url: 'https://a.example/' }, { url: 'https://b.example/' }]
    expect(await api.browser.createVisits({ visits })).toEqual({ created: 0, duplicates: 0, left_out: 2 })
    expect(await refusal(api.tabs.create({ url: 'https://a.example/' }))).toMatchObject({ code: 'CAPTURE_PAUSED' })
    expect(await refusal(api.tabs.replace({ tabs: [] }))).toMatchObject({ code: 'CAPTURE_PAUSED' })
    const ending = await eventsOf(api, () => api.capture.resume({ all: true }))
    expect(ending).toEqual([{ type: 'capture.resumed', data: { target: 'all' } }])
    expect(await eventsOf(api, () => api.capture.resume({ all: true }))).toEqual([])
    expect(await visited(api)).toEqual([])
    expect(await api.browser.createVisits({ visits })).toEqual({ created: 2, duplicates: 0 })
  })

  it('of a site holds for what lies below it and for nothing else', async () => {
    const { api } = await cairn.stranger()
    const told = await eventsOf(api, () => api.capture.pause({ site: 'https://www.Bank.example/login' }))
    expect(JSON.stringify(told)).not.toContain('bank')
    expect((await api.capture.get()).pauses).toMatchObject([{ target: 'site', site: 'bank.example', root: null }])
    const visits = ['bank.example', 'my.bank.example:8443', 'notbank.example', 'bank.example.org'].map((host) => ({
      url: `https://${host}/`,
    }))
    expect(await api.browser.createVisits({ visits })).toEqual({ created: 2, duplicates: 0, left_out: 2 })
    expect((await visited(api)).join()).not.toMatch(/\/bank\.example\/|my\.bank/)
    expect((await api.capture.resume({ site: 'bank.example' })).pauses).toEqual([])
  })

  it('with an end is over by itself, and says so', async () => {
    const { api } = await cairn.stranger()
    await api.capture.pause({ all: true, minutes: 10 })
    const { items, last } = await api.events.follow({ limit: 1_000 })
    expect(items.at(-1)).toMatchObject({ data: { until: new Date(now + 600_000).toISOString() } })
    now += 600_001
    expect(await api.capture.get()).toMatchObject({ paused: false, pauses: [] })
    expect(await api.browser.createVisits({ url: 'https://a.example/' })).toMatchObject({ created: 1 })
    await until(async () =>
      (await api.events.follow({ after: last, limit: 100 })).items.some(({ type }) => type === 'capture.resumed'),
    )
  })

  it('of a folder keeps new files out of the index until it ends, also over a restart', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cairn-pause-'))
    await writeFile(join(folder, 'before.md'), 'The first stone.')
    const { id } = await cairn.api.roots.create({ path: folder })
    const names = async () => (await cairn.api.files.list({ id })).items.map(({ path }) => path)
    await until(async () => (await names()).includes('before.md'))
    await cairn.api.capture.pause({ root: id })
    await writeFile(join(folder, 'meanwhile.md'), 'The second stone.')
    const scanned = async () => {
      const { job_id } = await cairn.api.roots.scan({ id })
      return until(async () => {
        const job = await cairn.api.jobs.get({ id: job_id })
        return job.status === 'succeeded' ? job.result : null
      })
    }
    expect(await scanned()).toEqual({ state: 'paused' })
    await cairn.restart()
    expect(await scanned()).toEqual({ state: 'paused' })
    expect(await names()).toEqual(['before.md'])
    expect(await cairn.api.capture.get()).toMatchObject({ paused: false, pauses: [{ target: 'root', root: id }] })
    await cairn.api.capture.resume({ root: id })
    await until(async () => (await names()).includes('meanwhile.md'))
    await rm(folder, { recursive: true })
  })

  it('takes exactly one target that is there, from people alone', async () => {
    const path = [{ path: '' }]
    expect(await refusal(cairn.api.capture.pause({}))).toMatchObject({ status: 422, errors: path })
    expect(await refusal(cairn.api.capture.pause({ all: true, site: 'a.example' }))).toMatchObject({ errors: path })
    expect(await refusal(cairn.api.capture.pause({ site: ':' }))).toMatchObject({ errors: [{ path: '/site' }] })
    expect(await refusal(cairn.api.capture.pause({ root: newId() }))).toMatchObject({ code: 'ROOT_NOT_FOUND' })
    expect(await refusal(cairn.api.capture.setPageText({ on: null }))).toMatchObject({ errors: [{ path: '/on' }] })
    const { secret } = await cairn.api.users.createKey({ name: 'looks', scopes: ['capture:read'] })
    expect(await refusal(cairn.client(secret).capture.pause({ all: true }))).toMatchObject({ status: 403 })
  })
})

describe('the text of a page', () => {
  const text = 'Granite weathers slower than limestone.\n\n\n\nexport API_TOKEN=s3cr3t-four'
  const visit = (host: string, more: object = {}) => ({ url: `https://${host}/rocks`, title: 'Rocks', text, ...more })

  it('is kept masked, found by search and in the history, and goes with its visit', async () => {
    const { api, workspace } = await cairn.stranger()
    let kept = {} as Awaited<ReturnType<typeof api.browser.createVisit>>
    const told = await eventsOf(api, async () => {
      kept = await api.browser.createVisit(visit('geology.example'))
    })
    expect(told.map(({ type }) => type)).toEqual(['visits.created', 'pages.read'])
    expect(JSON.stringify(told)).not.toMatch(/granite|geology/i)
    expect(await api.browser.getText({ id: kept.page_id })).toMatchObject({
      ...{
        text: 'Granite weathers slower than limestone.\n\nexport API_TOKEN=***',
        truncated: false,
        visit_id: kept.id,
      },
    })
    const again = visit('geology.example', { visited_at: kept.visited_at })
    expect(await eventsOf(api, () => api.browser.createVisit(again))).toEqual([])
    await until(async () => (await api.search.query({ query: 'granite limestone' })).hits.length > 0)
    expect((await api.browser.listHistory({ q: 'granite' })).items).toMatchObject([{ id: kept.id }])
    type Tables = Record<'page_text' | 'passage' | 'event', Record<string, unknown>>
    const tables = cairn.core.kernel.database.db.withTables<Tables>()
    for (const table of ['page_text', 'passage', 'event'] as const) {
      const rows = await tables.selectFrom(table).selectAll().where('workspace', '=', workspace).execute()
      expect(rows.length).toBeGreaterThan(0)
      expect(JSON.stringify(rows)).not.toContain('s3cr3t')
    }
    now += 60_000
    const later = await api.browser.createVisit(visit('geology.example', { text: undefined }))
    await api.browser.removeVisit({ id: kept.id })
    expect(await refusal(api.browser.getText({ id: kept.page_id }))).toMatchObject({ code: 'SOURCE_NOT_FOUND' })
    await until(async () => (await api.search.query({ query: 'granite limestone' })).hits.length === 0)
    expect(await visited(api)).toEqual([later.url])
  })

  it('is the newest, cut where it is too long, and forgotten alone when asked', async () => {
    const { api } = await cairn.stranger()
    const long = `${'stone '.repeat(33_330)}ghp_${'a'.repeat(36)} ${'more '.repeat(50_000)}`
    const { page_id: id } = await api.browser.createVisit(visit('long.example', { text: long }))
    const first = await api.browser.getText({ id })
    expect(first.truncated).toBe(true)
    expect(first.text.length).toBeLessThanOrEqual(200_000)
    expect(first.text).not.toContain('ghp_')
    const yesterday = new Date(now - 86_400_000).toISOString()
    await api.browser.createVisit(visit('long.example', { text: 'older', visited_at: yesterday }))
    expect((await api.browser.getText({ id })).text).toBe(first.text)
    await api.browser.removeText({ id })
    expect(await refusal(api.browser.removeText({ id }))).toMatchObject({ code: 'SOURCE_NOT_FOUND' })
    expect(await visited(api)).toHaveLength(2)
    expect(await refusal(api.browser.createVisit(visit('a.example', { text: 'x'.repeat(2_000_001) })))).toMatchObject({
      ...{ status: 422, errors: [{ path: '/text' }] },
    })
  })

  it('comes with every visit of a large batch, too', async () => {
    const { api, workspace } = await cairn.stranger()
    const visits = Array.from({ length: 60 }, (_, n) => visit(`s${n}.example`, { text: `Stone number ${n}` }))
    expect(await api.browser.createVisits({ visits })).toEqual({ created: 60, duplicates: 0 })
    const { items } = await api.browser.listHistory({ limit: 200 })
    const { page_id: id } = items.find(({ site }) => site === 's42.example') ?? { page_id: '' }
    expect(await api.browser.getText({ id })).toMatchObject({ text: 'Stone number 42' })
    await api.browser.removeHistory({ all: true })
    expect(await refusal(api.browser.getText({ id }))).toMatchObject({ code: 'SOURCE_NOT_FOUND' })
    type Tables = { page_text: Record<string, unknown> }
    const left = cairn.core.kernel.database.db.withTables<Tables>().selectFrom('page_text').selectAll()
    expect(await left.where('workspace', '=', workspace).execute()).toEqual([])
  })

  it('is kept by site, never of private windows or of tabs that are not to be read', async () => {
    const { api } = await cairn.stranger()
    const keeps = async (host: string, more: object = {}) => {
      now += 1_000
      const { page_id: id } = await api.browser.createVisit(visit(host, more))
      return (await refusal(api.browser.getText({ id }))) === null
    }
    await api.capture.setPageText({ site: 'mail.example', on: false })
    expect([await keeps('a.mail.example'), await keeps('news.example')]).toEqual([false, true])
    await api.capture.setPageText({ on: false })
    await api.capture.setPageText({ site: 'wiki.example', on: true })
    expect([await keeps('b.example'), await keeps('en.wiki.example')]).toEqual([false, true])
    expect((await api.capture.get()).page_text).toEqual({
      on: false,
      sites: [
        { site: 'mail.example', on: false },
        { site: 'wiki.example', on: true },
      ],
    })
    await api.capture.setPageText({ site: 'mail.example', on: null })
    await api.capture.setPageText({ on: true })
    const tab = await api.tabs.create({ url: 'https://c.example/', shadow_mode: 'off' })
    expect(await keeps('c.example', { tab_id: tab.id })).toBe(false)
    expect(await keeps('mail.example', { tab_id: newId() })).toBe(true)
    expect(await refusal(keeps('d.example', { incognito: true }))).toMatchObject({ code: 'CAPTURE_PAUSED' })
    expect((await visited(api)).join()).not.toContain('d.example')
  })
})
