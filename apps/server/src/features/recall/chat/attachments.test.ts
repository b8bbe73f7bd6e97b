/** Documents that are handed over with a question. */
import { mostAttachments } from '@cairn/api/chat'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Cairn, startCairn } from '../../../../test/harness.ts'
import { newId } from '../../../kernel/ids.ts'
import { exported, imported } from '../../account/bundles/bundles.fixture.ts'
import { bundleOf, linesIn, unzipped } from '../../account/bundles/zip.fixture.ts'
import { erase, indexed, removedBy } from '../../account/privacy/privacy.fixture.ts'
import { pdfOf } from '../../capture/documents/pdf.fixture.ts'

let cairn: Cairn
beforeAll(async () => {
  cairn = await startCairn()
})
afterAll(() => cairn?.stop())

const file = (text: string | Uint8Array<ArrayBuffer>, name: string) => new File([text], name)
const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => null,
    (thrown: { problem?: { code?: string } }) => thrown.problem?.code ?? String(thrown),
  )

const heron = [
  '# On herons',
  '## Where they stand',
  'The heron waits by the weir of the mill at dusk.',
  '## What they eat',
  'Eels and frogs, in winter mostly voles.',
  '## Filler',
  ...Array.from({ length: 200 }, (_, at) => `Paragraph ${at} says little about anything at all, and says it slowly.\n`),
].join('\n\n')

test('a file is asked at once: it is cited, shown at the message, linked both ways, and the context says so', async () => {
  const { api } = cairn
  const pdf = await api.documents.add.upload(file(pdfOf(['The osprey dives for perch'], 'On ospreys'), 'osprey.pdf'))
  const made = await api.documents.add.upload(file(heron, 'heron.md'))
  const attachments = [made.id, pdf.id, made.id]
  const asked = await api.chat.ask({ message: 'What do they eat in winter?', attachments })
  expect(asked.message.content).toContain('in winter mostly voles')
  const [first] = asked.citations
  expect(first).toMatchObject({ source: { kind: 'document', id: made.id, title: 'On herons' } })
  expect(asked.citations.map(({ source }) => source.id)).toContain(pdf.id)
  const { thread_id, user_message_id } = asked
  const [question] = (await api.threads.messages({ thread_id })).items
  expect(question).toMatchObject({
    id: user_message_id,
    attachments: [
      { id: made.id, title: 'On herons' },
      { id: pdf.id, title: 'On ospreys' },
    ],
  })
  const { items: links } = await api.threads.links({ thread_id })
  expect(links).toContainEqual(
    expect.objectContaining({ kind: 'document', id: pdf.id, relation: 'attaches', message_id: user_message_id }),
  )
  const { items: threads } = await api.threads.linked({ kind: 'document', id: pdf.id })
  expect(threads).toMatchObject([{ thread: { id: thread_id } }, { thread: { id: thread_id } }])

  const context = await api.chat.context({ thread_id })
  expect(context.passages.map(({ n }) => n)).toEqual(context.passages.map((_, at) => at + 1))
  const given = context.passages.filter(({ attached }) => attached)
  expect([...new Set(given.map(({ source }) => source.id))]).toEqual([made.id, pdf.id])
  expect(given[0]?.text).toContain('voles')

  const markdown = await (await api.threads.markdown.raw({ id: thread_id })).text()
  expect(markdown).toContain('What do they eat in winter?\n\n- Attached: On herons\n- Attached: On ospreys')
})

