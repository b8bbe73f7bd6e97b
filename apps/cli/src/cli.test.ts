import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeChromiumProfile } from '../../server/test/fixtures/browser-profiles.ts'
import { type Cairn, compiled, until } from '../../server/test/harness.ts'
import { html, startSite } from '../../server/test/site.ts'
import { commandLine } from './cli.fixture.ts'

const { bin, cli, json, running } = commandLine({ CAIRN_ALLOWED_HOSTS: '127.0.0.1', CAIRN_CRAWL_DELAY: '0' })
let cairn: Cairn
let folder: string
beforeAll(async () => {
  cairn = running()
  folder = await mkdtemp(join(tmpdir(), 'cairn-cli-'))
  await writeFile(
    join(folder, 'lease.md'),
    '# Leases\n\nThe lease of a job is renewed by its heartbeat, every ten seconds.\n',
  )
})
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

describe('the command line', () => {
  it('ends quietly when whoever reads along has read enough', async () => {
    const child = spawn(process.execPath, [bin, 'call'], {
      env: { PATH: process.env.PATH ?? '', ...compiled, CAIRN_HOME: cairn.home, CAIRN_URL: cairn.url },
    })
    child.stdout.destroy()
    let err = ''
    child.stderr.on('data', (piece: Buffer) => (err += piece.toString()))
    const code = await new Promise((resolve) => child.once('close', resolve))
    expect([code, err]).toEqual([0, ''])
  })

  it('adds a folder, finds what is in it and answers from it, with file and lines', async () => {
    const root = await json('add', folder)
    expect(root).toMatchObject({ state: expect.any(String) })
    await until(async () => (await cairn.api.search.query({ query: 'heartbeat' })).hits.length > 0)

    const found = await json('search', 'heartbeet renewed', '--limit', '3')
    expect(found).toMatchObject({
      corrected: [{ from: 'heartbeet', to: 'heartbeat' }],
      hits: [{ source: { kind: 'file' } }],
    })
    const words = await cli(['search', 'lease', 'renewed'])
    expect(words.out).toMatch(/lease\.md:\d+-\d+/)

    const answer = await json('ask', 'who renews the lease of a job?')
    expect(answer).toMatchObject({ message: { model: null }, citations: [{ n: 1, source: { title: 'lease.md' } }] })
    const said = await cli(['ask', 'who renews the lease of a job?'])
    expect(said.out).toContain('heartbeat')
    expect(said.out).toMatch(/\[1\] \S*lease\.md:\d+-\d+/)
    expect(said.out).toContain('no model was asked')
  })

  it('shows an answer as words and a visit by its time and title', async () => {
    const visit = {
      url: 'https://garden.example/moss?lang=en&q=kyoto',
      title: 'Watering *moss* in Kyoto',
      visited_at: '2026-11-20T10:11:12.000Z',
    }
    await cairn.api.browser.createVisits(visit)
    await until(async () => (await cairn.api.search.query({ query: 'watering moss' })).hits.length > 0)
    const { out } = await cli(['ask', 'what did I read about watering moss in Kyoto?'], { TZ: 'UTC' })
    expect(out).toMatch(
      /\[1\] 2026-11-20 10:11 {2}Watering \*moss\* in Kyoto {2}https:\/\/garden\.example\/moss\?lang=en&q=kyoto/,
    )
    expect(out).not.toMatch(/\\\*|\*\*|\]\(/)

    const day = async (environment: Record<string, string>) =>
      /visit (.*)/.exec((await cli(['search', 'watering', 'moss', '--kind', 'visit'], environment)).out)?.[1]
    expect(await day({ TZ: 'Asia/Tokyo', LANG: 'de_DE.UTF-8' })).toBe('20.11.2026, 19:11')
    expect(await day({ TZ: 'America/New_York', LANG: 'de_DE.UTF-8', LC_TIME: 'en_GB' })).toBe('20/11/2026, 05:11')
    expect(await day({ TZ: 'UTC', LANG: 'en_GB', LC_ALL: 'C.UTF-8' })).toBe('2026-11-20 10:11')
    expect(await day({ TZ: 'UTC', LANG: 'no such@thing' })).toBe('2026-11-20 10:11')
  })

  it('knows what ~ stands for where no shell replaced it', async () => {
    const home = await mkdtemp(join(tmpdir(), 'cairn-cli-home-'))
    await mkdir(join(home, 'Profile 1'))
    const visit = '{"url":"https://a.example/","visited_at":"2026-11-20T10:00:00.000Z"}\n'
    await writeFile(join(home, 'Profile 1', 'v.jsonl'), visit)
    const added = await cli(['add', '~/Profile 1', '--json'], { HOME: home })
    expect(JSON.parse(added.out)).toMatchObject({ path: join(home, 'Profile 1') })
    const imported = await cli(['import', 'jsonl', '--profile', '~/Profile 1/v.jsonl', '--json'], { HOME: home })
    expect(JSON.parse(imported.out)).toMatchObject({ read: 1, created: 1 })
    await rm(home, { recursive: true, force: true })
  })

  it('hands files over with a question, and asks nothing where one cannot be read', async () => {
    await writeFile(join(folder, 'boat.md'), '# The boat\n\nIts hull is painted vermilion.\n')
    await writeFile(join(folder, 'empty.txt'), '')
    const boat = join(folder, 'boat.md')
    const question = 'What colour is the hull?'
    const answer = (await json('ask', question, '--attach', boat, '--attach', join(folder, 'lease.md'))) as unknown as {
      thread_id: string
      citations: { source: { kind: string; title: string }; quote: string }[]
    }
    expect(answer.citations[0]).toMatchObject({ source: { kind: 'document', title: 'The boat' } })
    const [asked] = (await cairn.api.threads.messages({ thread_id: answer.thread_id })).items
    expect(asked?.attachments.map(({ title }) => title)).toEqual(['The boat', 'Leases'])
    const before = (await cairn.api.threads.list()).items.length
    expect(await cli(['ask', question, '--attach', join(folder, 'nowhere.pdf')])).toMatchObject({ code: 2 })
    expect(await cli(['ask', question, '--attach', join(folder, 'empty.txt')])).toMatchObject({ code: 1 })
    expect(await cli(['ask', question, ...Array.from({ length: 11 }, () => `--attach=${boat}`)])).toMatchObject({
      code: 2,
    })
    expect((await cairn.api.threads.list()).items.length).toBe(before)
  })

  it('forgets a site: says what would go, asks unless told not to, and prints the receipt', async () => {
    await json('bookmark', 'add', 'https://regret.example/', 'Regret')
    expect(await json('forget', 'regret.example', '--dry-run')).toMatchObject({ scope: 'site', total: 1 })
    expect(await cli(['forget', 'regret.example'])).toMatchObject({ code: 2 })
    expect((await cli(['bookmark', 'list', 'regret'])).out).toContain('https://regret.example/')
    const done = await cli(['forget', 'regret.example', '--yes'])
    expect([done.code, done.out]).toEqual([0, expect.stringMatching(/1 {2}bookmarks\n[^]*Found nowhere afterwards\./)])
    expect((await cli(['bookmark', 'list', 'regret'])).out).toContain('No bookmarks.')
    expect(await cli(['forget', 'a.example', '--everything', '--yes'])).toMatchObject({ code: 1 })
    expect(await cli(['forget', '--from', 'yesterday'])).toMatchObject({ code: 2 })
    expect(await json('forget', '--person', 'me', '--dry-run')).toMatchObject({ scope: 'person' })
    expect(await cli(['forget', '--person', 'them', '--dry-run'])).toMatchObject({ code: 1 })
  })

  it('keeps bookmarks, brings a file of them in and writes one', async () => {
    const made = await json('bookmark', 'add', 'https://stones.example/', 'On', 'stones', '--tag', 'reading')
    expect(made).toMatchObject({ title: 'On stones', tags: ['reading'] })
    const file = join(folder, 'bookmarks.html')
    expect((await cli(['bookmark', 'export', file])).code).toBe(0)
    expect(await json('bookmark', 'import', file)).toMatchObject({ read: 1, created: 0, known: 1 })
    expect((await cli(['import', 'bookmarks', file])).out).toContain('1 bookmark read, 0 new, 1 known already')
    expect((await cli(['bookmark', 'list', 'STONES'])).out).toContain('https://stones.example/')
    expect(await cli(['bookmark', 'import', join(folder, 'nowhere.html')])).toMatchObject({ code: 2 })
    expect((await cli(['bookmark', 'add', 'nothing'])).err).toContain('is not an address')
  })

  it('brings history and bookmarks of a browser, or one of them, and a profile without bookmarks as well', async () => {
    const { folder: profile } = makeChromiumProfile(join(folder, 'browser'), { visits: 5 })
    const bare = await json('import', 'chromium', '--profile', profile)
    expect(bare).toMatchObject({ read: 5, created: 5, bookmarks: null })
    expect(await cli(['import', 'chromium', '--profile', profile, '--no-history'])).toMatchObject({ code: 1 })
    const url = { type: 'url', id: '4', name: 'Kept', url: 'https://kept.example/', date_added: '0' }
    const roots = { bookmark_bar: { type: 'folder', id: '1', name: 'Bar', children: [url] } }
    await writeFile(join(profile, 'Bookmarks'), JSON.stringify({ roots }))
    const both = await json('import', 'chromium', '--profile', join(profile, 'History'))
    expect(both).toMatchObject({ created: 0, duplicates: 5, bookmarks: { read: 1, created: 1, folders: 1 } })
    const { out } = await cli(['import', 'chromium', '--profile', profile, '--no-history'])
    expect(out).toContain('1 bookmark read, 0 new, 1 known already')
    expect(out).not.toContain('visits')
    expect(await json('import', 'chromium', '--profile', profile, '--no-bookmarks')).toMatchObject({ bookmarks: null })
    expect(await cli(['import', 'chromium', '--no-history', '--no-bookmarks'])).toMatchObject({ code: 2 })
  })

  it('keeps a file as a document, fetches pages, and says why it cannot', async () => {
    const file = join(folder, 'moraine.md')
    await writeFile(file, '# On moraines\n\nLeft by the glacier.\n')
    expect(await json('document', 'add', file)).toMatchObject({ title: 'On moraines', file_name: 'moraine.md' })
    expect((await cli(['document', 'list', 'MORAINE'])).out).toContain('On moraines')
    const site = await startSite({
      '/': html('Glaciers', 'Ice that flows.', ['/more more']),
      '/more': html('More', 'Ice.'),
    })
    expect(await json('crawl', `${site.url}/`, '--query', 'ice', '--depth', '1')).toMatchObject({
      counts: { created: 2 },
    })
    const daily = ['crawl', `${site.url}/`, '--depth', '0', '--every', 'day', '--at', '7:00', '--json']
    expect(await cli(daily, { TZ: 'Asia/Tokyo' })).toMatchObject({ code: 0 })
    const { items } = await cairn.api.crawls.listSchedules()
    expect(items).toMatchObject([{ every_hours: 24, at: '07:00', time_zone: 'Asia/Tokyo' }])
    expect(items[0]?.next_at).toMatch(/T22:00:00\.000Z$/)
    await site.stop()
    expect(await cli(['crawl', 'http://10.0.0.1/'])).toMatchObject({
      code: 4,
      err: expect.stringContaining('10.0.0.1'),
    })
  })

  it('brings conversations in, lists threads and writes one down as Markdown', async () => {
    const file = join(folder, 'conversations.json')
    const message = { uuid: 'm1', sender: 'human', text: 'Where do herons live?', content: [], attachments: [] }
    await writeFile(file, JSON.stringify([{ uuid: 'c1', name: 'Herons', chat_messages: [message] }]))
    const first = await cli(['import', 'chats', file])
    expect(first.out).toContain('1 conversation read, 1 new thread, 1 new message, 0 known already.')
    expect(await json('import', 'chats', file)).toMatchObject({ threads: 0, duplicates: 1 })
    const { items } = await json('thread', 'list', 'Heron')
    expect(items).toMatchObject([{ title: 'Herons', origin: 'claude' }])
    const { id } = (items as unknown as { id: string }[])[0] as { id: string }
    const shown = await cli(['thread', 'export', id])
    expect(shown.out).toMatch(/^# Herons\n[^]*\nWhere do herons live\?\n/)
    const out = join(folder, 'herons.md')
    expect(await cli(['thread', 'export', id, '--out', out])).toMatchObject({ code: 0 })
    expect(await readFile(out, 'utf8')).toBe(shown.out.slice(0, -1))
    expect(await cli(['thread', 'export', id, '--out', out])).toMatchObject({ code: 2 })
    expect(await cli(['import', 'chats'])).toMatchObject({ code: 2 })
    expect(await cli(['import', 'chats', join(folder, 'nothing.json')])).toMatchObject({ code: 2 })
  })

  it('writes tasks down with the date in their words, lists them and marks them as done', async () => {
    const made = await json(
      'task',
      'add',
      'Call',
      'Anna',
      '2026-12-01',
      '14:00',
      '--priority',
      'high',
      '--tag',
      'phone',
    )
    const due_at = new Date('2026-12-01T14:00').toISOString()
    expect(made).toMatchObject({ title: 'Call Anna', due_at, priority: 2, tags: ['phone'], status: 'pending' })
    const kept = await json('task', 'add', 'Read "tomorrow never dies"', '--due', '2026-12-02 9:00')
    expect(kept).toMatchObject({
      title: 'Read "tomorrow never dies"',
      due_at: new Date('2026-12-02T09:00').toISOString(),
    })

    const listed = await cli(['task', 'list', '--due'])
    expect(listed.out.split('\n')[0]).toMatch(/pending {2}Call Anna {2}high {2}due 2026-12-01 14:00 {2}#phone/)
    // One instant, however far the person's clock is from UTC.
    const there = await cli(['task', 'list', '--due'], { TZ: 'Asia/Kolkata' })
    const wall = new Date(Date.parse(due_at) + 19_800_000).toISOString().slice(0, 16).replace('T', ' ')
    expect(there.out).toContain(`due ${wall}`)
    expect(await json('task', 'done', made.id)).toMatchObject({ items: [{ id: made.id, status: 'completed' }] })
    expect((await json('task', 'list')).items).toMatchObject([{ id: kept.id }])
    expect((await json('task', 'list', '--all')).items).toHaveLength(2)

    const added = async (environment: Record<string, string>) =>
      JSON.parse((await cli(['task', 'add', 'Bericht bis 1. März 2031 9 Uhr', '--json'], environment)).out)
    const report = { title: 'Bericht', due_at: '2031-03-01T00:00:00.000Z' }
    expect(await added({ TZ: 'Asia/Tokyo', LANG: 'de_DE.UTF-8' })).toMatchObject(report)
    expect(await added({ TZ: 'Asia/Tokyo', LANG: 'en_GB.UTF-8', LC_TIME: 'de_AT' })).toMatchObject(report)
    expect(await added({ TZ: 'Asia/Tokyo', LC_ALL: 'C.UTF-8', LANG: 'de_DE' })).not.toMatchObject(report)
    expect(await cli(['task', 'add', 'x', '--due', 'whenever'])).toMatchObject({ code: 2 })
    expect(await cli(['task', 'add', 'x', '--priority', 'utmost'])).toMatchObject({ code: 2 })
    expect(await cli(['task', 'add'])).toMatchObject({ code: 2 })
    expect(await cli(['task', 'done', 'no-such-id'])).toMatchObject({ code: 1 })
  })

  it('lists jobs, and doctor says what is well', async () => {
    const { items } = await json('jobs', '--limit', '5')
    expect(items.length).toBeGreaterThan(0)
    const { status, checks } = await json('doctor')
    expect(status).toBe('ok')
    expect(checks.map(({ name }) => name)).toEqual(expect.arrayContaining(['server', 'database', 'index']))
  })

  it('makes, lists and revokes keys', async () => {
    const made = (await json('key', 'create', 'script', '--scope', 'memories:read')) as unknown as {
      id: string
      secret: string
    }
    expect((await cli(['call', 'memories.list'], { CAIRN_API_KEY: made.secret })).code).toBe(0)
    const denied = await cli(['call', 'memories.create', '{"key":"a","value":"b"}'], { CAIRN_API_KEY: made.secret })
    expect([denied.code, denied.err]).toEqual([4, expect.stringContaining('memories:write')])
    expect((await cli(['key', 'revoke', made.id])).code).toBe(0)
    expect((await cli(['call', 'memories.list'], { CAIRN_API_KEY: made.secret })).code).toBe(4)
  })

  it('calls any operation, and lists them all', async () => {
    const list = await json('call')
    expect(list.map(({ id }) => id)).toContain('search.query')
    const made = await cli(['call', 'memories.create', '{"key":"port","value":"9300"}'])
    expect(JSON.parse(made.out)).toMatchObject({ key: 'port', value: '9300' })
  })

  it('prints a link that logs a browser in', async () => {
    const { url } = await json('open')
    expect((await fetch(url, { redirect: 'manual' })).status).toBe(302)
  })

  it('shows control characters of file names and pages harmlessly', async () => {
    await cairn.api.memories.create({ key: 'trap', value: 'zebra \u001b]0;owned\u0007\u001b[2J \u202egnp.exe' })
    await until(async () => (await cairn.api.search.query({ query: 'zebra' })).hits.length > 0)
    const { out } = await cli(['search', 'zebra'])
    expect(out).toContain('zebra')
    expect(out.replaceAll(/\u001b\[\d*m/g, '')).not.toMatch(/[\u001b\u0007\u202e]/)
  })

  it('takes everything out into a file, and brings it in again', async () => {
    await cli(['bookmark', 'add', 'https://kept.example/cairn'])
    const secret = join(folder, 'passphrase.txt')
    await writeFile(secret, 'stones in the mist\n')
    const file = join(folder, 'mine.zip.age')
    const out = await cli(['export', file, '--component', 'bookmarks', '--passphrase-file', secret])
    expect([out.code, out.out], out.err).toEqual([0, expect.stringContaining(`rows written to ${file}`)])
    const other = { CAIRN_API_KEY: (await cairn.stranger()).key }
    const locked = await cli(['import', 'bundle', file, '--dry-run'], other)
    expect([locked.code, locked.err]).toEqual([1, expect.stringContaining('passphrase')])
    for (const dry of [['--dry-run'], []]) {
      const done = await cli(['import', 'bundle', file, '--passphrase-file', secret, '--json', ...dry], other)
      const said = JSON.parse(done.out) as { total: { created: number } }
      expect(said, done.err).toMatchObject({ total: { failed: 0, skipped: 0 }, dry_run: dry.length > 0 })
      expect(said.total.created).toBeGreaterThan(0)
    }
    expect((await cli(['import', 'bundle'])).code).toBe(2)
    expect((await cli(['export', file, '--since', 'yesterday?'])).code).toBe(2)
  })
})
