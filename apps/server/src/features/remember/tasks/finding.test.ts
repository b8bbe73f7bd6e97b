import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ModelServer, startModelServer } from '../../../../../sidecar/test/model-server.ts'
import { type Cairn, startCairn, until } from '../../../../test/harness.ts'
import { newId } from '../../../kernel/ids.ts'
import { exported, imported } from '../../account/bundles/bundles.fixture.ts'
import { erase, removedBy } from '../../account/privacy/privacy.fixture.ts'
import { dateReader } from './dates.ts'
import { findByRule, mayHoldTask, mostFound, tasksIn } from './finding.ts'

/** A Saturday, ten in the morning in Berlin. */
const at = Date.parse('2026-11-21T09:00:00.000Z')
const when = { at, read: await dateReader({ zone: 'Europe/Berlin' }) }
const endOf2027 = '2027-05-01T21:59:00.000Z'
const endOf = (day: string) => `${day}T22:59:00.000Z`

test('things to do are found by rules, with the date in their words; what is asked, quoted or said in passing is none', () => {
  const found = (text: string) => findByRule(text, when).map(({ title, due_at }) => [title, due_at])
  expect(found('TODO: write to Ada.')).toEqual([['Write to Ada', null]])
  expect(found('TODO: oil it by 2027-05-01. Who has the oil?')).toEqual([['Oil it', endOf2027]])
  expect(found('Some thoughts.\n- TODO(me): oil the hinge by 2026-12-01')).toEqual([
    ['Oil the hinge', endOf('2026-12-01')],
  ])
  expect(found('Please remind me to call Anna tomorrow at 9:00!')).toEqual([['Call Anna', '2026-11-22T08:00:00.000Z']])
  expect(found('Remind me to write to Ada.')).toEqual([['Write to Ada', null]])
  expect(found('Can you remind me tomorrow to water the moss?')).toEqual([['Water the moss', endOf('2026-11-22')]])
  expect(found('I need to send the report by Friday.')).toEqual([['Send the report', endOf('2026-11-27')]])
  expect(found('Thanks. We have to renew the lease on Monday, I think.')[0]?.[1]).toBe(endOf('2026-11-23'))
  expect(found("Don't forget to feed the cat")).toEqual([['Feed the cat', null]])
  expect(found('Erinnere mich daran, die Miete zu zahlen.')).toEqual([['Die Miete zu zahlen', null]])
  expect(found('Plan:\n- [ ] buy rope\n* [ ] mend the sail\n1. [ ] row\n- [x] sleep')).toEqual([
    ...[
      ['Buy rope', null],
      ['Mend the sail', null],
      ['Row', null],
    ],
  ])
  expect(found('TODO: oil it\nTODO: Oil it.')).toHaveLength(1)
  for (const nothing of [
    'What do I need to do by Friday?',
    'I need to understand leases.',
    'I have to say that this is good.',
    '> TODO: write to Ada',
    '```\n// TODO: write to Ada\n- [ ] write\n```',
    'Did you remind me to call Anna?',
    'Remember that the cat is fed.',
    'TODO:',
    'TODO: ...',
    '- [ ] ',
    '',
    'x'.repeat(200_000),
    'remind me '.repeat(20_000),
    `I need ${'to do '.repeat(3_000)}`,
    `1. ${'kuu'.repeat(3_000)}`,
    `a${'1. '.repeat(3_000)}`,
    `1.${' '.repeat(9_000)}kuu`,
  ])
    expect([nothing.slice(0, 40), found(nothing)]).toEqual([nothing.slice(0, 40), []])
  expect(found(`remind me ${'to '.repeat(3_000)}`)[0]?.[0]?.length).toBeLessThanOrEqual(200)
  const many = Array.from({ length: 50 }, (_, at) => `- [ ] thing ${at}`).join('\n')
  expect(found(`- [ ] one\n- [ ] one\n${many}`)).toHaveLength(mostFound)
  expect(mayHoldTask('Where is it?')).toBe(false)
  expect(mayHoldTask('Could you remind me to sleep?')).toBe(true)
})