test('an attached file has its place whatever else was found, whether the index has reached it or not', async () => {
  const { api } = await cairn.stranger()
  for (let at = 0; at < 20; at += 1)
    await api.memories.create({ key: `quartz ${at}`, value: `Quartz vein number ${at} runs through the granite.` })
  await indexed({ api } as Cairn)
  const made = await api.documents.create({ content: '# A letter\n\nDear Ada, the boat is blue.' })
  const other = await api.documents.create({ content: '# A list\n\nRope, sail, oars.' })
  const attachments = [made.id, other.id]
  const message = 'Where does the quartz vein run?'
  const look = async () => {
    const { citations, thread_id } = await api.chat.ask({ message, attachments })
    const { passages } = await api.chat.context({ thread_id })
    return { cited: citations.map(({ source }) => source.id), seen: passages.map(({ source }) => source.id) }
  }
  const early = await look()
  await indexed({ api } as Cairn)
  const late = await look()
  for (const { cited, seen } of [early, late]) {
    expect(seen.slice(0, 2)).toEqual(attachments)
    expect(seen.length).toBeGreaterThan(5)
    for (const id of attachments) expect(cited).toContain(id)
  }
  const elsewhere = await api.chat.ask({ message, attachments, sources: ['file'] })
  expect(elsewhere.citations.map(({ source }) => source.id)).toEqual(attachments)
})

test('what was attached is asked again by the next questions where it has to do with them', async () => {
  const { api } = await cairn.stranger()
  const made = await api.documents.create({ content: heron, title: 'Herons' })
  const { thread_id } = await api.chat.ask({ message: 'Where does the heron wait?', attachments: [made.id] })
  await indexed({ api } as Cairn)
  const seen = async (message: string) => {
    const preview = await api.chat.preview({ thread_id, message })
    return preview.passages.filter(({ attached }) => attached)
  }
  expect((await seen('Do they eat frogs and eels?'))[0]?.text).toContain('Eels and frogs')
  expect(await seen('Which company owned zeppelin gondolas?')).toEqual([])
  const another = await api.documents.create({ content: 'Zeppelins float.' })
  const preview = await api.chat.preview({ thread_id, message: 'zeppelin', attachments: [another.id] })
  expect(preview.passages[0]).toMatchObject({ attached: true, text: 'Zeppelins float.' })
  const { items } = await api.threads.messages({ thread_id })
  expect(items).toHaveLength(2)
})

test('an edited question takes its files along; without them the message stays as it was', async () => {
  const { api } = await cairn.stranger()
  const made = await api.documents.create({ content: heron, title: 'Herons' })
  const asked = await api.chat.ask({ message: 'Where does the heron wait?', attachments: [made.id] })
  const { thread_id, user_message_id } = asked
  await indexed({ api } as Cairn)
  await api.documents.remove({ id: made.id })
  const [question] = (await api.threads.messages({ thread_id })).items
  expect(question).toMatchObject({ attachments: [{ id: made.id, title: 'Herons' }] })
  const edited = await api.chat.ask({ thread_id, message: 'What do herons eat?', replaces: user_message_id })
  expect(edited.citations.map(({ source }) => source.id)).not.toContain(made.id)
  const { items } = await api.threads.messages({ thread_id })
  expect(items.find(({ id }) => id === edited.user_message_id)?.attachments).toEqual(question?.attachments)
  const again = await api.chat.regenerate({ thread_id })
  expect(again.message.state).toBe('complete')
  const without = await api.chat.ask({ thread_id, message: 'What?', replaces: user_message_id, attachments: [] })
  const after = (await api.threads.messages({ thread_id })).items
  expect(after.find(({ id }) => id === without.user_message_id)?.attachments).toEqual([])
})

