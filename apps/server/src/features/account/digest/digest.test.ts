import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { patiently as until, useGround } from '../../capture/files/ground.fixture.ts'
import { commitFiles, git, makeRepository } from '../../capture/git/repository.fixture.ts'

const { ground, addRoot } = useGround()
const hour = 3_600_000
const from = (now: number, hours: number) => new Date(now + hours * hour).toISOString()

test('a digest says what is overdue and due soon, soonest first, and nothing of what is done or far away', async () => {
  const { api } = await ground.cairn.stranger()
  const now = Date.now()
  const add = (title: string, due_at: string) => api.tasks.create({ title, due_at })
  await add('a day late', from(now, -24))
  await add('an hour late', from(now, -1))
  const done = await add('late but done', from(now, -2))
  await api.tasks.update({ id: done.id, status: 'completed' })
  await add('in two days', from(now, 48))
  await add('in an hour', from(now, 1))
  await add('in a week', from(now, 7 * 24))
  await api.tasks.create({ title: 'some day' })
  const titles = ({ items }: { items: { title: string }[] }) => items.map(({ title }) => title)
  const digest = await api.digest.get()
  expect(titles(digest.overdue)).toEqual(['a day late', 'an hour late'])
  expect(titles(digest.due_soon)).toEqual(['in an hour', 'in two days'])
  expect(digest.overdue.more).toBe(false)
  const short = await api.digest.get({ limit: 1 })
  expect([titles(short.overdue), short.overdue.more]).toEqual([['a day late'], true])
  expect((await ground.cairn.api.digest.get()).overdue.items).toEqual([])
})

test('jobs count from when they are asked for: failures, and results without housekeeping', async () => {
  const { api } = ground.cairn
  const { id } = await addRoot('watched', { 'a.txt': 'words' })
  const path = join(ground.base, 'no-history.db')
  const database = new DatabaseSync(path)
  database.exec('create table notes (text)')
  database.close()
  const { job_id } = await api.imports.history({ source: 'chromium', path })
  await until(async () => (await api.jobs.get({ id: job_id })).status === 'failed')
  const digest = await api.digest.get()
  expect(digest.failed_jobs.items).toMatchObject([{ id: job_id, error: { code: 'PROFILE_NOT_READABLE' } }])
  expect(digest.results.items.map(({ type }) => type)).toContain('files.scan')
  expect(digest.results.items.map(({ type }) => type)).not.toContain('passages.index')
  expect(Date.parse(digest.at) - Date.parse(digest.since)).toBe(24 * hour)
  const later = await api.digest.get({ since: from(Date.now(), 1) })
  expect([later.failed_jobs, later.results]).toEqual([
    { items: [], more: false },
    { items: [], more: false },
  ])
  await api.roots.remove({ id })
})

test('branches with commits that are nowhere else and rest for a day are stale; a broken repository is named', async () => {
  const { api } = ground.cairn
  const old = Math.floor(Date.now() / 1_000) - 3 * 86_400
  const path = join(ground.base, 'work')
  makeRepository(path)
  git(path, ['checkout', '-q', '-b', 'idea'])
  commitFiles(path, { 'idea.txt': 'an idea' }, 'an idea', { at: old })
  git(path, ['checkout', '-q', '-b', 'fresh'])
  commitFiles(path, { 'fresh.txt': 'of today' }, 'of today')
  git(path, ['checkout', '-q', 'main'])
  await addRoot('work')
  const repo = await api.repos.create({ path })
  const lost = join(ground.base, 'lost')
  makeRepository(lost)
  await addRoot('lost')
  const gone = await api.repos.create({ path: lost })
  await rm(join(lost, '.git'), { recursive: true })

  const { stale_branches, unread } = await api.digest.get()
  expect(stale_branches).toMatchObject({
    items: [{ repo_id: repo.id, repo: 'work', branch: { name: 'idea', subject: 'an idea' } }],
    more: false,
  })
  expect(unread).toEqual([{ repo_id: gone.id, repo: 'lost', code: 'REPO_NOT_READABLE' }])
})