test('however much a message names, little of it is searched for dates', () => {
  for (const line of ['TODO: a1\n', 'I must say a1. ', 'TODO: oil it tomorrow\n', `- [ ] ${'1/1 '.repeat(80)}\n`]) {
    const seen: string[] = []
    const read: typeof when.read = (text, now) => {
      seen.push(text)
      return when.read(text, now)
    }
    findByRule(line.repeat(1_200), { at, read })
    expect(seen.join('').length).toBeLessThanOrEqual(1_500)
    expect(seen.length).toBeLessThanOrEqual(75)
    expect(seen.length).toBeGreaterThan(0)
  }
  const counted = {
    at,
    read: (title: string) => ({ due_at: null, timed: false, words: '', title: `${title}${(calls += 1)}` }),
  }
  let calls = 0
  expect(findByRule('TODO: a\n'.repeat(1_000), counted)).toHaveLength(mostFound)
  expect(calls).toBe(mostFound)
})

test('in a long sentence the date is one of the last words', () => {
  const long = 'oil the hinge of the door that the fox comes through '.repeat(5)
  const [one] = findByRule(`TODO: ${long}by Friday`, when)
  expect(one?.due_at).toBe(endOf('2026-11-27'))
  expect(one?.title).toBe(`O${long.slice(1, 200)}`.trim())
  // No word is read from its middle: "…monday" would be one.
  expect(findByRule(`TODO: ${'x'.repeat(20)}monday ${'y '.repeat(97)}`, when)[0]?.due_at).toBe(null)
})

test('things to do are found in the languages that dates are read in, with their dates', async () => {
  const found = async (text: string, ...languages: string[]) => {
    const read = await dateReader({ zone: 'Europe/Berlin', languages })
    return findByRule(text, { at, read }).map(({ title, due_at }) => [title, due_at])
  }
  const nine = '2026-11-22T08:00:00.000Z'
  const friday = endOf('2026-11-27')
  const reminded = 'Bitte erinnere mich morgen um 9 daran, Anna anzurufen.'
  expect(await found(reminded, 'de')).toEqual([['Anna anzurufen', nine]])
  expect(await found('Ich muss den Bericht bis Freitag abgeben.', 'de-AT')).toEqual([['Den Bericht abgeben', friday]])
  expect(await found('Ich muss das so machen.', 'de')).toEqual([])
  expect(await found('Vergiss nicht, die Katze zu füttern!', 'de')).toEqual([['Die Katze zu füttern', null]])
  expect(await found("Rappelle-moi demain à 9h d'appeler Anna.", 'fr')).toEqual([['Appeler Anna', nine]])
  expect(await found('Je dois envoyer le rapport avant vendredi.', 'fr')).toEqual([['Envoyer le rapport', friday]])
  expect(await found('Recuérdame llamar a Ana mañana a las 9.', 'es')).toEqual([['Llamar a Ana', nine]])
  expect(await found('Tengo que enviar el informe antes del viernes.', 'es')).toEqual([['Enviar el informe', friday]])
  expect(await found('Ricordami di chiamare Anna domani alle 9.', 'it')).toEqual([['Chiamare Anna', nine]])
  expect(await found('Devo mandare la relazione entro venerdì.', 'it')).toEqual([['Mandare la relazione', friday]])
  expect(await found('Me lembre de ligar para Ana amanhã às 9h.', 'pt-BR')).toEqual([['Ligar para Ana', nine]])
  expect(await found('Herinner me eraan om Anna te bellen morgen om 9 uur.', 'nl')).toEqual([['Anna te bellen', nine]])
  expect(await found('提醒我明天上午9点给安娜打电话。', 'zh-CN')).toEqual([['给安娜打电话', nine]])
  const march = '2027-03-01T22:59:00.000Z'
  expect(await found('TODO: Bericht bis 1. März. Wer hilft?', 'de')).toEqual([['Bericht', march]])
  expect(await found('Ich muss den Bericht am 1. März abgeben.', 'de')).toEqual([['Den Bericht abgeben', march]])
  const dotted = 'Jan Januar Jänner Feb Februar März Mrz Apr April Mai Juni Juli Aug Sept Okt November Dez'
  for (const month of dotted.split(' '))
    expect((await found(`TODO: Bericht am 5. ${month} an Ada. Wer hilft?`, 'de'))[0]?.[0]).toMatch(/ Ada$/)
  for (const word of ['Julia', 'Mail', 'Jane', 'Augment', 'Sepp', 'Mais', 'Kuusi'])
    expect(await found(`TODO: oil hinge 5. ${word} knows how.`, 'de')).toEqual([['Oil hinge 5', null]])
  expect(await found('TODO: raportti 1. maaliskuuta mennessä', 'fi')).toEqual([['Raportti', march]])
  expect(await found('TODO: Bericht bis Freitag', 'en', 'de')).toEqual([['Bericht', friday]])
})

