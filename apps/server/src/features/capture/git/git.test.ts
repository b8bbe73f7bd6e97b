import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ApiError } from '@cairn/api/client'
import { expect, test, vi } from 'vitest'
import { patiently, useGround } from '../files/ground.fixture.ts'
import { commitFiles, git, makeRepository } from './repository.fixture.ts'

vi.setConfig({ testTimeout: 90_000 })
const { ground, addRoot, found } = useGround()

/** A root that holds one repository, scanned. */
async function addRepository(name: string, prepare: (repository: string) => void = () => undefined) {
  const repository = join(ground.base, name, 'repo')
  makeRepository(repository)
  prepare(repository)
  const { id, path } = await addRoot(name)
  await scanned(id)
  return { id, path, repository }
}

const standingOf = async (id: string, path = 'repo') =>
  (await ground.cairn.api.git.repositories({ root: id })).items.find((item) => item.path === path)
const scanned = (id: string, path?: string) => patiently(async () => (await standingOf(id, path))?.scanned_at)
const eventsOf = async (id: string, type?: 'commit' | 'merge' | 'tag') =>
  (await ground.cairn.api.git.events({ root: id, ...(type && { type }) })).items

test('commits are listed newest first with their files, and found by message and file name', async () => {
  const { id } = await addRepository('history', (repository) => {
    commitFiles(repository, { 'src/lease.ts': 'one\ntwo\n' }, 'Renew the quokka lease\n\nBecause it ran out.', {
      at: 1_700_000_000,
    })
    commitFiles(repository, { 'src/lease.ts': 'one\nthree\nfour\n', 'odd\tname\n.txt': 'x\n' }, 'Second', {
      at: 1_700_000_100,
    })
  })
  const [second, first, initial] = (await eventsOf(id, 'commit')).toSorted((one, other) =>
    one.message === 'first commit' ? 1 : other.message === 'first commit' ? -1 : 0,
  )
  expect(second).toMatchObject({
    message: 'Second',
    repository: 'repo',
    files_changed: 2,
    insertions: 3,
    deletions: 1,
    at: '2023-11-14T22:15:00.000Z',
  })
  expect(second?.files).toContainEqual({ path: 'odd\tname\n.txt', added: 1, removed: 0 })
  expect(first).toMatchObject({
    author: 'Ada',
    parents: [initial?.sha],
    message: 'Renew the quokka lease\n\nBecause it ran out.',
  })
  await patiently(
    async () => (await found('quokka lease', ['commit']))[0] === `history/repo@${first?.sha?.slice(0, 12)}`,
  )
  expect(await found('lease.ts', ['commit'])).toHaveLength(2)
})

test('new commits, branches, switches, deletions, merges and tags are noticed as they happen', async () => {
  const { id, repository } = await addRepository('live')
  expect((await eventsOf(id)).map((event) => event.type)).toEqual(['commit'])
  git(repository, ['switch', '-q', '-c', 'feature/x'])
  const sha = commitFiles(repository, { 'b.txt': 'x' }, 'On a branch')
  await patiently(async () => (await eventsOf(id)).some((event) => event.sha === sha && event.type === 'commit'))
  git(repository, ['switch', '-q', 'main'])
  git(repository, ['merge', '-q', '--no-ff', '-m', 'Merge it', 'feature/x'])
  git(repository, ['tag', 'v1'])
  git(repository, ['branch', '-q', '-d', 'feature/x'])
  const seen = await patiently(async () => {
    const events = (await eventsOf(id)).map((event) => `${event.type} ${event.ref ?? event.message}`)
    return events.includes('branch_delete feature/x') ? events : null
  })
  expect(seen.toSorted()).toEqual([
    'branch_create feature/x',
    'branch_delete feature/x',
    'branch_switch feature/x',
    'branch_switch main',
    'commit On a branch',
    'commit first commit',
    'merge Merge it',
    'tag v1',
  ])
})

test('a second scan of what is known adds nothing', async () => {
  const { id, repository } = await addRepository('again')
  const before = await eventsOf(id)
  const stamp = (await standingOf(id))?.scanned_at
  await writeFile(join(repository, '.git/packed-refs'), '# pack-refs with: peeled fully-peeled sorted \n')
  await patiently(async () => (await standingOf(id))?.scanned_at !== stamp)
  expect(await eventsOf(id)).toEqual(before)
})

