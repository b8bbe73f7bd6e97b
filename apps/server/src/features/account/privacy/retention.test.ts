import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Cairn, startCairn, until } from '../../../../test/harness.ts'
import { checkpoint } from '../../../kernel/events/retain.ts'

const day = 86_400_000
let now = Date.parse('2026-03-01T00:00:00.000Z')
let cairn: Cairn
beforeAll(async () => {
  cairn = await startCairn({ core: { clock: { now: () => now, monotonic: () => performance.now() } } })
})
afterAll(() => cairn.stop())

const ruleOf = async (rule: string) => (await cairn.api.privacy.retention()).items.find((each) => each.rule === rule)
async function apply() {
  const { job_id } = await cairn.api.privacy.applyRetention()
  return until(async () => {
    const job = await cairn.api.jobs.get({ id: job_id })
    return job.completed_at === null ? null : job
  })
}

test('what is remembered is kept for ever, what is only noted is not, and every rule says what it would remove', async () => {
  const { items } = await cairn.api.privacy.retention()
  expect(items.map(({ rule, usual }) => [rule, usual])).toEqual([
    ['model_calls', 365],
    ['visits', null],
    ['page_texts', null],
    ['crawls', 90],
    ['jobs.housekeeping', 1],
    ['jobs.succeeded', 30],
    ['jobs.others', 90],
    ['events', 365],
    ['requests', 365],
    ['answers', 1],
  ])
  expect(items.every(({ days, usual }) => days === usual)).toBe(true)
})

test('visits go by their age once somebody says so, with what hangs on them, and are counted as told', async () => {
  const seen = (path: string, days: number, text?: string) => ({
    ...{ url: `https://aging.example/${path}`, visited_at: new Date(now - days * day).toISOString() },
    ...(text && { text }),
  })
  await cairn.api.browser.createVisits({
    visits: [seen('old', 40, 'the bilby digs'), seen('both', 41), seen('both', 3), seen('new', 1, 'the quoll climbs')],
  })
  await until(async () => (await cairn.api.search.status()).pending === 0)
  expect((await ruleOf('visits'))?.due).toEqual({})
  await cairn.api.privacy.setRetention({ rule: 'visits', days: 30 })
  expect(await ruleOf('visits')).toMatchObject({ days: 30, usual: null, due: { visits: 2 } })
  const job = await apply()
  expect(job.result).toMatchObject({ removed: { visits: { visits: 2, pages: 1, page_texts: 1 } } })
  expect((await cairn.api.browser.listHistory({})).items.map(({ url }) => url.slice(22))).toEqual(['new', 'both'])
  expect((await cairn.api.search.query({ query: 'bilby' })).hits).toEqual([])
  expect((await ruleOf('visits'))?.due).toEqual({})

  await cairn.api.privacy.setRetention({ rule: 'visits', days: null })
  await cairn.api.privacy.setRetention({ rule: 'page_texts', days: 1 })
  now += 2 * day
  expect((await ruleOf('page_texts'))?.due).toEqual({ page_texts: 1 })
  await apply()
  await until(async () => (await cairn.api.search.query({ query: 'quoll' })).hits.length === 0)
  expect((await cairn.api.browser.listHistory({})).items).toHaveLength(2)
})

test('events go up to a checkpoint, and the chain is still whole', async () => {
  const { kernel, workspace } = cairn.core
  const principal = { kind: 'system', person: 'system', agent: null, credential: null, scopes: ['*'] } as const
  await cairn.api.privacy.setRetention({ rule: 'events', days: 10 })
  await kernel.scope({ workspace, principal }).write((tx) => checkpoint(tx))
  const { last } = await cairn.api.events.follow()
  now += 11 * day
  expect((await ruleOf('events'))?.due.events).toBeGreaterThan(5)
  await apply()
  const { items } = await cairn.api.events.follow({ after: 0, limit: 1 })
  expect(items[0]?.sequence).toBeGreaterThanOrEqual(last)
  expect((await cairn.api.events.audit({})).valid).toBe(true)
})

test('a rule that there is none of, or a span that is none, is refused', async () => {
  for (const body of [
    { rule: 'nothing', days: 1 },
    { rule: 'visits', days: 0 },
    { rule: 'visits' },
    { rule: 'visits', days: 1.5 },
  ]) {
    const init = { method: 'PATCH', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
    expect((await cairn.fetch('/api/privacy/retention', init)).status).toBe(422)
  }
})