test('of what a model answers only what the message bears out is suggested', () => {
  const said = 'The lamp is broken again, the electrician has to come before Monday.'
  const one = { task: 'call the electrician about the broken lamp', due: 'before Monday' }
  const made = { title: 'Call the electrician about the broken lamp', due_at: endOf('2026-11-23') }
  expect(tasksIn(`Sure:\n${JSON.stringify([one])}`, said, when)).toEqual([made])
  const invented = { task: 'Buy a yellow submarine', due: null }
  const elsewhen = { task: 'electrician has to come', due: 'next Christmas' }
  expect(tasksIn(JSON.stringify([invented, elsewhen]), said, when)).toEqual([
    { title: 'Electrician has to come', due_at: null },
  ])
  for (const broken of ['', '[1', '[1, null, "x", {"task": 1}, {"due": "Monday"}]', '{"task":"the lamp"}', 'None.'])
    expect(tasksIn(broken, said, when)).toEqual([])
})

let server: ModelServer
let cairn: Cairn
beforeAll(async () => {
  server = await startModelServer({ models: ['test-chat'] })
  cairn = await startCairn({ sidecar: true })
})
afterAll(async () => {
  await cairn?.stop()
  await server?.close()
})

type Api = Cairn['api']
async function said(
  message: string,
  api: Api = cairn.api,
  more: { thread_id?: string; zone?: string; languages?: string[] } = {},
) {
  const answer = await api.chat.ask({ message, ...more })
  await until(async () => {
    const { items } = await api.jobs.list({ type: 'tasks.find' })
    return items.every(({ completed_at }) => completed_at !== null)
  })
  return answer
}
const suggested = async (api: Api, thread_id: string, state?: 'open' | 'added' | 'dismissed') =>
  (await api.tasks.listSuggestions({ thread_id, ...(state && { state }) })).items
const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => null,
    (thrown: { problem?: { code?: string } }) => thrown.problem?.code ?? String(thrown),
  )