test('rewritten history leaves what happened and takes in what is new', async () => {
  const { id, repository } = await addRepository('rewritten')
  git(repository, ['commit', '-q', '--amend', '-m', 'amended'])
  git(repository, ['reflog', 'expire', '--expire=now', '--all'])
  git(repository, ['gc', '-q', '--prune=now'])
  await patiently(async () => (await eventsOf(id)).some((event) => event.message === 'amended'))
  commitFiles(repository, { 'c.txt': 'x' }, 'after it')
  await patiently(async () => (await eventsOf(id)).some((event) => event.message === 'after it'))
  expect((await eventsOf(id)).map((event) => event.message)).toContain('first commit')
})

test('a repository without commits, a detached one and one with an upstream each say where they stand', async () => {
  const path = join(ground.base, 'standing')
  await mkdir(join(path, 'empty'), { recursive: true })
  git(join(path, 'empty'), ['init', '-q', '-b', 'main'])
  makeRepository(join(path, 'origin'))
  git(path, ['clone', '-q', 'origin', 'clone'])
  commitFiles(join(path, 'clone'), { 'mine.txt': 'x' }, 'mine')
  commitFiles(join(path, 'origin'), { 'theirs.txt': 'x' }, 'theirs')
  git(join(path, 'clone'), ['fetch', '-q'])
  await writeFile(join(path, 'clone', 'untracked.txt'), 'x')
  makeRepository(join(path, 'detached'))
  git(join(path, 'detached'), ['switch', '-q', '--detach'])
  const { id } = await addRoot('standing')
  for (const name of ['empty', 'origin', 'clone', 'detached']) await scanned(id, name)
  expect((await standingOf(id, 'empty'))?.standing).toMatchObject({ branch: 'main', head: null, dirty: false })
  expect((await standingOf(id, 'detached'))?.standing).toMatchObject({
    branch: null,
    head: expect.stringMatching(/^[0-9a-f]{40}$/),
  })
  const standing = { branch: 'main', upstream: 'origin/main', ahead: 1, behind: 1, dirty: true }
  expect((await standingOf(id, 'clone'))?.standing).toMatchObject(standing)
})

test('the tree shows what changed in the working copy, folders by the strongest change below', async () => {
  const { id, repository } = await addRepository(
    'tree',
    (folder) => void commitFiles(folder, { 'src/a.ts': 'x', 'src/deep/b.ts': 'x', 'same/c.ts': 'x' }, 'more'),
  )
  await writeFile(join(repository, 'src/deep/b.ts'), 'changed')
  await writeFile(join(repository, 'src/new.ts'), 'x')
  await mkdir(join(repository, 'fresh/inner'), { recursive: true })
  await writeFile(join(repository, 'fresh/inner/d.ts'), 'x')
  const states = async (path: string) => {
    const { items } = await ground.cairn.api.files.tree({ root: id, path })
    return Object.fromEntries(items.filter((item) => item.git).map((item) => [item.name, item.git]))
  }
  await patiently(async () => Object.keys(await states('repo')).length === 2)
  expect(await states('repo')).toEqual({ src: 'modified', fresh: 'untracked' })
  expect(await states('repo/src')).toEqual({ deep: 'modified', 'new.ts': 'untracked' })
  expect(await states('repo/fresh/inner')).toEqual({ 'd.ts': 'untracked' })
  expect(await states('repo/same')).toEqual({})
})

test('a repository that comes, goes and comes back is followed', async () => {
  const { id, path } = await addRoot('coming', { 'readme.txt': 'x' })
  makeRepository(join(path, 'late'))
  await scanned(id, 'late')
  await rename(join(path, 'late/.git'), join(path, 'late/git'))
  await patiently(async () => (await standingOf(id, 'late'))?.state === 'missing')
  await rename(join(path, 'late/git'), join(path, 'late/.git'))
  await patiently(async () => (await standingOf(id, 'late'))?.state === 'ready')
})

test('a damaged repository is a state with a reason, and nothing else stops', async () => {
  const { id, repository } = await addRepository('damaged')
  await writeFile(join(repository, '.git/config'), 'this is [not a configuration')
  await writeFile(join(repository, '.git/packed-refs'), 'x')
  const damaged = await patiently(async () => {
    const found = await standingOf(id)
    return found?.state === 'damaged' ? found : null
  })
  expect(damaged).toMatchObject({ standing: null, reason: expect.stringMatching(/damaged/) })
})

