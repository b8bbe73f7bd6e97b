/** Bundles that somebody damaged, or made to hurt: refused with a reason before the first row is written. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Cairn, startCairn, until } from '../../../../test/harness.ts'
import { sha256 } from '../../../kernel/ids.ts'
import { exported, fill, imported, rowsIn } from './bundles.fixture.ts'
import { bundleOf, type Files, linesIn, manifestIn, unzipped, zipped } from './zip.fixture.ts'

let cairn: Cairn
let file: Blob
let files: Files
/** Originals of documents, which stay. */
let originals: string[]
let target: Awaited<ReturnType<Cairn['stranger']>>
beforeAll(async () => {
  cairn = await startCairn()
  await fill(cairn.api)
  originals = await filesBelow('blobs')
  ;({ file } = await exported(cairn.api))
  files = await unzipped(file)
  target = await cairn.stranger()
})
afterAll(() => cairn.stop())

async function filesBelow(folder: string): Promise<string[]> {
  const found = await readdir(join(cairn.home, folder), { recursive: true, withFileTypes: true }).catch(() => [])
  return found.filter((one) => one.isFile()).map(({ name }) => name)
}

const rows = () => rowsIn(cairn, target.workspace, target.person)
const empty = { created: 0, updated: 0, skipped: 0, failed: 0 }

/** The bundle with some of its files others; sums as the manifest had them. */
const changed = async (change: Record<string, Buffer | string | null>) => {
  const all = new Map<string, Buffer | string>(files)
  for (const [name, content] of Object.entries(change)) {
    if (content === null) all.delete(name)
    else all.set(name, content)
  }
  return zipped(all)
}
const withManifest = (change: object) =>
  changed({ 'manifest.json': JSON.stringify({ ...manifestIn(files), ...change }) })

/** The same bytes with a word in all its places another one of its length. */
function replaced(bytes: Buffer, word: string, other: string): Buffer {
  return Buffer.from(bytes.toString('latin1').replaceAll(word, other), 'latin1')
}
/** What the directory says of the size of every file. */
function lying(bytes: Buffer, size: number): Buffer {
  const copy = Buffer.from(bytes)
  for (let at = copy.indexOf('PK\x01\x02'); at >= 0; at = copy.indexOf('PK\x01\x02', at + 4))
    copy.writeUInt32LE(size, at + 24)
  return copy
}

/** One of the files that rows name. */
const travelling = () => [...files.keys()].find((name) => name.startsWith('files/')) as string
const sumOf = (number: number) => sha256(String(number))
/** A title with a byte in it that is no UTF-8. */
const noText = (line: object) =>
  Buffer.from(JSON.stringify({ ...line, title: '\u0001' }).replace('\\u0001', '\xff'), 'latin1')