test('a suggestion is no task until a person says so, and then it is one', async () => {
  const { api } = await cairn.stranger()
  const { thread_id, user_message_id } = await said('Remind me to mend the sail on 2027-03-01.', api, {
    zone: 'Asia/Tokyo',
  })
  const [one] = await suggested(api, thread_id)
  expect(one).toMatchObject({
    ...{ title: 'Mend the sail', due_at: '2027-03-01T14:59:00.000Z', state: 'open', task_id: null, thread_id },
    ...{ source: { kind: 'message', id: user_message_id }, found_by: 'rules' },
  })
  const id = one?.id as string
  expect((await api.tasks.list()).items).toEqual([])
  expect((await api.tasks.listSuggestions({ source_kind: 'message', source_id: user_message_id })).items).toEqual([one])
  expect((await api.tasks.listSuggestions({ source_kind: 'note' })).items).toEqual([])

  const task = await api.tasks.acceptSuggestion({ id })
  expect(task).toMatchObject({
    ...{ title: 'Mend the sail', due_at: one?.due_at, thread_id, status: 'pending' },
    source: `message:${user_message_id}`,
  })
  expect(await api.tasks.acceptSuggestion({ id, title: 'Another' })).toEqual(task)
  expect((await api.tasks.list()).items).toHaveLength(1)
  expect(await suggested(api, thread_id, 'added')).toMatchObject([{ id, task_id: task.id }])
  expect(await codeOf(api.tasks.dismissSuggestion({ id }))).toBe('CONFLICT')
  const types = (await api.events.follow({ after: 0, limit: 1_000 })).items.map(({ type }) => type)
  expect(types.filter((type) => type.startsWith('task.')).sort()).toEqual(['task.created', 'task.suggested'])

  await api.tasks.remove({ id: task.id, purge: true })
  expect(await suggested(api, thread_id)).toMatchObject([{ id, state: 'added', task_id: null }])
  expect(await codeOf(api.tasks.acceptSuggestion({ id }))).toBe('TASK_NOT_FOUND')
})

test('the date in a suggestion is read in the languages that came with the question', async () => {
  const { api } = await cairn.stranger()
  const { thread_id } = await said('Erinnere mich am 1. März 2027 um 9 Uhr daran, das Segel zu flicken.', api, {
    ...{ zone: 'Asia/Tokyo', languages: ['en-US@posix', 'de'] },
  })
  expect(await suggested(api, thread_id)).toMatchObject([
    { title: 'Das Segel zu flicken', due_at: '2027-03-01T00:00:00.000Z' },
  ])
})

test('nothing is suggested twice in a thread, also when it was put away or the question is edited', async () => {
  const { api } = await cairn.stranger()
  const first = await said('TODO: oil the hinge', api)
  const [one] = await suggested(api, first.thread_id)
  const id = one?.id as string
  const away = await api.tasks.dismissSuggestion({ id })
  expect(away).toMatchObject({ id, state: 'dismissed' })
  expect(await api.tasks.dismissSuggestion({ id })).toEqual(away)
  const { thread_id, user_message_id: replaces } = first
  await api.chat.ask({ thread_id, message: 'todo: OIL the hinge!\n- [ ] buy oil', replaces })
  await said('TODO: oil the hinge.', api, { thread_id })
  await api.chat.regenerate({ thread_id })
  expect((await suggested(api, thread_id)).map(({ title, state }) => [title, state])).toEqual([
    ['Buy oil', 'open'],
    ['Oil the hinge', 'dismissed'],
  ])
  const other = await said('TODO: oil the hinge', api)
  expect(await suggested(api, other.thread_id, 'open')).toHaveLength(1)
  // Whoever thinks better of it can still have it.
  expect(await api.tasks.acceptSuggestion({ id, title: 'Oil both hinges', due_at: null })).toMatchObject({
    ...{ title: 'Oil both hinges', due_at: null },
  })
})

test('others see nothing of it, and what cannot be is refused', async () => {
  const { api } = await cairn.stranger()
  const { thread_id } = await said('TODO: hide the key', api)
  const [one] = await suggested(api, thread_id)
  const id = one?.id as string
  const { api: stranger } = await cairn.stranger()
  expect((await stranger.tasks.listSuggestions({})).items).toEqual([])
  expect(await codeOf(stranger.tasks.acceptSuggestion({ id }))).toBe('SUGGESTION_NOT_FOUND')
  expect(await codeOf(stranger.tasks.dismissSuggestion({ id }))).toBe('SUGGESTION_NOT_FOUND')
  expect(await codeOf(api.tasks.acceptSuggestion({ id: newId() }))).toBe('SUGGESTION_NOT_FOUND')
  expect(await codeOf(api.tasks.acceptSuggestion({ id, due_at: 'soon' }))).toBe('INVALID_INPUT')
  expect(await codeOf(api.tasks.acceptSuggestion({ id, title: '' }))).toBe('INVALID_INPUT')
  expect(await codeOf(api.chat.ask({ message: 'TODO: go', zone: 'Mars/Olympus' }))).toBe('INVALID_INPUT')
  expect(await suggested(api, thread_id)).toEqual([one])
})