test('what cannot be attached is refused, and nothing is asked', async () => {
  const { api } = cairn
  const foreign = await (await cairn.stranger()).api.documents.create({ content: 'not yours' })
  const own = await api.documents.create({ content: 'mine' })
  const { items: before } = await api.threads.list()
  const attempts: [string[], string][] = [
    [[newId()], 'DOCUMENT_NOT_FOUND'],
    [[own.id, foreign.id], 'DOCUMENT_NOT_FOUND'],
    [Array.from({ length: mostAttachments + 1 }, () => newId()), 'INVALID_INPUT'],
    [['heron.pdf'], 'INVALID_INPUT'],
  ]
  for (const [attachments, code] of attempts) {
    expect([attachments.length, await codeOf(api.chat.ask({ message: 'Well?', attachments }))]).toEqual([
      ...[attachments.length, code],
    ])
    const [thread] = before
    const thread_id = thread?.id as string
    expect(await codeOf(api.chat.preview({ thread_id, message: 'Well?', attachments }))).toBe(code)
  }
  for (const [content, name] of [
    ['', 'empty.md'],
    [new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 0]), 'a.pdf'],
  ] as const)
    expect([name, await codeOf(api.documents.add.upload(file(content, name)))]).toEqual([name, 'DOCUMENT_NOT_READABLE'])
  expect((await api.threads.list()).items).toEqual(before)
})

test('the same call again is the same question; with other files under its key it is refused', async () => {
  const [one, other] = [
    await cairn.api.documents.create({ content: 'The first paper.' }),
    await cairn.api.documents.create({ content: 'The second paper.' }),
  ]
  const ask = async (attachments?: string[]) => {
    const response = await cairn.fetch('/api/chat', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': 'papers-1' },
      body: JSON.stringify({ message: 'Which paper?', ...(attachments && { attachments }) }),
    })
    return (await response.json()) as { code?: string; message?: { id: string } }
  }
  const first = await ask([one.id])
  expect((await ask([one.id])).message?.id).toBe(first.message?.id)
  expect((await ask([other.id])).code).toBe('IDEMPOTENCY_CONFLICT')
  expect((await ask([])).code).toBe('IDEMPOTENCY_CONFLICT')
})

test('erased, a document is named by no message any more; in a bundle it comes along with them', async () => {
  const { api } = await cairn.stranger()
  const made = await api.documents.create({ content: heron, title: 'The heron dossier' })
  const kept = await api.documents.create({ content: 'Oats at noon.', title: 'Lunch' })
  const attachments = [made.id, kept.id]
  const { thread_id } = await api.chat.ask({ message: 'Where does the heron wait?', attachments })
  await indexed({ api } as Cairn)

  const target = await cairn.stranger()
  const { file: bundle } = await exported(api)
  expect(await imported(target.api, bundle)).toMatchObject({ status: 'succeeded', result: { total: { failed: 0 } } })
  const [there] = (await target.api.threads.messages({ thread_id })).items
  expect(there?.attachments.map(({ id }) => id)).toEqual(attachments)
  expect((await target.api.documents.get({ id: made.id })).title).toBe('The heron dossier')
  expect((await imported(target.api, bundle)).result.total).toMatchObject({ created: 0, updated: 0, failed: 0 })

  // A bundle from before there were attachments says nothing of them.
  const lines = await unzipped(bundle)
  const messages = linesIn(lines, 'messages').map((line) => ({ ...(line as object), attachments: undefined }))
  const old = await cairn.stranger()
  const before = await bundleOf({ threads: linesIn(lines, 'threads'), messages })
  expect(await imported(old.api, before)).toMatchObject({ result: { total: { created: 3, failed: 0 } } })
  const [silent] = (await old.api.threads.messages({ thread_id })).items
  expect(silent).toMatchObject({ content: 'Where does the heron wait?', attachments: [] })

  const receipt = await erase({ api }, { source: { kind: 'document', id: made.id } })
  expect(removedBy(receipt, 'documents')).toEqual({ documents: 1 })
  expect(removedBy(receipt, 'threads')).toMatchObject({ attachments: 1, quoting_answers: 1 })
  const [question, answer] = (await api.threads.messages({ thread_id })).items
  expect(question).toMatchObject({
    content: 'Where does the heron wait?',
    attachments: [{ id: kept.id, title: 'Lunch' }],
  })
  expect(answer?.content).toBe('[forgotten]')
  const left = [await api.threads.messages({ thread_id }), await api.threads.links({ thread_id })]
  expect(JSON.stringify(left)).not.toContain('dossier')
})
