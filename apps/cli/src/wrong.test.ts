import { describe, expect, it } from 'vitest'
import { commandLine } from './cli.fixture.ts'

const { cli, running } = commandLine()

describe('the command line', () => {
  it('says in the help of each command that it speaks JSON', async () => {
    for (const words of [['up'], ['ask'], ['key', 'create']])
      expect((await cli([...words, '--help'])).out, words.join(' ')).toContain('--json')
  })

  it('says with its exit code what went wrong, and how to go on', async () => {
    const unknown = await cli(['dance'])
    expect(unknown.code).toBe(2)
    expect((await cli(['call', 'no.operation'])).code).toBe(2)
    expect((await cli(['call', 'memories.create', '{broken'])).code).toBe(2)
    expect((await cli(['import', 'lynx'])).code).toBe(2)
    expect((await cli(['call', 'memories.get', '{"id":"01890000-0000-7000-8000-000000000000"}'])).code).toBe(1)
    const away = await cli(['search', 'x'], { CAIRN_URL: 'http://127.0.0.1:1' })
    expect([away.code, away.err]).toEqual([3, expect.stringContaining('npx cairn up')])
    const wrong = await cli(['search', 'x', '--json'], { CAIRN_API_KEY: 'wrong-wrong-wrong-wrong' })
    expect([wrong.code, JSON.parse(wrong.out)]).toEqual([
      4,
      { error: expect.objectContaining({ code: 'UNAUTHENTICATED' }) },
    ])
  })

  it('says in JSON, too, that it was called wrongly', async () => {
    const wrong = [
      ['ask'],
      ['search', 'x', '--what'],
      ['search', 'x', '--limit', 'many'],
      ['task', 'list', '--limit', 'many'],
      ['bookmark', 'list', '--limit', '-1'],
      ['thread', 'list', '--limit', '1.5'],
      ['crawl', 'https://a.example/', '--pages', 'all'],
      ['crawl', 'https://a.example/', '--every', 'often'],
      ['crawl', 'https://a.example/', '--every', 'day', '--at', 'seven'],
      ['dance'],
      ['add', 'a', 'b'],
      ['key', 'create'],
      ['call', 'no.operation'],
      ['call', 'memories.create', '{broken'],
      ['up', '--what'],
      ['up', 'a', 'b'],
      ['verify', '--what'],
      [],
    ]
    for (const words of wrong) {
      const { code, out, err } = await cli([...words, '--json'])
      expect([code, err], words.join(' ')).toEqual([2, ''])
      expect(JSON.parse(out), words.join(' ')).toEqual({
        error: { code: 'USAGE', detail: expect.stringMatching(/.../) },
      })
      expect(out).not.toContain('error: ')
    }
    expect((await cli(['up', '--what'])).code).toBe(2)
    const missing = await cli(['call', 'memories.get', '{"id":"01890000-0000-7000-8000-000000000000"}', '--json'])
    expect([missing.code, JSON.parse(missing.out)]).toEqual([
      1,
      { error: expect.objectContaining({ code: 'MEMORY_NOT_FOUND' }) },
    ])
  })

  it('says with its exit code that nobody answers or that the key is wrong, doctor as well', async () => {
    const nobody = { CAIRN_URL: 'http://127.0.0.1:1' }
    const wrong = { CAIRN_API_KEY: 'wrong-wrong-wrong-wrong' }
    for (const words of [['doctor'], ['doctor', '--json'], ['jobs']]) {
      expect((await cli(words, nobody)).code, words.join(' ')).toBe(3)
      expect((await cli(words, wrong)).code, words.join(' ')).toBe(4)
    }
    expect(JSON.parse((await cli(['jobs', '--json'], nobody)).out)).toMatchObject({ error: { code: 'NOT_REACHABLE' } })
    const told = `The key in CAIRN_API_KEY is not accepted by ${running().url};`
    expect((await cli(['jobs'], wrong)).err).toContain(told)
    expect((await cli(['doctor'], wrong)).out).toContain(told)
  })
})