const thread = () => linesIn(files, 'threads')[0] as Record<string, unknown>
const visit = () => linesIn(files, 'visits')[0] as Record<string, unknown>
const cases: [string, () => Promise<Buffer | Blob>, string, RegExp][] = [
  ['no ZIP file', async () => Buffer.from('no bundle at all, only words'), 'BUNDLE_NOT_READABLE', /no ZIP/],
  ['a ZIP file of nothing', () => zipped([]), 'BUNDLE_NOT_READABLE', /no manifest/],
  [
    'one cut off in the middle',
    async () => Buffer.from(await file.slice(0, file.size / 2).arrayBuffer()),
    'BUNDLE_NOT_READABLE',
    /damaged/,
  ],
  [
    'one with a flipped bit',
    async () => {
      const bytes = Buffer.from(await file.arrayBuffer())
      const at = bytes.indexOf('visits.ndjson') + 60
      bytes[at] = (bytes[at] as number) ^ 4
      return bytes
    },
    'BUNDLE_NOT_READABLE',
    /damaged/,
  ],
  [
    'other rows under the old sums',
    () => changed({ 'threads.ndjson': `${JSON.stringify({ ...thread(), title: 'About cairnz' })}\n` }),
    'BUNDLE_NOT_READABLE',
    /threads was changed/,
  ],
  [
    'a path that leads out',
    async () => replaced(await zipped([['ab/evil.ndjson', 'x'], ...files]), 'ab/evil', '../evil'),
    'BUNDLE_NOT_READABLE',
    /name that is not allowed/,
  ],
  [
    'an absolute path',
    async () => replaced(await zipped([['ab/evil.ndjson', 'x'], ...files]), 'ab/evil', '/etc/ab'),
    'BUNDLE_NOT_READABLE',
    /name that is not allowed/,
  ],
  [
    'a file twice',
    async () => replaced(await zipped([['threadz.ndjson', 'x'], ...files]), 'threadz', 'threads'),
    'BUNDLE_NOT_READABLE',
    /twice/,
  ],
  ['a link', () => zipped(files, 0o120777), 'BUNDLE_NOT_READABLE', /no file/],
  ['a file that nobody named', () => changed({ 'more.ndjson': '{}\n' }), 'BUNDLE_NOT_READABLE', /does not name/],
  ['a part that is missing', () => changed({ 'threads.ndjson': null }), 'BUNDLE_NOT_READABLE', /lacks threads/],
  [
    'a bomb',
    () => changed({ 'threads.ndjson': Buffer.alloc(48 * 1_048_576, 0x20) }),
    'BUNDLE_NOT_READABLE',
    /more than can be/,
  ],
  [
    'a bomb that says it is none',
    async () => lying(await changed({ 'threads.ndjson': Buffer.alloc(48 * 1_048_576, 0x20) }), 100),
    'BUNDLE_NOT_READABLE',
    /damaged/,
  ],
  [
    'a line without an end',
    () => changed({ 'threads.ndjson': `"${'0123456789abcdef'.repeat(2_200_000)}"` }),
    'BUNDLE_NOT_READABLE',
    /more than can be|too long/,
  ],
  [
    'a manifest that is none',
    () => changed({ 'manifest.json': '{"format":"other"}' }),
    'BUNDLE_NOT_READABLE',
    /manifest is none/,
  ],
  ['a newer one', () => withManifest({ schema_version: 99 }), 'BUNDLE_NEWER', /format 99/],
  ['an unknown part', () => bundleOf({ horoscopes: [{ sign: 'ox' }] }), 'BUNDLE_COMPONENT_UNKNOWN', /horoscopes/],
  [
    'a row that is none',
    () => bundleOf({ threads: [thread(), { ...thread(), title: 7 }] }),
    'BUNDLE_NOT_READABLE',
    /row 2/,
  ],
  [
    'a row with a field too many',
    () => bundleOf({ threads: [{ ...thread(), workspace: 'other' }] }),
    'BUNDLE_NOT_READABLE',
    /row 1/,
  ],
  ['a file that is missing', () => changed({ [travelling()]: null }), 'BUNDLE_NOT_READABLE', /lacks a file/],
  ['a file that was changed', () => changed({ [travelling()]: 'other' }), 'BUNDLE_NOT_READABLE', /changed or damaged/],
  [
    'a file under a name that leads out',
    async () => replaced(await zipped([[`files/abcd/${'0'.repeat(59)}`, 'x'], ...files]), 'files/abcd', 'files/../.'),
    'BUNDLE_NOT_READABLE',
    /name that is not allowed/,
  ],
  [
    'a bomb of many small files',
    () =>
      changed(
        Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`files/${sumOf(at)}`, Buffer.alloc(1_048_576, at)])),
      ),
    'BUNDLE_NOT_READABLE',
    /more than can be/,
  ],
  [
    'a file that is too large',
    () => {
      const large = Buffer.from(Array.from({ length: 3_000_000 }, (_, at) => sumOf(at % 1_000)[at % 64]).join(''))
      const content = Buffer.concat(Array.from({ length: 12 }, () => large))
      const line = { ...linesIn(files, 'document_originals')[0], sha256: sha256(content) }
      return bundleOf({ document_originals: [line] }, {}, [[`files/${line.sha256}`, content]])
    },
    'BUNDLE_NOT_READABLE',
    /too large/,
  ],
  ['words that are no JSON', () => bundleOf({ threads: ['{"id":'] }), 'BUNDLE_NOT_READABLE', /not JSON/],
  ['bytes that are no text', () => bundleOf({ threads: [noText(thread())] }), 'BUNDLE_NOT_READABLE', /damaged/],
  ['a visit that is none', () => bundleOf({ visits: [visit(), visit(), '7'] }), 'BUNDLE_NOT_READABLE', /visits.*row 3/],
  [
    'a visit with a time that is none',
    () => bundleOf({ visits: [visit(), { ...visit(), visited_at: '2026-02-30T00:00:00Z' }] }),
    'BUNDLE_NOT_READABLE',
    /row 2/,
  ],
  ['a visit that is no JSON', () => bundleOf({ visits: [visit(), '{"url":'] }), 'BUNDLE_NOT_READABLE', /row 2/],
  [
    'a visit that is no text, behind many that are',
    () => bundleOf({ visits: [...Array.from({ length: 9_000 }, visit), noText(visit()), visit()] }),
    'BUNDLE_NOT_READABLE',
    /row 9001/,
  ],
]

