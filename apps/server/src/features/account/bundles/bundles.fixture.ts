/** A workspace with something of everything, and what is in its tables, for tests of bundles. */
import { expect } from 'vitest'
import type { BundleExported, BundleImported } from '@cairn/api/bundles'
import type { Client } from '@cairn/api/client'
import type { Table } from '@cairn/api/table'
import { type Cairn, until } from '../../../../test/harness.ts'
import { newId } from '../../../kernel/ids.ts'

type Api = Client<Table>

/** Resolves with the job once it has ended. */
export const ended = (api: Api, id: string) =>
  until(async () => {
    const job = await api.jobs.get({ id })
    return job.completed_at === null ? null : job
  })

export async function exported(api: Api, input: { components?: string[]; since?: string; passphrase?: string } = {}) {
  const { job_id } = await api.bundles.export(input)
  const job = await ended(api, job_id)
  expect(job).toMatchObject({ status: 'succeeded' })
  const response = await api.bundles.download.raw({ id: job_id })
  return { id: job_id, result: job.result as BundleExported, file: await response.blob() }
}

type Asked = { dry_run?: boolean; components?: string[]; passphrase?: string }
export async function imported(api: Api, file: Blob, input: Asked = {}) {
  const { job_id } = await api.bundles.import.upload(file, input)
  const job = await ended(api, job_id)
  return { ...job, result: job.result as BundleImported }
}

/** Something of everything that travels. */
export async function fill(api: Api): Promise<{ thread: string; memory: string; task: string }> {
  const { id: thread } = await api.threads.create({ title: 'About cairns', metadata: { kept: [1, { a: 'b' }] } })
  const say = (role: 'user' | 'assistant', content: string, parent_id?: string) =>
    api.threads.addMessage({ thread_id: thread, role, content, ...(parent_id && { parent_id }) })
  const question = await say('user', 'What is a cairn?')
  const answer = await say('assistant', 'A heap of stones.\nWith a second line, ü and 🪨.')
  await say('user', 'And who builds them?')
  await say('user', 'Asked anew', answer.id)
  await api.threads.branch({ thread_id: thread, message_id: question.id })
  const memory = await api.memories.create({ key: 'stones', value: 'are grey', scope: 'thread', scope_ref: thread })
  await api.memories.update({ id: memory.id, value: 'are mostly grey' })
  const task = await api.tasks.create({ title: 'Build one', thread_id: thread, tags: ['stone'], assignee: 'me' })
  await api.tasks.create({ title: 'Under it', parent_id: task.id, due_at: '2031-01-01T00:00:00.000Z' })
  await api.tasks.addEvent({ task_id: task.id, event_type: 'note', payload: { text: 'began' } })
  await api.tasks.update({ id: task.id, status: 'in_progress' })
  const visit = (at: number) => ({
    url: `https://site${at % 3}.example/page/${at % 7}`,
    title: `Page ${at % 7}`,
    visited_at: new Date(1_700_000_000_000 + at * 61_000).toISOString(),
    ...(at % 5 === 0 && { referrer: 'https://from.example/' }),
    ...(at === 13 && { text: 'What the page said about granite.' }),
  })
  await api.browser.createVisits({ visits: Array.from({ length: 40 }, (_, at) => visit(at)) })
  await api.tabs.create({ id: newId(), url: 'https://site0.example/page/0', title: 'Page 0', thread_id: thread })
  const outer = await api.bookmarks.createFolder({ title: 'Outer' })
  const inner = await api.bookmarks.createFolder({ title: 'Inner', parent_id: outer.id })
  await api.bookmarks.create({ url: 'https://kept.example/a', title: 'Kept', tags: ['one'], folder_id: inner.id })
  await api.bookmarks.create({ url: 'https://kept.example/b' })
  const paper = await api.documents.create({
    url: 'https://papers.example/cairns',
    content: '# Cairns\n\nHeaps of stones.',
  })
  await api.documents.create({ url: paper.url as string, content: '# Cairns\n\nHeaps of many stones.' })
  await api.documents.create({ content: 'A note without an address.' })
  await api.capture.pause({ site: 'private.example' })
  await api.capture.setPageText({ site: 'silent.example', on: false })
  const provider = await api.models.addProvider({
    ...{
      name: 'Near',
      kind: 'openai-compatible',
      base_url: 'http://127.0.0.1:9/v1',
      api_key: 'sk-never-travels-0123456789',
    },
  })
  await api.models.setRoutes({ chat: [{ provider_id: provider.id, model: 'm' }], embed: [] })
  return { thread, memory: memory.id, task: task.id }
}

/** Rows of every table that travels, in an order, without what differs from home to home. */
export async function rowsIn(cairn: Cairn, workspace: string, person: string): Promise<Record<string, unknown[]>> {
  const { core } = cairn
  const tables = core.features.filter(({ portable }) => portable).flatMap((feature) => feature.tables)
  const found: Record<string, unknown[]> = {}
  for (const table of tables.filter(
    (name) =>
      ![
        'llm_usage_log',
        'bookmark_import',
        'page_bucket',
        'crawl',
        'crawl_page',
        'crawl_host',
        'crawl_schedule',
      ].includes(name),
  )) {
    const rows = (await core.kernel.database.db
      .withTables<Record<string, Record<string, unknown>>>()
      .selectFrom(table)
      .selectAll()
      .where('workspace', '=', workspace)
      .execute()) as Record<string, unknown>[]
    found[table] = rows
      .map(({ workspace: _, ...row }) => JSON.stringify(row, Object.keys(row).sort()).replaceAll(person, 'person'))
      .sort()
  }
  return found
}
