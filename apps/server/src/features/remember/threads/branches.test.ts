import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Cairn, startCairn } from '../../../../test/harness.ts'
import { plansOf } from '../../../../test/plans.ts'
import { newId } from '../../../kernel/ids.ts'
import { followers, lastOf, linesBehind, linesUp, linkedPage, messagesOfTurns } from './path-store.ts'

let cairn: Cairn
beforeAll(async () => {
  cairn = await startCairn()
})
afterAll(() => cairn.stop())

const refusal = (call: Promise<unknown>) =>
  call.then(
    () => null,
    (thrown: { problem?: unknown }) => thrown.problem ?? thrown,
  )
const say = (thread_id: string, content: string, parent_id?: string | null) =>
  cairn.api.threads.addMessage({
    thread_id,
    role: content.startsWith('re ') ? 'assistant' : 'user',
    content,
    ...(parent_id !== undefined && { parent_id }),
  })
const pathOf = async (thread_id: string) => (await cairn.api.threads.path({ thread_id })).items.toReversed()
const shown = async (thread_id: string) => (await pathOf(thread_id)).map(({ content }) => content)

test('messages follow each other, and an edited one begins a branch that is shown from then on', async () => {
  const { id, head_id } = await cairn.api.threads.create({})
  expect(head_id).toBeNull()
  expect(await shown(id)).toEqual([])
  const one = await say(id, 'one')
  const answer = await say(id, 're one')
  const two = await say(id, 'two')
  expect([one.parent_id, answer.parent_id, two.parent_id]).toEqual([null, one.id, answer.id])
  expect(await shown(id)).toEqual(['one', 're one', 'two'])

  const edited = await say(id, 'two, edited', answer.id)
  await say(id, 're two, edited')
  expect(await shown(id)).toEqual(['one', 're one', 'two, edited', 're two, edited'])
  const [, , place] = await pathOf(id)
  expect(place?.branch).toEqual({ at: 2, of: 2, previous: two.id, next: null })

  const back = await cairn.api.threads.branch({ thread_id: id, message_id: two.id })
  expect(back.head_id).toBe(two.id)
  expect(await shown(id)).toEqual(['one', 're one', 'two'])
  await cairn.api.threads.branch({ thread_id: id, message_id: edited.id })
  expect(await shown(id)).toEqual(['one', 're one', 'two, edited', 're two, edited'])

  // From the first message on everything can be said anew.
  const other = await say(id, 'another beginning', null)
  expect((await pathOf(id)).map(({ id: at, branch }) => [at, branch.of])).toEqual([[other.id, 2]])
  expect((await cairn.api.threads.messages({ thread_id: id })).items).toHaveLength(6)
})

test('choosing a branch changes nothing else; what is shown already is no choice', async () => {
  const { id } = await cairn.api.threads.create({ title: 'still' })
  const one = await say(id, 'one')
  await say(id, 'one again', null)
  const before = await cairn.api.threads.get({ id })
  const after = await cairn.api.threads.branch({ thread_id: id, message_id: one.id })
  expect(after).toEqual({ ...before, head_id: one.id })
  expect(await cairn.api.threads.branch({ thread_id: id, message_id: one.id })).toEqual(after)
})

test('a message of another thread, of nobody or of another workspace is not chosen', async () => {
  const { id } = await cairn.api.threads.create({})
  const other = await cairn.api.threads.create({})
  const { id: elsewhere } = await say(other.id, 'elsewhere')
  for (const message_id of [elsewhere, newId()])
    expect(await refusal(cairn.api.threads.branch({ thread_id: id, message_id }))).toMatchObject({
      status: 422,
      errors: [{ path: '/message_id' }],
    })
  const { api } = await cairn.stranger()
  for (const call of [
    () => api.threads.branch({ thread_id: other.id, message_id: elsewhere }),
    () => api.threads.path({ thread_id: other.id }),
    () => api.threads.markdown({ id: other.id }),
  ])
    expect(await refusal(call())).toMatchObject({ status: 404, code: 'THREAD_NOT_FOUND' })
  expect((await api.threads.linked({ kind: 'task', id: other.id })).items).toEqual([])
})

test('a long path comes in pages that stay on their branch', async () => {
  const { id } = await cairn.api.threads.create({})
  for (let at = 1; at <= 7; at += 1) await say(id, `m${at}`)
  const first = await cairn.api.threads.path({ thread_id: id, limit: 3 })
  expect(first.items.map(({ content }) => content)).toEqual(['m7', 'm6', 'm5'])
  await say(id, 'elsewhere', null)
  const second = await cairn.api.threads.path({ thread_id: id, limit: 3, cursor: first.next_cursor as string })
  expect(second.items.map(({ content }) => content)).toEqual(['m4', 'm3', 'm2'])
  const third = await cairn.api.threads.path({ thread_id: id, limit: 3, cursor: second.next_cursor as string })
  expect(third).toMatchObject({ items: [{ content: 'm1' }], next_cursor: null })
  expect(await refusal(cairn.api.threads.path({ thread_id: id, cursor: 'bm9uc2Vuc2U' }))).toMatchObject({
    errors: [{ path: '/cursor' }],
  })
})

