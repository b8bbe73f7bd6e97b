import { writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { bring, useProfiles } from './profiles.fixture.ts'

const { fresh, place } = useProfiles()

describe('a file of JSON', () => {
  it('is read line by line, with times as they come, and lines that are none are counted', async () => {
    const { api } = await fresh()
    const path = place()
    const lines = [
      { url: 'https://a.example/iso', title: 'ISO', visited_at: '2026-11-20T10:00:00.500Z' },
      { url: 'https://a.example/seconds', time: 1_795_168_801.5 },
      { url: 'https://a.example/milliseconds', timestamp: 1_795_168_802_500 },
      { url: 'https://a.example/microseconds', time_usec: 1_795_168_803_500_000 },
      { url: 'https://a.example/webkit', visit_time: '13439642404500000', referrer: 'https://a.example/?token=s3cr3t' },
      { url: 'https://a.example/none' },
      { url: 'ftp://a.example/', time: 1_795_168_801 },
      { title: 'no address', time: 1_795_168_801 },
    ].map((row) => JSON.stringify(row))
    await writeFile(
      path,
      `\ufeff${[...lines, '{broken', '', '[1]', '"x"', `{"url":"${'a'.repeat(2_000_000)}"}`, lines[0]].join('\n')}`,
    )
    expect(await bring(api, 'jsonl', path)).toMatchObject({
      ...{ read: 13, created: 5, duplicates: 1 },
      skipped: { not_json: 3, too_long: 1, time: 1, scheme: 1, address: 1 },
      ...{ from: '2026-11-20T10:00:00.500Z', to: '2026-11-20T10:00:04.500Z' },
    })
    const { items } = await api.browser.listHistory()
    expect(items.map(({ url }) => url.slice('https://a.example/'.length))).toEqual([
      ...['webkit', 'microseconds', 'milliseconds', 'seconds', 'iso'],
    ])
    expect(items[0]?.referrer).toBe('https://a.example/?token=***')
  })

  it('is read as a list, too, as Takeout writes it, and to where it is cut off', async () => {
    const { api } = await fresh()
    const rows = Array.from({ length: 7_000 }, (_, n) => ({
      ...{ favicon_url: 'https://x.example/f.ico', page_transition: 'LINK', client_id: 'a{b}[c]"\\' },
      ...{
        title: `Page {${n}} "quoted"`,
        url: `https://take.example/${n % 900}`,
        time_usec: 1_790_000_000_000_000 + n * 1_000_000,
      },
    }))
    const text = JSON.stringify({ 'Browser History': rows, Session: [{ url: 'https://not.example/' }] }, null, 2)
    const path = place()
    await writeFile(path, text)
    expect(await bring(api, 'jsonl', path)).toMatchObject({ read: 7_000, created: 7_000, skipped: {} })
    await writeFile(path, text.slice(0, text.indexOf('Page {6999}')))
    expect(await bring(api, 'jsonl', path)).toMatchObject({
      read: 7_000,
      created: 0,
      duplicates: 6_999,
      skipped: { not_json: 1 },
    })
    expect((await api.browser.listSites()).items).toMatchObject([{ site: 'take.example', visits: 7_000 }])
  })
})
