import { cp, mkdir, open, stat, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { makeChromiumProfile } from '../../../../test/fixtures/browser-profiles.ts'
import { bring, ended, refusal, unreadable, useProfiles, whole } from './profiles.fixture.ts'

const { cairn, copies, fresh, place, stored } = useProfiles()

describe('what is no history', () => {
  it.each([
    ['nothing at all', async () => place(), /nothing at that path/],
    ['a relative path', async () => 'Default/History', /must be absolute/],
    ['an empty folder', async () => emptyFolder(), /no file History/],
    ['an empty file', async () => file(''), /it is empty/],
    ['words', async () => file('Dear diary, '.repeat(1_000)), /not a SQLite database, or it is encrypted/],
    ['a path below a file', async () => join(await file('x'), 'History'), /nothing at that path/],
    ['a circle of links', async () => circle(), /circle/],
    ['a device', async () => '/dev/zero', /not a file/],
    ['NUL in the path', async () => '/tmp/a\u0000b', /./],
  ])('is refused at once: %s', async (_, make, words) => {
    const { api } = await fresh()
    const problem = (await refusal(api.imports.history({ source: 'chromium', path: await make() }))) as {
      status: number
    }
    expect(problem.status).toBe(422)
    if (words.source !== '.') expect(problem).toMatchObject(unreadable(words))
    expect((await api.jobs.list()).items).toEqual([])
  })

  it('is refused at once: a database that is cut off', async () => {
    const profile = makeChromiumProfile(place(), { visits: 2_000 })
    await truncate(profile.file, 100_000)
    expect(await refusal(cairn().api.imports.history({ source: 'chromium', path: profile.file }))).toMatchObject(
      unreadable(/cut off/),
    )
    await truncate(profile.file, 50)
    expect(await refusal(cairn().api.imports.history({ source: 'chromium', path: profile.file }))).toMatchObject(
      unreadable(/cut off/),
    )
  })

  it.each([
    [
      'another program’s tables',
      async (db: DatabaseSync) => db.exec('create table notes(id integer primary key, text)'),
      /no table urls/,
    ],
    [
      'a column that is missing',
      async (db: DatabaseSync) => db.exec('create table urls(id, url, title); create table visits(id, url)'),
      /no column visits\.visit_time/,
    ],
    [
      'a view in the place of a table',
      async (db: DatabaseSync) => db.exec("create view urls as select 1 as id, 'x' as url, 'y' as title"),
      /no table urls/,
    ],
  ])('ends the job with the reason: %s', async (_, fill, words) => {
    const { api, workspace } = await fresh()
    const path = place()
    const db = new DatabaseSync(path)
    await fill(db)
    db.close()
    const { job_id } = await api.imports.history({ source: 'chromium', path })
    const job = await ended(api, job_id)
    expect(job).toMatchObject({
      status: 'failed',
      attempt: 1,
      error: { code: 'PROFILE_NOT_READABLE', message: expect.stringMatching(words) },
    })
    expect(await stored(workspace)).toMatchObject({ ...whole(0), pages: 0 })
    expect(await copies()).toEqual([])
  })

  it('ends the job before anything is written: a database with damage in its middle', async () => {
    const { api, workspace } = await fresh()
    const profile = makeChromiumProfile(place(), { visits: 20_000 })
    const { size } = await stat(profile.file)
    const handle = await open(profile.file, 'r+')
    for (let at = Math.floor(size / 8_192) * 4_096; at < size / 2 + 400_000; at += 4_096)
      await handle.write(Buffer.alloc(4_096, 0xa5), 0, 4_096, at)
    await handle.close()
    const { job_id } = await api.imports.history({ source: 'chromium', path: profile.file })
    expect(await ended(api, job_id)).toMatchObject({
      status: 'failed',
      error: { code: 'PROFILE_NOT_READABLE', message: expect.stringMatching(/damaged|cannot read/) },
    })
    expect(await stored(workspace)).toMatchObject({ ...whole(0), pages: 0 })
  })

  it('takes a profile without visits, and brings nothing', async () => {
    const { api } = await fresh()
    expect(await bring(api, 'chromium', makeChromiumProfile(place(), { visits: 0 }).folder)).toMatchObject({
      read: 0,
      created: 0,
      from: null,
      to: null,
    })
  })

  it('asks which, where a folder holds several profiles, and takes the one where it holds one', async () => {
    const { api } = await fresh()
    const top = place()
    const profile = makeChromiumProfile(top, { visits: 20 })
    expect(await bring(api, 'brave', top)).toMatchObject({ source: 'brave', path: profile.file, created: 20 })
    await cp(profile.folder, join(top, 'Profile 1'), { recursive: true })
    const names = { profile: { info_cache: { Default: { name: 'Ann' }, 'Profile 1': { name: 'Work' } } } }
    await writeFile(join(top, 'Local State'), JSON.stringify(names))
    expect(await refusal(api.imports.history({ source: 'brave', path: top }))).toMatchObject(
      unreadable(/several profiles \(Ann, Work\)/),
    )
  })

  async function file(content: string): Promise<string> {
    const path = place()
    await writeFile(path, content)
    return path
  }
  async function emptyFolder(): Promise<string> {
    const path = place()
    await mkdir(path)
    return path
  }
  async function circle(): Promise<string> {
    const [one, two] = [place(), place()]
    await symlink(one, two)
    await symlink(two, one)
    return one
  }
})