test('messages of any encoding and size, and dates beyond any calendar, are taken in', async () => {
  const { id } = await addRepository('odd', (repository) => {
    const tree = git(repository, ['rev-parse', 'HEAD^{tree}'])
    const person = 'Zoë <z@example.org> 99999999999999 +0000'
    const input = `tree ${tree}\nauthor ${person}\ncommitter ${person}\n\n\u202eevil\n${'long '.repeat(20_000)}`
    const sha = git(repository, ['hash-object', '-t', 'commit', '-w', '--stdin', '--literally'], { input })
    git(repository, ['update-ref', 'refs/heads/odd', sha])
  })
  const odd = (await eventsOf(id)).find((event) => event.author === 'Zoë')
  expect(odd?.message?.startsWith('\u202eevil')).toBe(true)
  expect(odd?.message?.length).toBe(20_000)
})

test('secrets in commit messages are masked', async () => {
  const { id } = await addRepository(
    'masked',
    (repository) =>
      void commitFiles(repository, { 'k.txt': 'x' }, 'Use ghp_0123456789abcdefghijABCDEFGHIJ012345 from now on'),
  )
  const [event] = (await eventsOf(id, 'commit')).filter((one) => one.message?.startsWith('Use'))
  expect(event?.message).toBe('Use *** from now on')
})

test('lists come in pages, by type, time and repository', async () => {
  const { id } = await addRepository('pages', (repository) => {
    for (let number = 1; number <= 5; number++) {
      commitFiles(repository, { 'n.txt': String(number) }, `number ${number}`, { at: 1_600_000_000 + number })
    }
  })
  const { events } = ground.cairn.api.git
  const from = '2020-09-13T12:26:41.000Z'
  const first = await events({ root: id, repository: 'repo', from, to: '2020-09-13T12:26:45.000Z', limit: 2 })
  expect(first.items.map((event) => event.message)).toEqual(['number 4', 'number 3'])
  const second = await events({
    root: id,
    repository: 'repo',
    from,
    to: '2020-09-13T12:26:45.000Z',
    limit: 2,
    cursor: first.next_cursor as string,
  })
  expect(second.items.map((event) => event.message)).toEqual(['number 2', 'number 1'])
  expect(second.next_cursor).toBeNull()
  expect((await events({ root: id, repository: 'elsewhere' })).items).toEqual([])
  const refused = await events({ repository: 'repo' }).catch((error: ApiError) => error.problem)
  expect(refused).toMatchObject({ code: 'INVALID_INPUT', errors: [{ path: '/repository' }] })
})

test('another workspace sees no repository and no commit', async () => {
  const { id } = await addRepository('private')
  const { api } = await ground.cairn.stranger()
  expect((await api.git.repositories({ root: id })).items).toEqual([])
  expect((await api.git.events({ root: id })).items).toEqual([])
})

test('with its root a repository goes, and its commits with it', async () => {
  const { id, repository } = await addRepository(
    'gone',
    (folder) => void commitFiles(folder, { 'e.txt': 'x' }, 'wallaby'),
  )
  await patiently(async () => (await found('wallaby', ['commit'])).length === 1)
  await ground.cairn.api.roots.remove({ id })
  await patiently(async () => (await found('wallaby', ['commit'])).length === 0)
  await patiently(async () => (await eventsOf(id)).length === 0)
  expect(git(repository, ['log', '--oneline', '-1'])).toContain('wallaby')
  await rm(repository, { recursive: true })
})

test('commits made while their folder is paused are taken in when capture goes on', async () => {
  const { id, repository } = await addRepository('paused')
  const { api } = ground.cairn
  await api.capture.pause({ root: id })
  const sha = commitFiles(repository, { 'c.txt': 'x' }, 'While nobody looked')
  await patiently(async () => {
    const [last] = (await api.jobs.list({ type: 'git.scan', limit: 1 })).items
    return last && ((await api.jobs.get({ id: last.id })).result as { state?: string } | null)?.state === 'paused'
  })
  expect((await eventsOf(id)).map((event) => event.sha)).not.toContain(sha)
  await api.capture.resume({ root: id })
  await patiently(async () => (await eventsOf(id)).some((event) => event.sha === sha))
})
