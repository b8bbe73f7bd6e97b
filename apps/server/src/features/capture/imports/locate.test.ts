import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { headerProblem, locate } from './locate.ts'
import { type Browser, findProfiles } from './places.ts'

let home: string
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'cairn-places-'))
})
afterAll(() => rm(home, { recursive: true, force: true }))

const header = () => {
  const bytes = Buffer.alloc(100)
  bytes.write('SQLite format 3\0', 'latin1')
  bytes.writeUInt16BE(4_096, 16)
  return bytes
}
async function put(path: string, content: string | Buffer = header()): Promise<string> {
  await mkdir(dirname(join(home, path)), { recursive: true })
  await writeFile(join(home, path), content)
  return join(home, path)
}

describe('profiles', () => {
  const usual: [NodeJS.Platform, Browser, string][] = [
    ['linux', 'chrome', '.config/google-chrome/Default/History'],
    ['linux', 'edge', '.config/microsoft-edge/Profile 2/History'],
    ['linux', 'brave', '.config/BraveSoftware/Brave-Browser/Default/History'],
    ['linux', 'chromium', 'snap/chromium/common/chromium/Default/History'],
    ['linux', 'firefox', '.mozilla/firefox/ab12cd34.default-release/places.sqlite'],
    ['darwin', 'chrome', 'Library/Application Support/Google/Chrome/Default/History'],
    ['darwin', 'firefox', 'Library/Application Support/Firefox/Profiles/ab12cd34.default/places.sqlite'],
    ['win32', 'edge', 'AppData/Local/Microsoft/Edge/User Data/Default/History'],
    ['win32', 'firefox', 'AppData/Roaming/Mozilla/Firefox/Profiles/ab12cd34.default/places.sqlite'],
  ]
  it.each(usual)('are found on %s where %s keeps them', async (platform, browser, path) => {
    const file = await put(path)
    const system = { platform, home }
    expect(await findProfiles(system, 'history', browser)).toMatchObject([
      { source: browser, path: dirname(file), bytes: 100 },
    ])
    expect(await locate(system, browser, undefined)).toEqual({ file })
    expect(await locate(system, browser, `~/${path}`)).toEqual({ file })
  })

  it('are listed with the names people gave them, and have to be chosen where there are several', async () => {
    const system = { platform: 'linux' as const, home: join(home, 'several') }
    for (const name of ['Default', 'Profile 1', 'Crashpad']) await put(`several/.config/chromium/${name}/History`)
    await put('several/.config/chromium/System Profile/Preferences', '{}')
    await put(
      'several/.config/chromium/Local State',
      '{"profile":{"info_cache":{"Default":{"name":"Ann"},"Profile 1":{"name":5}}}}',
    )
    expect((await findProfiles(system, 'history')).map(({ name }) => name)).toEqual(['Crashpad', 'Ann', 'Profile 1'])
    const found = await locate(system, 'chromium', undefined)
    expect(found).toEqual({ problem: 'there are several profiles (Crashpad, Ann, Profile 1); name the folder of one' })
    expect(await locate(system, 'firefox', undefined)).toMatchObject({ problem: expect.stringContaining('no profile') })
    expect(await locate(system, 'jsonl', undefined)).toEqual({ problem: 'a path is needed' })
  })
})

describe('the header of a database', () => {
  const withSize = (pages: number, current = true) => {
    const bytes = header()
    bytes.writeUInt32BE(7, 24)
    bytes.writeUInt32BE(pages, 28)
    bytes.writeUInt32BE(current ? 7 : 6, 92)
    return bytes
  }
  it.each([
    ['whole', withSize(3), 3 * 4_096, null],
    ['with room at its end', withSize(3), 4 * 4_096, null],
    ['cut off', withSize(3), 3 * 4_096 - 1, /cut off/],
    ['with a size from before its last change', withSize(9, false), 3 * 4_096, null],
    ['of a few bytes', header().subarray(0, 40), 40, /cut off/],
    ['of another kind', Buffer.from('PK\u0003\u0004 and so on'), 4_096, /not a SQLite database, or it is encrypted/],
  ])('%s', (_, bytes, size, words) => {
    const problem = headerProblem(bytes, size)
    if (words === null) expect(problem).toBeNull()
    else expect(problem?.problem).toMatch(words)
  })
})