test.each(cases)('%s is refused, and nothing of it comes in', async (_, make, code, reason) => {
  const before = await rows()
  const bundle = await make()
  const job = await imported(
    target.api,
    bundle instanceof Blob ? bundle : new Blob([bundle as Uint8Array<ArrayBuffer>]),
  )
  expect(job).toMatchObject({ status: 'failed', attempt: 1, error: { code, message: expect.stringMatching(reason) } })
  expect(await rows()).toEqual(before)
})

test('what hurts within a sound bundle is left out with a reason', async () => {
  const { api } = await cairn.stranger()
  const id = (at: number) => `01890000-0000-7000-8000-00000000010${at}`
  const times = { created_at: '2026-01-01T00:00:00.000Z', updated_at: '2026-01-01T00:00:00.000Z' }
  const folder = (at: number, parent: number | null) => ({
    ...{
      id: id(at),
      parent_id: parent === null ? null : id(parent),
      title: `f${at}`,
      position: 'a0',
      version: 1,
      ...times,
    },
  })
  const task = { ...linesIn(files, 'tasks')[0], thread_id: null, parent_id: null }
  const { result } = await imported(
    api,
    await bundleOf({
      // Each hangs in the other.
      bookmark_folders: [folder(1, 2), folder(2, 1)],
      bookmarks: [
        {
          ...linesIn(files, 'bookmarks')[0],
          id: id(3),
          folder_id: id(9),
          url: 'https://u:secret@kept.example/?token=abcdefgh12345678',
        },
      ],
      tasks: [task, { ...task, id: id(4), position: '!!' }, { ...task, title: 'the same id again' }],
      messages: linesIn(files, 'messages'),
      visits: [{ ...linesIn(files, 'visits')[0], url: 'javascript:alert(1)' }],
      page_texts: [{ ...linesIn(files, 'page_texts')[0] }],
      task_events: [{ ...linesIn(files, 'task_events')[0], task_id: id(8), id: id(5) }],
    }),
  )
  expect(result.components).toMatchObject({
    bookmark_folders: { ...empty, created: 2 },
    bookmarks: { ...empty, created: 1 },
    tasks: { ...empty, created: 1, failed: 2 },
    messages: { ...empty, failed: linesIn(files, 'messages').length },
    visits: { ...empty, failed: 1 },
    page_texts: { ...empty, failed: 1 },
    task_events: { ...empty, failed: 1 },
  })
  expect(result.faults.map(({ reason }) => reason)).toContain('twice in the bundle, with other content')
  const { items } = await api.bookmarks.list({})
  expect(items[0]).toMatchObject({ folder_id: null, url: expect.not.stringMatching(/secret|abcdefgh12345678/) })
  expect((await api.bookmarks.tree({})).items.map(({ depth }) => depth).sort()).toEqual([1, 2])
})

test('the front door refuses what can be seen at once', async () => {
  const refusal = (call: Promise<unknown>) => call.catch((thrown: { problem: unknown }) => thrown.problem)
  const { api } = cairn
  expect(await refusal(api.bundles.export({ components: ['horoscopes'] }))).toMatchObject({
    code: 'BUNDLE_COMPONENT_UNKNOWN',
  })
  expect(await refusal(api.bundles.import.upload(file, { components: ['horoscopes'] }))).toMatchObject({
    code: 'BUNDLE_COMPONENT_UNKNOWN',
  })
  expect(await refusal(api.bundles.import.upload(file, { passphrase: 'short' }))).toMatchObject({ status: 422 })
  expect(await refusal(api.bundles.import({ path: 'relative.zip' }))).toMatchObject({ code: 'INVALID_INPUT' })
  expect(await refusal(api.bundles.import({}))).toMatchObject({ code: 'INVALID_INPUT' })
})

test('nobody else sees a bundle, and no file of one that came in is left', async () => {
  const { id } = await exported(cairn.api, { components: ['threads'] })
  const other = await cairn.stranger()
  for (const call of [other.api.bundles.download.raw({ id }), other.api.bundles.remove({ id })])
    await expect(call).rejects.toMatchObject({ problem: { status: 404, code: 'BUNDLE_NOT_FOUND' } })
  expect((await other.api.bundles.list({})).items).toEqual([])
  const kept = (await cairn.api.bundles.list({})).items
  expect(kept[0]).toMatchObject({ id, protected: false })
  for (const one of kept) await cairn.api.bundles.remove({ id: one.id })
  await expect(cairn.api.bundles.download.raw({ id })).rejects.toMatchObject({ problem: { status: 404 } })
  for (const folder of ['blobs', 'tmp'])
    await until(async () => (await filesBelow(folder)).every((name) => originals.includes(name)))
})
