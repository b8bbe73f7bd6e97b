/**
 * Repositories that try to run programs when they are merely looked at. Each payload is first shown to work: plain git
 * runs it. Then the same repository is registered, scanned, listed and read through the front door, and nothing has run.
 */
import { chownSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ApiError } from '@cairn/api/client'
import { expect, test, vi } from 'vitest'
import { patiently, useGround } from '../files/ground.fixture.ts'
import { commitFiles, git, makeRepository, plainGit } from './repository.fixture.ts'

vi.setConfig({ testTimeout: 90_000 })
const { ground, addRoot } = useGround()

/** A program that leaves a mark when it runs. */
type Payload = { plant(repository: string, mark: string): void; control: string[][] }

const config = (folder: string, ...pairs: [string, string][]) => {
  for (const [key, value] of pairs) git(folder, ['config', key, value])
}
/** The same content with another time: git has to look into the file. */
const touch = (folder: string, file: string) => utimesSync(join(folder, file), 1_000_000_000, 1_000_000_000)
const hook = (folder: string, name: string, mark: string) => {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, name), `#!/bin/sh\ntouch ${mark}\n`, { mode: 0o755 })
}

const payloads: Record<string, Payload> = {
  fsmonitor: {
    plant: (repository, mark) => config(repository, ['core.fsmonitor', `touch ${mark}; false`]),
    control: [['status']],
  },
  included: {
    plant(repository, mark) {
      writeFileSync(join(repository, 'innocent'), `[core]\n\tfsmonitor = "touch ${mark}; false"\n`)
      config(repository, ['include.path', '../innocent'])
    },
    control: [['status']],
  },
  hook: {
    plant(repository, mark) {
      hook(join(repository, '.git/hooks'), 'post-index-change', mark)
      touch(repository, 'a.txt')
    },
    control: [['status']],
  },
  hooksPath: {
    plant(repository, mark) {
      hook(join(repository, 'scripts'), 'post-index-change', mark)
      config(repository, ['core.hooksPath', 'scripts'])
      touch(repository, 'a.txt')
    },
    control: [['status']],
  },
  clean: {
    plant(repository, mark) {
      config(repository, ['filter.x y=z.clean', `touch ${mark}; cat`], ['filter.evil.clean', `touch ${mark}; cat`])
      writeFileSync(join(repository, '.git/info/attributes'), '*.txt filter=evil\n')
      touch(repository, 'a.txt')
    },
    control: [['status']],
  },
  process: {
    plant(repository, mark) {
      config(repository, ['filter.evil.process', `touch ${mark}`], ['filter.evil.required', 'true'])
      commitFiles(repository, { '.gitattributes': '*.md filter=evil\n' }, 'attributes')
      writeFileSync(join(repository, 'b.md'), 'x')
      plainGit(repository, ['-c', 'filter.evil.process=', '-c', 'filter.evil.required=false', 'add', 'b.md'])
      touch(repository, 'b.md')
    },
    control: [['status']],
  },
  textconv: {
    plant(repository, mark) {
      config(repository, ['diff.evil.textconv', `touch ${mark}; cat`])
      commitFiles(repository, { '.gitattributes': '*.txt diff=evil\n', 'a.txt': 'other\n' }, 'attributes')
    },
    control: [['log', '-p']],
  },
  externalDiff: {
    plant(repository, mark) {
      config(repository, ['diff.external', `touch ${mark}; true`])
      writeFileSync(join(repository, 'a.txt'), 'changed\n')
    },
    control: [['diff']],
  },
  signature: {
    plant(repository, mark) {
      hook(repository, 'gpg.sh', mark)
      config(repository, ['log.showSignature', 'true'], ['gpg.program', join(repository, 'gpg.sh')])
      const [tree, parent] = [git(repository, ['rev-parse', 'HEAD^{tree}']), git(repository, ['rev-parse', 'HEAD'])]
      const person = 'Eve <eve@example.org> 1700000000 +0000'
      const signature = '-----BEGIN PGP SIGNATURE-----\n \n iQ==\n -----END PGP SIGNATURE-----'
      const lines = [
        `tree ${tree}`,
        `parent ${parent}`,
        `author ${person}`,
        `committer ${person}`,
        `gpgsig ${signature}`,
      ]
      const input = `${lines.join('\n')}\n\nsigned\n`
      const sha = git(repository, ['hash-object', '-t', 'commit', '-w', '--stdin'], { input })
      git(repository, ['update-ref', 'refs/heads/main', sha])
    },
    control: [['log', '-1']],
  },
  submodule: {
    plant(repository, mark) {
      makeRepository(join(repository, 'module'))
      git(repository, ['add', 'module'])
      git(repository, ['commit', '-q', '-m', 'module'])
      config(join(repository, 'module'), ['core.fsmonitor', `touch ${mark}; false`])
      writeFileSync(
        join(repository, '.gitmodules'),
        '[submodule "module"]\n\tpath = module\n\turl = ext::sh -c touch%20x\n',
      )
    },
    control: [['status']],
  },
  lazyFetch: {
    plant(repository, mark) {
      const blob = git(repository, ['rev-parse', 'HEAD:a.txt'])
      commitFiles(repository, { 'a.txt': 'second\n' }, 'second')
      rmSync(join(repository, '.git/objects', blob.slice(0, 2), blob.slice(2)))
      config(
        repository,
        ['core.repositoryFormatVersion', '1'],
        ['extensions.partialClone', 'origin'],
        ['remote.origin.promisor', 'true'],
        ['remote.origin.url', 'ssh://example.invalid/x'],
        ['core.sshCommand', `touch ${mark}; false`],
      )
    },
    control: [['log', '-p', '--numstat']],
  },
}

