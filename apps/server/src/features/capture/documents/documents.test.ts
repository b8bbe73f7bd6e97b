import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ApiError } from '@cairn/api/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Cairn, startCairn, until } from '../../../../test/harness.ts'
import { newId } from '../../../kernel/ids.ts'
import { pdfOf } from './pdf.fixture.ts'

let cairn: Cairn
beforeAll(async () => {
  cairn = await startCairn()
})
afterAll(() => cairn.stop())

const refusal = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof ApiError)) throw new Error(`not refused: ${String(error)}`)
  return error.problem.code
}
const file = (content: string | Uint8Array<ArrayBuffer>, name: string, type = '') => new File([content], name, { type })
const originals = async () => {
  const found = await readdir(join(cairn.home, 'blobs'), { recursive: true, withFileTypes: true })
  return found.filter((one) => one.isFile()).length
}
const events = async (id: string) => {
  const { items } = await cairn.api.events.follow({ after: 0, limit: 1_000 })
  return items.filter(({ subject }) => subject === id).map(({ type }) => type)
}

const page = `<!doctype html><html lang="pt_BR"><head><title>The hummingbird</title>
<meta name="author" content="Ada Byron"><meta property="article:published_time" content="2024-03-01T10:00:00Z">
<meta name="description" content="A small bird"><link rel="canonical" href="/birds/hummingbird"></head>
<body><nav><a href="/">Front page</a></nav><main><h1>The hummingbird</h1><p>${'It hovers before flowers. '.repeat(20)}</p>
<h2>Its nest</h2><p>Hangs on <a href="twigs.html#thin">thin twigs</a>.</p>
<table><tr><th>Kind</th><th>Grams</th></tr><tr><td>Bee|bird</td><td>1.6</td></tr></table>
<pre><code class="language-js">const wings = getWings()</code></pre>
<script>alert(1)</script><img src="x.png" onerror="alert(1)"><a href="javascript:alert(1)">click</a></main></body></html>`