test('secrets are masked, a pause holds, and a key that may not write tasks finds none', async () => {
  const { api, key } = await cairn.stranger()
  const { thread_id } = await said('TODO: rotate ghp_0123456789abcdefghijklmnopqrstuvwxyz', api)
  expect((await suggested(api, thread_id)).map(({ title }) => title)).toEqual(['Rotate ***'])
  await api.capture.pause({ all: true })
  const paused = await said('TODO: nothing of this', api)
  await api.capture.resume({ all: true })
  expect(await suggested(api, paused.thread_id)).toEqual([])
  const asking = await cairn.client(key).users.createKey({ name: 'asks', scopes: ['chat:*', 'jobs:read'] })
  const answered = await said('TODO: nothing either', cairn.client(asking.secret))
  expect(await suggested(api, answered.thread_id)).toEqual([])
})

test('a deleted thread takes its suggestions along, erased things theirs; in a bundle they travel', async () => {
  const { api } = await cairn.stranger()
  const one = await said('TODO: count the herons', api)
  const two = await said('TODO: count the ospreys\n- [ ] count the owls', api)
  const [owls] = (await suggested(api, two.thread_id)).filter(({ title }) => title.includes('owls'))
  const task = await api.tasks.acceptSuggestion({ id: owls?.id as string })

  const target = await cairn.stranger()
  const { file } = await exported(api)
  expect((await imported(target.api, file)).result.total).toMatchObject({ failed: 0 })
  expect(await suggested(target.api, two.thread_id)).toEqual(await suggested(api, two.thread_id))
  expect((await imported(target.api, file)).result.total).toMatchObject({ created: 0, updated: 0, failed: 0 })

  expect((await api.threads.remove({ id: one.thread_id })).removed).toMatchObject({ task_suggestions: 1 })
  expect(await suggested(api, one.thread_id)).toEqual([])
  await erase({ api }, { source: { kind: 'task', id: task.id } })
  expect((await suggested(api, two.thread_id)).map(({ title }) => title)).toEqual(['Count the ospreys'])
  const receipt = await erase({ api }, { source: { kind: 'message', id: two.user_message_id } })
  expect(removedBy(receipt, 'tasks')).toMatchObject({ task_suggestions: 1 })
  expect(await suggested(api, two.thread_id)).toEqual([])

  const { items } = await target.api.threads.list()
  const there = await target.api.privacy.preview({ thread_id: two.thread_id })
  expect(there.parts.find(({ feature }) => feature === 'tasks')?.counts).toEqual({ task_suggestions: 2 })
  await erase({ api: target.api }, { thread_id: two.thread_id })
  expect(items).toHaveLength(2)
  expect((await target.api.tasks.listSuggestions({})).items).toMatchObject([{ title: 'Count the herons' }])
})

test('a model finds them where there is one, and the rules where it fails', async () => {
  const { api } = cairn
  const base_url = `${server.url}/v1`
  const { id } = await api.models.addProvider({ name: 'test', kind: 'openai-compatible', base_url })
  await api.models.setRoutes({ chat: [{ provider_id: id, model: 'test-chat' }], embed: [] })
  server.say(() => JSON.stringify([{ task: 'the electrician has to come', due: null }]))
  const found = await said('The lamp is broken, the electrician has to come.')
  expect(await suggested(api, found.thread_id)).toMatchObject([
    { title: 'The electrician has to come', found_by: 'test-chat' },
  ])
  server.say(() => 'I will not.')
  expect(await suggested(api, (await said('TODO: sweep the floor')).thread_id)).toEqual([])
})
