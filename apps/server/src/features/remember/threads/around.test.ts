import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Cairn, startCairn } from '../../../../test/harness.ts'
import { newId } from '../../../kernel/ids.ts'
import { linesAtOnce } from './path-store.ts'

let cairn: Cairn
beforeAll(async () => {
  cairn = await startCairn()
})
afterAll(() => cairn.stop())

type Page = { items: { content: string }[]; next_cursor: string | null; newer_cursor: string | null; shown: boolean }
type Asked = { limit?: number; cursor?: string; around?: string; from?: 'start' | 'end' }

const say = (thread_id: string, content: string, parent_id?: string | null) =>
  cairn.api.threads.addMessage({ thread_id, role: 'user', content, ...(parent_id !== undefined && { parent_id }) })
const read = (thread_id: string, asked: Asked): Promise<Page> => cairn.api.threads.path({ thread_id, ...asked })
const words = ({ items }: Page) => items.map(({ content }) => content).join(' ')

/** All that is read from a page on, that page first. */
async function readOn(thread: string, first: Page, way: 'next_cursor' | 'newer_cursor'): Promise<string[]> {
  const pages = [words(first)]
  for (let { [way]: cursor } = first; cursor !== null; ) {
    const page = await read(thread, { limit: 3, cursor })
    pages.push(words(page))
    cursor = page[way]
  }
  return pages
}

/** A thread of messages that follow each other, and one branch behind the fourth: m1 … m4, then m5 … m9 or b5 … b8. */
async function forked() {
  const { id } = await cairn.api.threads.create({})
  const ids: Record<string, string> = {}
  for (let at = 1; at <= 9; at += 1) ids[`m${at}`] = (await say(id, `m${at}`)).id
  for (let at = 5; at <= 8; at += 1) {
    const parent = at === 5 ? ids.m4 : undefined
    ids[`b${at}`] = (await say(id, `b${at}`, parent)).id
  }
  const named = (name: string) => ids[name] as string
  return { id, named }
}

test('a page around a message has it in the middle, and leads on both ways to the ends of its branch', async () => {
  const { id, named } = await forked()
  const page = await read(id, { around: named('m3'), limit: 4 })
  expect(page).toMatchObject({ shown: true })
  expect(words(page)).toBe('b5 m4 m3 m2')
  expect(await readOn(id, page, 'next_cursor')).toEqual(['b5 m4 m3 m2', 'm1'])
  expect(await readOn(id, page, 'newer_cursor')).toEqual(['b5 m4 m3 m2', 'b8 b7 b6'])

  // Back from where it was led to.
  const last = await read(id, { cursor: page.newer_cursor as string, limit: 2 })
  expect(words(last)).toBe('b7 b6')
  expect(words(await read(id, { cursor: last.next_cursor as string, limit: 2 }))).toBe('b5 m4')
  expect(words(await read(id, { around: named('m3'), limit: 1 }))).toBe('m3')
})

test('the first and the last message have nothing before or behind them', async () => {
  const { id, named } = await forked()
  const first = await read(id, { around: named('m1'), limit: 4 })
  expect([words(first), first.next_cursor]).toEqual(['m3 m2 m1', null])
  const last = await read(id, { around: named('b8'), limit: 4 })
  expect([words(last), last.newer_cursor]).toEqual(['b8 b7 b6 b5', null])
  // What is said meanwhile comes behind it.
  await say(id, 'b9')
  expect(words(await read(id, { around: named('b8'), limit: 4 }))).toBe('b9 b8 b7 b6')
})