describe('documents', () => {
  it('reads a page as Markdown, with what it says of itself', async () => {
    const url = 'https://www.birds.example/x/?id=7#top'
    const made = await cairn.api.documents.create({ content: page, format: 'html', url })
    expect(made).toMatchObject({
      ...{ title: 'The hummingbird', author: 'Ada Byron', language: 'pt-BR', description: 'A small bird' },
      ...{ published_at: '2024-03-01T10:00:00.000Z', url: 'https://www.birds.example/x/?id=7', format: 'html' },
      ...{ canonical_url: 'https://www.birds.example/birds/hummingbird', site: 'birds.example', version: 1 },
    })
    const { markdown, shown } = await cairn.api.documents.get({ id: made.id })
    expect(markdown).toContain('## Its nest')
    expect(markdown).toContain('[thin twigs](https://www.birds.example/x/twigs.html#thin)')
    expect(markdown).toContain('| Kind | Grams |\n| --- | --- |\n| Bee\\|bird | 1.6 |')
    expect(markdown).toContain('```js\nconst wings = getWings()\n```')
    expect(markdown).not.toMatch(/alert|Front page|javascript:/)
    expect(shown).toMatchObject({ version: 1, original: true, truncated: false })
    expect(await events(made.id)).toEqual(['document.created'])
    const { items } = await cairn.api.documents.list({ url: 'https://www.birds.example/birds/hummingbird' })
    expect(items.map(({ id }) => id)).toEqual([made.id])
  })

  it('keeps another content of an address as its next version, and the same content once', async () => {
    const url = 'https://versions.example/a'
    const first = await cairn.api.documents.create({ url, content: '# One\n\nfirst' })
    const again = await cairn.api.documents.create({ url, content: '# One\n\nfirst' })
    expect([again.id, again.version]).toEqual([first.id, 1])
    const second = await cairn.api.documents.create({ url, content: '# One\n\nsecond' })
    expect([second.id, second.version]).toEqual([first.id, 2])
    const detail = await cairn.api.documents.get({ id: first.id })
    expect(detail.versions.map(({ version }) => version)).toEqual([2, 1])
    expect(detail.markdown).toContain('second')
    expect((await cairn.api.documents.get({ id: first.id, version: 1 })).markdown).toContain('first')
    expect(await refusal(cairn.api.documents.get({ id: first.id, version: 3 }))).toBe('DOCUMENT_NOT_FOUND')
    expect(await events(first.id)).toEqual(['document.created', 'document.changed'])
  })

  it('answers the same id with the same content, and refuses other content under it', async () => {
    const id = newId()
    const input = { id, content: 'the same', title: 'Same' }
    const made = await cairn.api.documents.create(input)
    expect(await cairn.api.documents.create(input)).toMatchObject({ id, version: 1, title: 'Same' })
    expect(made.id).toBe(id)
    expect(await refusal(cairn.api.documents.create({ ...input, content: 'other' }))).toBe('CONFLICT')
    const stranger = await cairn.stranger()
    expect(await refusal(stranger.api.documents.get({ id }))).toBe('DOCUMENT_NOT_FOUND')
    expect(await refusal(stranger.api.documents.remove({ id }))).toBe('DOCUMENT_NOT_FOUND')
    expect(await refusal(stranger.api.documents.original({ id }))).toBe('DOCUMENT_NOT_FOUND')
    expect((await stranger.api.documents.list()).items).toEqual([])
    expect(await stranger.api.documents.create({ id, content: 'their own' })).toMatchObject({ id, title: 'their own' })
  })

  it('takes files of every kind, and gives them back as they came', async () => {
    const bytes = pdfOf(['The heron waits (quietly)'.replace(/[()]/g, ''), 'The second page'], 'On herons')
    const pdf = await cairn.api.documents.add.upload(file(bytes, '../../etc/heron.pdf', 'application/pdf'))
    expect(pdf).toMatchObject({ format: 'pdf', title: 'On herons', author: 'Ada', file_name: 'heron.pdf' })
    expect((await cairn.api.documents.get({ id: pdf.id })).markdown).toContain('## Page 2\n\nThe second page')
    const original = await cairn.api.documents.original.raw({ id: pdf.id })
    expect(original.headers.get('content-disposition')).toContain('attachment')
    expect(new Uint8Array(await original.arrayBuffer())).toEqual(bytes)

    const notes = '---\ntitle: Field notes\nauthor: [Ada, Bo]\ndate: 2024-05-06\n---\n# Other\n\ntext'
    expect(await cairn.api.documents.add.upload(file(notes, 'notes.md'))).toMatchObject({
      ...{ format: 'markdown', title: 'Field notes', author: 'Ada, Bo', published_at: '2024-05-06T00:00:00.000Z' },
    })
    const rss = `<?xml version="1.0"?><rss version="2.0"><channel><title>News</title><item><title>First</title>
      <link>https://news.example/1</link><description>&lt;b&gt;Bold&lt;/b&gt; news</description></item></channel></rss>`
    const feed = await cairn.api.documents.add.upload(file(rss, 'feed.xml', 'text/xml'))
    expect(feed).toMatchObject({ format: 'feed', title: 'News' })
    expect((await cairn.api.documents.get({ id: feed.id })).markdown).toContain('## First\n\n<https://news.example/1>')
    const latin = new Uint8Array([
      ...Buffer.from('<html><meta charset="iso-8859-1"><title>caf'),
      0xe9,
      ...Buffer.from('</title>'),
    ])
    expect((await cairn.api.documents.add.upload(file(latin, 'old.html'))).title).toBe('café')
    const utf16 = Buffer.from('\ufeffplain words', 'utf16le')
    const plain = await cairn.api.documents.add.upload(file(utf16, 'wide.txt', 'text/plain'))
    expect((await cairn.api.documents.get({ id: plain.id })).markdown).toBe('plain words')
    const { items } = await cairn.api.documents.list({ format: 'feed' })
    expect(items.map(({ id }) => id)).toEqual([feed.id])
    expect((await cairn.api.documents.list({ q: 'HERON.pdf herons' })).items.map(({ id }) => id)).toEqual([pdf.id])
  })

  it('is found by what it says, and no longer when it is gone, with its original', async () => {
    const before = await originals()
    const content = file('# Marsh\n\n## Reeds\n\nThe bittern booms among zyzzyva reeds.', 'marsh.md')
    const made = await cairn.api.documents.add.upload(content)
    expect((await cairn.api.documents.add.upload(content)).id).toBe(made.id)
    expect(await originals()).toBe(before + 1)
    const find = async () => (await cairn.api.search.query({ query: 'bittern zyzzyva', kinds: ['document'] })).hits
    const hit = await until(async () => (await find())[0])
    expect(hit.source).toMatchObject({ kind: 'document', id: made.id, title: 'Marsh', uri: 'marsh.md' })
    const copy = await cairn.api.documents.create({ id: newId(), content: await content.text(), title: 'A copy' })
    expect(await originals()).toBe(before + 1)
    expect(await cairn.api.documents.remove({ id: made.id })).toEqual({ removed: { documents: 1 } })
    await until(async () => (await find()).every(({ source }) => source.id === copy.id))
    await until(async () => (await jobs('documents.drop')).every(({ status }) => status === 'succeeded'))
    expect((await cairn.api.documents.original.raw({ id: copy.id })).status).toBe(200)
    await cairn.api.documents.remove({ id: copy.id })
    await until(async () => (await originals()) === before)
    expect(await refusal(cairn.api.documents.get({ id: made.id }))).toBe('DOCUMENT_NOT_FOUND')
  })

  it('keeps nobody’s secrets: not in text, title, address or original', async () => {
    const secret = 'ghp_0123456789abcdefghijABCDEFGHIJ012345'
    const made = await cairn.api.documents.create({
      ...{ content: `# Key ${secret}\n\nuse ${secret} with care`, url: `https://keys.example/?token=${secret}` },
    })
    const detail = await cairn.api.documents.get({ id: made.id })
    const original = await (await cairn.api.documents.original.raw({ id: made.id })).text()
    expect(JSON.stringify(detail) + original).not.toContain(secret)
    expect(detail.markdown).toContain('use *** with care')
    const html = await cairn.api.documents.create({ format: 'html', content: `<p>Take <b>${secret}</b> from here` })
    expect((await cairn.api.documents.get({ id: html.id })).markdown).not.toMatch(/ghp|0123/)
    const pdf = await cairn.api.documents.add.upload(file(pdfOf([`my key is ${secret}`]), 'key.pdf'))
    expect((await cairn.api.documents.get({ id: pdf.id })).shown.original).toBe(false)
    expect(await refusal(cairn.api.documents.original({ id: pdf.id }))).toBe('ORIGINAL_NOT_KEPT')
  })

  it('refuses what is no document, quickly and with the reason', async () => {
    const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 0])
    for (const [content, name] of [
      [png, 'a.png'],
      ['', 'empty.txt'],
      ['%PDF-1.4 rubbish', 'broken.pdf'],
      [pdfOf(['']), 'scan.pdf'],
      ['<rss><channel><item></rss', 'broken.rss'],
      [`<html><body>${'<div>'.repeat(50_000)}deep`, 'deep.html'],
      [`<html><body>${'<b><i>'.repeat(50_000)}deep`, 'deep2.html'],
    ] as const)
      expect([name, await refusal(cairn.api.documents.add.upload(file(content, name)))]).toEqual([
        ...[name, 'DOCUMENT_NOT_READABLE'],
      ])
    expect(await refusal(cairn.api.documents.create({ content: 'x', url: 'file:///etc/passwd' }))).toBe('INVALID_INPUT')
    const none = await cairn.fetch('/api/documents/upload', { method: 'POST', body: new FormData() })
    expect(none.status).toBe(422)
    for (const content of [
      '<html><title>Bare</title><p>Only this.',
      '<!DOCTYPE html><title>Bare</title><p>Only this.</p></html>',
      '<html lang=en><head><title>Bare</title></head><p>Only this.',
      '<title>Bare</title><body class="x"><p>Only this.</body>',
      '<p>Only this.',
    ]) {
      const { id } = await cairn.api.documents.create({ format: 'html', content, title: 'Bare' })
      expect((await cairn.api.documents.get({ id })).markdown).toBe('Only this.')
    }
    const wide = await cairn.api.documents.create({ format: 'html', content: `<p ${'a="1" '.repeat(20_000)}>word</p>` })
    expect((await cairn.api.documents.get({ id: wide.id })).markdown).toBe('word')
  })
})

const jobs = async (type: string) => (await cairn.api.jobs.list({ type })).items
