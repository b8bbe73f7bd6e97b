/** Documents in bundles: their originals travel along, and one that stands there under another id becomes one with it. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Cairn, startCairn, until } from '../../../../test/harness.ts'
import { pdfOf } from '../../capture/documents/pdf.fixture.ts'
import { receiptOf } from '../privacy/privacy.fixture.ts'
import { exported, imported } from './bundles.fixture.ts'
import { linesIn, unzipped } from './zip.fixture.ts'

let cairn: Cairn
beforeAll(async () => {
  cairn = await startCairn()
})
afterAll(() => cairn.stop())

type Api = Cairn['api']
const empty = { created: 0, updated: 0, skipped: 0, failed: 0 }
const page = (words: string) =>
  `<!doctype html><html><head><title>${words}</title></head><body><main><p>${`${words}. `.repeat(20)}</p></main></body></html>`
const bytesOf = async (api: Api, id: string, version?: number) => {
  const { body } = await api.documents.original.raw({ id, ...(version && { version }) })
  return Buffer.concat(await Array.fromAsync(body as ReadableStream<Uint8Array>))
}
const blobsOf = async (workspace: string) => {
  const found = await readdir(join(cairn.home, 'blobs', workspace), { recursive: true, withFileTypes: true }).catch(
    () => [],
  )
  return found.filter((entry) => entry.isFile()).map(({ name }) => name)
}
const versionsOf = async (api: Api, id: string) => {
  const { versions, version, markdown } = await api.documents.get({ id })
  const said: string[] = []
  for (const one of versions) said.push((await api.documents.get({ id, version: one.version })).markdown.slice(0, 12))
  return { version, markdown, said, numbers: versions.map((one) => one.version) }
}

test('originals travel with their documents, each file once, and are there afterwards as they were', async () => {
  const one = await cairn.stranger()
  const pdf = Buffer.from(pdfOf(['Moss grows on the northern side of stones.']))
  const file = await one.api.documents.add.upload(new File([pdf], 'moss.pdf', { type: 'application/pdf' }), {})
  const html = page('Lichens are two beings in one')
  const first = await one.api.documents.create({ url: 'https://lichen.example/a', content: html, format: 'html' })
  const second = await one.api.documents.create({ url: 'https://lichen.example/b', content: html, format: 'html' })
  const bundle = await exported(one.api)
  const files = await unzipped(bundle.file)
  const travelling = [...files.keys()].filter((name) => name.startsWith('files/'))
  expect(travelling.sort()).toEqual(
    (await blobsOf(one.workspace))
      .filter((name) => files.has(`files/${name}`))
      .map((name) => `files/${name}`)
      .sort(),
  )
  expect(travelling).toHaveLength(2)
  expect(linesIn(files, 'document_originals')).toHaveLength(3)

  const other = await cairn.stranger()
  const dry = await imported(other.api, bundle.file, { dry_run: true })
  expect(await blobsOf(other.workspace)).toEqual([])
  const { result } = await imported(other.api, bundle.file)
  expect(result).toMatchObject({ components: { document_originals: { ...empty, created: 3 } }, faults: [] })
  expect(dry.result.components).toEqual(result.components)
  expect((await bytesOf(other.api, file.id)).equals(pdf)).toBe(true)
  for (const { id } of [first, second]) expect(String(await bytesOf(other.api, id))).toBe(html)
  expect(await blobsOf(other.workspace)).toHaveLength(2)

  const again = await imported(other.api, bundle.file)
  expect(again.result.components.document_originals).toEqual({ ...empty, skipped: 3 })
  const { job_id } = await other.api.privacy.delete({ site: 'lichen.example', confirm: true })
  await receiptOf(other, job_id)
  expect(await blobsOf(other.workspace)).toHaveLength(1)
  await other.api.documents.remove({ id: file.id })
  await until(async () => (await blobsOf(other.workspace)).length === 0)
  expect(String(await bytesOf(one.api, first.id))).toBe(html)
})

test('without its versions an original has nowhere to go, and is not kept', async () => {
  const one = await cairn.stranger()
  await one.api.documents.create({ url: 'https://alone.example/', content: page('All alone'), format: 'html' })
  const { file } = await exported(one.api, { components: ['document_originals'] })
  const other = await cairn.stranger()
  const { result } = await imported(other.api, file)
  expect(result.components.document_originals).toEqual({ ...empty, failed: 1 })
  expect(result.faults).toMatchObject([{ reason: 'the document that it is of is not here' }])
  expect(await blobsOf(other.workspace)).toEqual([])
})

test('a document that stands there under another id takes in the versions that it lacks, in the order of their times', async () => {
  const [one, other] = [await cairn.stranger(), await cairn.stranger()]
  const url = 'https://twin.example/page'
  const make = (api: Api, words: string) => api.documents.create({ url, content: page(words), format: 'html' })
  const here = await make(one.api, 'First here')
  const there = await make(other.api, 'Second there')
  await make(one.api, 'Third here')
  for (const { api } of [one, other]) await api.documents.create({ content: 'A note that both of them have.' })

  const { file } = await exported(one.api)
  const dry = await imported(other.api, file, { dry_run: true })
  const { result } = await imported(other.api, file)
  expect(result).toMatchObject({
    faults: [],
    components: {
      documents: { ...empty, updated: 1, skipped: 1 },
      document_versions: { ...empty, created: 2, skipped: 1 },
      document_originals: { ...empty, created: 2, skipped: 1 },
    },
  })
  expect(dry.result.components).toEqual(result.components)
  expect((await other.api.documents.list({})).items).toHaveLength(2)
  const joined = await versionsOf(other.api, there.id)
  expect(joined).toMatchObject({ version: 3, numbers: [3, 2, 1] })
  expect(joined.said).toEqual(['Third here. ', 'Second there', 'First here. '])
  expect(String(await bytesOf(other.api, there.id))).toBe(page('Third here'))
  expect(String(await bytesOf(other.api, there.id, 1))).toBe(page('First here'))
  await until(async () => (await other.api.search.query({ query: 'third' })).hits.length > 0)

  const again = await imported(other.api, file)
  expect(again.result.total).toMatchObject({ created: 0, updated: 0, failed: 0 })
  expect(await versionsOf(other.api, there.id)).toEqual(joined)

  // And back: here it lacks one in the middle, and goes on saying what it says.
  const back = await imported(one.api, (await exported(other.api)).file)
  expect(back.result).toMatchObject({
    faults: [],
    components: { documents: { failed: 0 }, document_versions: { ...empty, created: 1, skipped: 3 } },
  })
  expect(await versionsOf(one.api, here.id)).toEqual(joined)
  await make(one.api, 'Fourth here')
  expect((await versionsOf(one.api, here.id)).numbers).toEqual([4, 3, 2, 1])
})

test('a document that both sides changed has the versions of both, as many as are kept', async () => {
  const [one, other] = [await cairn.stranger(), await cairn.stranger()]
  const url = 'https://both.example/page'
  const make = (api: Api, words: string) => api.documents.create({ url, content: page(words), format: 'html' })
  const { id } = await make(one.api, 'Common')
  await imported(other.api, (await exported(one.api)).file)
  for (let number = 1; number <= 11; number++) {
    await make(one.api, `Here ${number}`)
    await make(other.api, `There ${number}`)
  }
  const { result } = await imported(other.api, (await exported(one.api)).file)
  expect(result).toMatchObject({ faults: [], components: { document_versions: { failed: 0, updated: 0 } } })
  const joined = await versionsOf(other.api, id)
  expect(joined.numbers).toHaveLength(20)
  expect(joined.said.slice(0, 3)).toEqual(['There 11. Th', 'Here 11. Her', 'There 10. Th'])
  expect(joined.version).toBe(joined.numbers[0])
  await until(async () => (await blobsOf(other.workspace)).length === 20)
})