for (const [name, { plant, control }] of Object.entries(payloads)) {
  test(`a repository with a planted ${name} runs nothing`, async () => {
    const root = join(ground.base, name)
    const repository = join(root, 'repo')
    const mark = join(ground.base, `ran-${name}`)
    makeRepository(repository)
    plant(repository, mark)
    for (const args of control) plainGit(repository, args)
    expect(existsSync(mark), 'plain git runs the payload').toBe(true)
    rmSync(mark)
    if (name === 'hook' || name === 'hooksPath' || name === 'clean') touch(repository, 'a.txt')
    if (name === 'process') touch(repository, 'b.md')

    const { id } = await addRoot(name)
    const { api } = ground.cairn
    const known = await patiently(async () => {
      const { items } = await api.git.repositories({ root: id })
      return items.find((item) => item.path === 'repo' && item.state === 'ready' && item.scanned_at) ?? null
    })
    expect(known.commits).toBeGreaterThan(0)
    expect(known.standing?.branch).toBe('main')
    await api.files.tree({ root: id, path: 'repo' })
    const registered = await api.repos.create({ path: repository })
    expect((await api.repos.status({ repo_id: registered.id })).branch).toBe('main')
    expect((await api.repos.log({ repo_id: registered.id, path: 'a.txt' })).items.length).toBeGreaterThan(0)
    await api.repos.branches({ repo_id: registered.id })
    expect(existsSync(mark), 'nothing ran').toBe(false)
  })
}

const codeAndReason = (call: Promise<unknown>) =>
  call.then(
    () => 'none',
    ({ problem }: ApiError) => `${problem.code}: ${problem.detail}`,
  )
const stateOf = (id: string, path = 'repo') =>
  patiently(async () => {
    const { items } = await ground.cairn.api.git.repositories({ root: id })
    const found = items.find((item) => item.path === path)
    return found && found.state !== 'new' ? found.state : null
  })

test('a working copy whose configuration claims another folder shows its own files only', async () => {
  const root = join(ground.base, 'worktree')
  const elsewhere = join(ground.base, 'elsewhere')
  const repository = join(root, 'repo')
  makeRepository(repository)
  mkdirSync(elsewhere)
  writeFileSync(join(elsewhere, 'private-name.txt'), 'x')
  config(repository, ['core.worktree', elsewhere])
  expect(plainGit(repository, ['status']).stdout).toContain('private-name.txt')
  await addRoot('worktree')
  const { id } = await ground.cairn.api.repos.create({ path: repository })
  expect((await ground.cairn.api.repos.status({ repo_id: id })).changes).toEqual([])
})