test('a message that is on another branch is shown on that one, and only choosing it shows it from then on', async () => {
  const { id, named } = await forked()
  const page = await read(id, { around: named('m6'), limit: 4 })
  expect([words(page), page.shown]).toEqual(['m8 m7 m6 m5', false])
  expect(await readOn(id, page, 'newer_cursor')).toEqual(['m8 m7 m6 m5', 'm9'])
  expect((await readOn(id, page, 'next_cursor')).join(' ')).toBe('m8 m7 m6 m5 m4 m3 m2 m1')
  expect((await cairn.api.threads.get({ id })).head_id).toBe(named('b8'))
  // Also from where both branches are one.
  const older = await read(id, { cursor: page.next_cursor as string, limit: 3 })
  expect([words(older), older.shown]).toEqual(['m4 m3 m2', false])
  expect(await readOn(id, older, 'newer_cursor')).toEqual(['m4 m3 m2', 'm7 m6 m5', 'm9 m8'])

  await cairn.api.threads.branch({ thread_id: id, message_id: named('m6') })
  expect((await cairn.api.threads.get({ id })).head_id).toBe(named('m9'))
  expect(await read(id, { around: named('m6'), limit: 4 })).toMatchObject({ shown: true })
  // A message of both branches is on the one that is shown.
  expect(words(await read(id, { around: named('m4'), limit: 4 }))).toBe('m6 m5 m4 m3')
  expect(await read(id, { around: named('b6'), limit: 4 })).toMatchObject({ shown: false })
})

test('a thread is read from its start, along the branch that is shown', async () => {
  const { id, named } = await forked()
  const page = await read(id, { from: 'start', limit: 3 })
  expect([words(page), page.next_cursor, page.shown]).toEqual(['m3 m2 m1', null, true])
  expect(await readOn(id, page, 'newer_cursor')).toEqual(['m3 m2 m1', 'b6 b5 m4', 'b8 b7'])
  await cairn.api.threads.branch({ thread_id: id, message_id: named('m5') })
  expect(words(await read(id, { from: 'start', limit: 6 }))).toBe('m6 m5 m4 m3 m2 m1')
  const other = await say(id, 'another beginning', null)
  expect(words(await read(id, { from: 'start' }))).toBe('another beginning')
  expect(other.turn).toBe(14)
  const empty = await cairn.api.threads.create({})
  expect(await read(empty.id, { from: 'start' })).toEqual({
    ...{ items: [], next_cursor: null, newer_cursor: null, shown: true },
  })
})

test('a message of another thread, of nobody, of another workspace or of a thread that is gone is not found', async () => {
  const { id } = await forked()
  const other = await cairn.api.threads.create({})
  const elsewhere = await say(other.id, 'elsewhere')
  const refused = (call: Promise<unknown>) =>
    call.then(
      () => null,
      (thrown: { problem: unknown }) => thrown.problem,
    )
  for (const around of [elsewhere.id, newId()])
    expect(await refused(read(id, { around }))).toMatchObject({ status: 404, code: 'MESSAGE_NOT_FOUND' })
  expect(await refused(read(id, { around: 'x' }))).toMatchObject({ status: 422, errors: [{ path: '/around' }] })
  const { api } = await cairn.stranger()
  const own = await api.threads.create({})
  expect(await refused(api.threads.path({ thread_id: own.id, around: elsewhere.id }))).toMatchObject({
    ...{ status: 404, code: 'MESSAGE_NOT_FOUND' },
  })
  await cairn.api.threads.remove({ id: other.id })
  expect(await refused(read(other.id, { around: elsewhere.id }))).toMatchObject({
    status: 404,
    code: 'THREAD_NOT_FOUND',
  })
  expect(await refused(read(id, { around: elsewhere.id }))).toMatchObject({ status: 404, code: 'MESSAGE_NOT_FOUND' })
})

test('a thread that was branched at every turn is read the same, over more lines than come at once', async () => {
  const { id } = await cairn.api.threads.create({})
  const kept: { id: string; content: string }[] = []
  let parent: string | null = null
  // Every message is said twice; what comes next follows the first of the two, so that each begins a line.
  for (let at = 0; at < linesAtOnce + 5; at += 1) {
    const message: { id: string; content: string } = await say(id, `k${at}`, parent)
    kept.push(message)
    await say(id, `d${at}`, parent)
    parent = message.id
  }
  const last = kept.at(-1) as { id: string }
  await cairn.api.threads.branch({ thread_id: id, message_id: last.id })
  expect(words(await read(id, { from: 'start', limit: 3 }))).toBe('k2 k1 k0')
  const third = await read(id, { around: kept[2]?.id as string, limit: 5 })
  expect([words(third), third.shown]).toEqual(['k4 k3 k2 k1 k0', true])
  const markdown = await (await cairn.api.threads.markdown.raw({ id })).text()
  expect([...markdown.matchAll(/^[kd]\d+$/gm)].map(([word]) => word)).toEqual(kept.map(({ content }) => content))
})
