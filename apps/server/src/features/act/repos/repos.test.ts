import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ApiError } from '@cairn/api/client'
import { expect, test, vi } from 'vitest'
import { useGround } from '../../capture/files/ground.fixture.ts'
import { commitFiles, git, makeRepository } from '../../capture/git/repository.fixture.ts'

vi.setConfig({ testTimeout: 90_000 })
const { ground, addRoot } = useGround()
const id = () => crypto.randomUUID()
const problemOf = (call: Promise<unknown>) =>
  call.then(
    () => null,
    (error: ApiError) => error.problem,
  )
const codeOf = async (call: Promise<unknown>) => (await problemOf(call))?.code ?? 'none'

async function addRepository(name: string) {
  const path = join(ground.base, name)
  makeRepository(path)
  const root = await addRoot(name)
  return { path, root: root.id }
}

test('a repository is registered with what may be done to it, once', async () => {
  const { path, root } = await addRepository('registered')
  const { repos } = ground.cairn.api
  const before = (await ground.cairn.api.events.follow({ limit: 1_000 })).last
  const plain = await repos.create({ path })
  expect(plain).toMatchObject({
    name: 'registered',
    path,
    root,
    allowed_operations: [],
    checks: [],
    budget: { files: 50, lines: 4_000 },
  })
  const { items } = await ground.cairn.api.events.follow({ after: before, types: ['repo.registered'] })
  expect(items.map((event) => [event.type, event.subject])).toEqual([['repo.registered', plain.id]])
  expect(await codeOf(repos.create({ path }))).toBe('REPO_EXISTS')
  expect(await repos.remove({ id: plain.id })).toEqual({ removed: { repos: 1 } })
  expect(await codeOf(repos.remove({ id: plain.id }))).toBe('REPO_NOT_FOUND')

  const own = id()
  const checks = [{ name: 'test', command: ['npm', 'test', '--', '--run; rm -rf /'], timeout_seconds: 60 }]
  const wanted = {
    id: own,
    path,
    allowed_operations: ['patch', 'checks'] as ('patch' | 'checks')[],
    checks,
    budget: { files: 5, lines: 100 },
  }
  const made = await repos.create(wanted)
  expect(made).toMatchObject({
    id: own,
    checks,
    allowed_operations: ['checks', 'patch'],
    budget: { files: 5, lines: 100 },
  })
  expect(await repos.create(wanted)).toEqual(made)
  expect(await codeOf(repos.create({ ...wanted, budget: { files: 6, lines: 100 } }))).toBe('CONFLICT')
  expect((await repos.list({})).items[0]).toEqual(made)
})

test('what is no repository below a root, or no sound wish, is refused in words', async () => {
  const { path } = await addRepository('refused')
  const { repos } = ground.cairn.api
  makeRepository(join(ground.base, 'beside'))
  await mkdir(join(path, 'folder'))
  expect(await codeOf(repos.create({ path: 'refused' }))).toBe('INVALID_INPUT')
  expect(await codeOf(repos.create({ path: join(ground.base, 'beside') }))).toBe('PATH_NOT_ALLOWED')
  expect(await codeOf(repos.create({ path: join(path, 'nowhere') }))).toBe('REPO_NOT_READABLE')
  expect(await codeOf(repos.create({ path: join(path, 'folder') }))).toBe('REPO_NOT_READABLE')
  expect(await codeOf(repos.create({ path: join(path, 'a.txt') }))).toBe('REPO_NOT_READABLE')
  const check = { name: 'test', command: ['true'], timeout_seconds: 1 }
  for (const checks of [
    [check, check],
    [{ ...check, command: [] }],
    [{ ...check, command: 'true' as never }],
    [{ ...check, name: '../x' }],
    [{ ...check, timeout_seconds: 0 }],
    [{ ...check, shell: true } as never],
  ]) {
    expect(await codeOf(repos.create({ path, checks })), JSON.stringify(checks)).toBe('INVALID_INPUT')
  }
  expect(await codeOf(repos.create({ path, allowed_operations: ['push' as never] }))).toBe('INVALID_INPUT')
  expect(await codeOf(repos.create({ path, budget: { files: -1, lines: 1 } }))).toBe('INVALID_INPUT')
})

test('a status names at most a hundred changes and counts them all', async () => {
  const { path } = await addRepository('status')
  commitFiles(path, { 'gone.txt': 'x', 'moved.txt': 'long enough to be known again\n', 'edited.txt': 'x' }, 'more')
  git(path, ['rm', '-q', 'gone.txt'])
  git(path, ['mv', 'moved.txt', 'to\nthere.txt'])
  await writeFile(join(path, 'edited.txt'), 'y')
  await writeFile(join(path, 'staged.txt'), 'y')
  git(path, ['add', 'staged.txt'])
  await writeFile(join(path, 'staged.txt'), 'z')
  const repo = await ground.cairn.api.repos.create({ path })
  const status = await ground.cairn.api.repos.status({ repo_id: repo.id })
  expect(status).toMatchObject({
    branch: 'main',
    dirty: true,
    upstream: null,
    ahead: null,
    behind: null,
    changes_total: 4,
  })
  expect(status.changes.toSorted((one, other) => (one.path < other.path ? -1 : 1))).toEqual([
    { path: 'edited.txt', from: null, staged: null, unstaged: 'modified' },
    { path: 'gone.txt', from: null, staged: 'deleted', unstaged: null },
    { path: 'staged.txt', from: null, staged: 'added', unstaged: 'modified' },
    { path: 'to\nthere.txt', from: 'moved.txt', staged: 'renamed', unstaged: null },
  ])
  for (let number = 0; number < 120; number++) await writeFile(join(path, `many${number}.txt`), 'x')
  const many = await ground.cairn.api.repos.status({ repo_id: repo.id })
  expect(many.changes).toHaveLength(100)
  expect(many.changes_total).toBe(124)
})