test('a thread without a title is named by the first thing that is asked in it', async () => {
  const { id } = await cairn.api.threads.create({})
  await say(id, 're nothing yet')
  await say(id, '# How does the lease end?\nI forgot.')
  await say(id, 'And another question?')
  expect(await cairn.api.threads.get({ id })).toMatchObject({ title: 'How does the lease end?', version: 2 })
})

test('a thread is exported as Markdown: the shown branch in order, with sources', async () => {
  const { id } = await cairn.api.threads.create({ title: 'Export: the lease / Ärger', description: 'Notes on it.' })
  const ask = await say(id, 'dropped question')
  await say(id, 'Who renews it?', null)
  const source = { kind: 'file', id: 'f1', title: 'lease.ts', uri: 'src/lease.ts' }
  const place = { start_line: 3, end_line: 9, name: null, context: [] }
  await cairn.api.threads.addMessage({
    thread_id: id,
    role: 'assistant',
    content: 'The heartbeat [1].',
    model: 'test-model',
    citations: [{ n: 1, source, place, quote: 'renew()', time: null }],
  })
  for (let at = 0; at < 25; at += 1) await say(id, `turn ${at}`)
  const response = await cairn.api.threads.markdown.raw({ id })
  expect(response.headers.get('content-type')).toBe('text/markdown; charset=utf-8')
  expect(response.headers.get('content-disposition')).toContain(encodeURIComponent('export-the-lease-ärger.md'))
  const text = await response.text()
  expect(text).toMatch(/^# Export: the lease \/ Ärger\n\n\*.+ · api\*\n\nNotes on it\.\n\n## You · /)
  expect(text).toContain('## Answer · test-model · ')
  expect(text).toContain('The heartbeat [1].\n\n- [1] lease.ts — src/lease.ts, lines 3–9\n')
  expect(text).not.toContain('dropped question')
  expect([...text.matchAll(/^turn (\d+)$/gm)].map(([, at]) => Number(at))).toEqual(
    Array.from({ length: 25 }, (_, at) => at),
  )
  await cairn.api.threads.branch({ thread_id: id, message_id: ask.id })
  expect(await (await cairn.api.threads.markdown.raw({ id })).text()).toContain('dropped question')
})

test('a link is seen from both sides, and a task that is renamed keeps its threads', async () => {
  const { id } = await cairn.api.threads.create({ title: 'Planning' })
  const task = await cairn.api.tasks.create({ title: 'Ship it', thread_id: id })
  const source = { kind: 'task', id: task.id, title: task.title, uri: `task:${task.id}` }
  const citations = [{ n: 1, source, place: null, quote: 'x', time: null }]
  await cairn.api.threads.addMessage({ thread_id: id, role: 'assistant', content: 'see [1]', citations })
  await cairn.api.tasks.update({ id: task.id, title: 'Ship it soon' })
  const { items } = await cairn.api.threads.linked({ kind: 'task', id: task.id })
  expect(items.map(({ thread, relation }) => [thread.title, relation]).sort()).toEqual([
    ['Planning', 'cites'],
    ['Planning', 'plans'],
  ])
  const links = (await cairn.api.threads.links({ thread_id: id })).items
  expect(links.map(({ title }) => title)).toEqual(['Ship it soon', 'Ship it soon'])
})

test('branches and links come out of an index', async () => {
  const workspace = cairn.core.workspace
  const plans = await plansOf(cairn.core.kernel.database, async (db) => {
    const from = { workspace, db }
    await followers(from, 'x', ['y', 'z'])
    await linesUp(from, 'x', 'y', { until: 7, most: 50 })
    await linesBehind(from, 'x', 7)
    await lastOf(from, 'x')
    await messagesOfTurns(from, 'x', [7, 8, 9])
    await linkedPage(from, { kind: 'task', ref: 'x' }, { limit: 51, after: [1, 'x'] })
  })
  expect(plans).toHaveLength(6)
  const ofSteps = (line: string) => /(SCAN|Scan on) path\b|SCAN CONSTANT ROW/.test(line)
  const scans = ({ plan }: { plan: string }) =>
    plan.split('\n').some((line) => !ofSteps(line) && /\bSCAN\b(?!.*USING)|Seq Scan|Hash/.test(line))
  expect(plans.filter((plan) => plan.sorts || scans(plan))).toEqual([])
  // Where a line begins is found without going through its turns.
  expect(plans[1]?.plan).toMatch(/llm_messages_line/)
})