test('data outside the registered folders is not read, however a repository points to it', async () => {
  const outside = join(ground.base, 'private')
  makeRepository(outside, { 'diary.txt': 'thylacine' })
  const ways: Record<string, (repository: string) => void> = {
    pointer: (repository) => writeFileSync(join(repository, '.git'), `gitdir: ${join(outside, '.git')}\n`),
    link: (repository) => symlinkSync(join(outside, '.git'), join(repository, '.git')),
    objects(repository) {
      makeRepository(repository)
      rmSync(join(repository, '.git/objects'), { recursive: true })
      symlinkSync(join(outside, '.git/objects'), join(repository, '.git/objects'))
      writeFileSync(join(repository, '.git/refs/heads/main'), `${git(outside, ['rev-parse', 'HEAD'])}\n`)
    },
    alternates(repository) {
      makeRepository(repository)
      writeFileSync(join(repository, '.git/objects/info/alternates'), `${join(outside, '.git/objects')}\n`)
    },
  }
  for (const [name, point] of Object.entries(ways)) {
    const repository = join(ground.base, `points-${name}`, 'repo')
    mkdirSync(repository, { recursive: true })
    point(repository)
    expect(plainGit(repository, ['status']).status, name).toBe(0)
    const { id } = await addRoot(`points-${name}`)
    expect(await stateOf(id), name).toBe('outside')
    const refusal = await codeAndReason(ground.cairn.api.repos.create({ path: repository }))
    expect(refusal, name).toMatch(/^REPO_NOT_READABLE: .*outside the registered folders/)
  }
})

test('a bare repository inside a folder is not taken for one', async () => {
  const root = join(ground.base, 'bare')
  mkdirSync(join(root, 'inner'), { recursive: true })
  git(join(root, 'inner'), ['init', '-q', '--bare', '.'])
  await addRoot('bare')
  expect(await codeAndReason(ground.cairn.api.repos.create({ path: join(root, 'inner') }))).toMatch(
    /^REPO_NOT_READABLE/,
  )
})

test('names of refs and paths cannot become options of git', async () => {
  const repository = join(ground.base, 'options', 'repo')
  makeRepository(repository)
  const made = join(ground.base, 'made-by-option')
  await addRoot('options')
  const { id } = await ground.cairn.api.repos.create({ path: repository })
  const { log } = ground.cairn.api.repos
  for (const ref of [
    `--output=${made}`,
    '-1',
    '--all',
    'main..main',
    'main:a.txt',
    '@{-1}',
    ':/first',
    'HEAD^{/first}',
    '',
  ]) {
    expect(await codeAndReason(log({ repo_id: id, ref })), ref).toMatch(/^(REF_NOT_FOUND|INVALID_INPUT)/)
  }
  expect((await log({ repo_id: id, path: `--output=${made}` })).items).toEqual([])
  expect((await log({ repo_id: id, path: ':(top)a.txt' })).items).toEqual([])
  expect(await codeAndReason(log({ repo_id: id, path: '../../etc' }))).toMatch(/^PATH_NOT_ALLOWED/)
  const cursor = Buffer.from(JSON.stringify([`--output=${made}`, 0])).toString('base64url')
  expect(await codeAndReason(log({ repo_id: id, cursor }))).toMatch(/^INVALID_INPUT/)
  expect(readdirSync(ground.base)).not.toContain('made-by-option')
})

// Only root can give a folder away.
test.runIf(process.getuid?.() === 0)('a repository of another user of the machine is not read', async () => {
  const repository = join(ground.base, 'foreign', 'repo')
  makeRepository(repository)
  chownSync(join(repository, '.git'), 65_534, 65_534)
  chownSync(repository, 65_534, 65_534)
  const { id } = await addRoot('foreign')
  expect(await stateOf(id)).toBe('foreign')
  expect(await codeAndReason(ground.cairn.api.repos.create({ path: repository }))).toMatch(/another user/)
})