test('a log is read in pages that stay where they began', async () => {
  const { path } = await addRepository('log')
  for (let number = 1; number <= 4; number++) {
    commitFiles(path, { [`n${number % 2}.txt`]: String(number) }, `number ${number}\n\nbody ${number}`, {
      at: 1_900_000_000 + number,
    })
  }
  git(path, ['tag', '-a', 'v1', '-m', 'a tag', 'HEAD~1'])
  const { id: repo_id } = await ground.cairn.api.repos.create({ path })
  const { log } = ground.cairn.api.repos
  const first = await log({ repo_id, limit: 2 })
  expect(first.items.map((commit) => commit.subject)).toEqual(['number 4', 'number 3'])
  expect(first.items[0]).toMatchObject({
    author: 'Ada',
    email: 'ada@example.org',
    body: 'body 4',
    committed_at: '2030-03-17T17:46:44.000Z',
  })
  commitFiles(path, { 'late.txt': 'x' }, 'too late', { at: 1_900_000_100 })
  const second = await log({ repo_id, limit: 2, cursor: first.next_cursor as string })
  expect(second.items.map((commit) => commit.subject)).toEqual(['number 2', 'number 1'])
  expect((await log({ repo_id, ref: 'v1' })).items[0]?.subject).toBe('number 3')
  expect((await log({ repo_id, path: 'n0.txt' })).items.map((commit) => commit.subject)).toEqual([
    'number 4',
    'number 2',
  ])
  expect(await codeOf(log({ repo_id, ref: 'nowhere' }))).toBe('REF_NOT_FOUND')
  expect(await codeOf(log({ repo_id, cursor: 'x' }))).toBe('INVALID_INPUT')
  expect(await codeOf(log({ repo_id: id() }))).toBe('REPO_NOT_FOUND')
})

test('a repository without commits has an empty log and no branches', async () => {
  const path = join(ground.base, 'fresh')
  await mkdir(path)
  git(path, ['init', '-q', '-b', 'main'])
  await addRoot('fresh')
  const { id: repo_id } = await ground.cairn.api.repos.create({ path })
  expect(await ground.cairn.api.repos.log({ repo_id })).toEqual({ items: [], next_cursor: null })
  expect((await ground.cairn.api.repos.branches({ repo_id })).items).toEqual([])
  expect(await ground.cairn.api.repos.status({ repo_id })).toMatchObject({ branch: 'main', head: null, dirty: false })
})

test('branches are listed with their distance, here and of remotes', async () => {
  const base = join(ground.base, 'branches')
  makeRepository(join(base, 'origin'))
  git(base, ['clone', '-q', 'origin', 'clone'])
  const path = join(base, 'clone')
  git(path, ['switch', '-q', '-c', 'topic/one'])
  const sha = commitFiles(path, { 'x.txt': 'x' }, 'ahead', { at: 2_000_000_000 })
  git(path, ['branch', '-q', '--set-upstream-to=origin/main'])
  await addRoot('branches')
  const { id: repo_id } = await ground.cairn.api.repos.create({ path })
  const { branches } = ground.cairn.api.repos
  const { items } = await branches({ repo_id })
  expect(items[0]).toEqual({
    name: 'topic/one',
    remote: false,
    current: true,
    sha,
    subject: 'ahead',
    committed_at: '2033-05-18T03:33:20.000Z',
    upstream: 'origin/main',
    ahead: 1,
    behind: 0,
  })
  expect(
    items
      .map(({ name, remote }) => [name, remote])
      .slice(1)
      .toSorted(),
  ).toEqual([
    ['main', false],
    ['origin/main', true],
  ])
  const first = await branches({ repo_id, limit: 2 })
  const second = await branches({ repo_id, limit: 2, cursor: first.next_cursor as string })
  expect([...first.items, ...second.items]).toEqual(items)
})

test('a repository whose folder or root has gone says so', async () => {
  const { path, root } = await addRepository('leaving')
  const { id: repo_id } = await ground.cairn.api.repos.create({ path })
  await rename(join(path, '.git'), join(path, 'git'))
  expect((await problemOf(ground.cairn.api.repos.status({ repo_id })))?.code).toBe('REPO_NOT_READABLE')
  await rename(join(path, 'git'), join(path, '.git'))
  expect(await codeOf(ground.cairn.api.repos.status({ repo_id }))).toBe('none')
  await ground.cairn.api.roots.remove({ id: root })
  const problem = await problemOf(ground.cairn.api.repos.status({ repo_id }))
  expect(problem?.detail).toContain('not registered any more')
})

test('another workspace sees no repository', async () => {
  const { path } = await addRepository('others')
  const { id: repo_id } = await ground.cairn.api.repos.create({ path })
  const { api } = await ground.cairn.stranger()
  expect((await api.repos.list({})).items).toEqual([])
  expect(await codeOf(api.repos.status({ repo_id }))).toBe('REPO_NOT_FOUND')
  expect(await codeOf(api.repos.remove({ id: repo_id }))).toBe('REPO_NOT_FOUND')
  expect(await codeOf(api.repos.create({ path }))).toBe('PATH_NOT_ALLOWED')
})
