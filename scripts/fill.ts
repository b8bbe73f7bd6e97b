/**
 * Fills a data folder with a hundred thousand of everything, to look at every view with that much in it:
 * `npm run fill -- /tmp/full`, then `CAIRN_HOME=/tmp/full npm start -- /tmp/full-files`. `--rows N` makes it more or less. SQLite
 * only, and never a folder that holds anything already. Rows are written past the gate, in the form that the features write
 * them in; the index finds nothing of them until it is rebuilt (`npx cairn call search.rebuild`).
 */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { makeClient, routesOf } from '@cairn/api/client'
import { type Table, table } from '@cairn/api/table'
import { mostTabs } from '@cairn/api/tabs'
import { readConfig } from '../apps/server/src/config.ts'
import { urlKey } from '../apps/server/src/features/capture/bookmarks/rows.ts'
import type { Db } from '../apps/server/src/kernel/database/dialect.ts'
import { newId, newSecret, sha256 } from '../apps/server/src/kernel/ids.ts'
import { startCore } from '../apps/server/src/wire.ts'
import { random, wordOf } from '../bench/synthetic.ts'

const { values, positionals } = parseArgs({ allowPositionals: true, options: { rows: { type: 'string' } } })
const rows = Number(values.rows ?? 100_000)
const [folder] = positionals
if (!folder || !Number.isSafeInteger(rows) || rows < 1) {
  console.error('Usage: npm run fill -- FOLDER [--rows N]')
  process.exit(2)
}
const home = resolve(folder)
const files = `${home}-files`
if (existsSync(home) && readdirSync(home).length > 0) {
  console.error(`${home} is not empty. Name a new folder.`)
  process.exit(2)
}

const chance = random(7)
const words = (count: number) =>
  Array.from({ length: count }, () => wordOf(Math.floor(chance() ** 3 * 5_000))).join(' ')
const pick = <T>(all: readonly T[]) => all[Math.floor(chance() * all.length)] as T
const now = Date.now()
/** The `at`-th of all rows, newest first, over three years. */
const timeOf = (at: number) => Math.floor(now - (at / rows) * 3 * 365 * 86_400_000)
const numbers = Array.from({ length: rows }, (_, at) => at)

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** The `at`-th key of an order by hand (see `kernel/order.ts`): `d` and four digits. */
const positionOf = (at: number) => `d${[3, 2, 1, 0].map((power) => digits[Math.floor(at / 62 ** power) % 62]).join('')}`

type AnyRow = Record<string, string | number | null>

async function insert(db: Db, table: string, all: readonly AnyRow[]) {
  const wide = Object.keys(all[0] ?? {}).length
  const atOnce = Math.floor(30_000 / Math.max(wide, 1))
  for (let from = 0; from < all.length; from += atOnce)
    await db
      .withTables<Record<string, AnyRow>>()
      .insertInto(table)
      .values(all.slice(from, from + atOnce))
      .execute()
  console.log(`${all.length.toLocaleString('en')} ${table}`)
}

const key = newSecret()
const config = readConfig({
  ...{ CAIRN_HOME: home, CAIRN_PORT: '0', CAIRN_SIDECAR: '0', CAIRN_LOG: 'json', CAIRN_LOG_LEVEL: 'error' },
  ...{ CAIRN_KEYCHAIN: '0', CAIRN_API_KEY: key },
})
const core = await startCore(config)
const { workspace } = core
const scope = core.kernel.scope({
  workspace,
  principal: { kind: 'system', person: 'fill', agent: null, credential: null, scopes: ['*'] },
})

// Visits come in as they always do, so that pages, sites and counts are right.
const api = makeClient<Table>(routesOf(table), { url: core.url, key })
const sites = Array.from({ length: 800 }, (_, at) => `${wordOf(at + 40)}.example`)
const pageOf = () => `https://${sites[Math.floor(chance() ** 3 * sites.length)]}/${wordOf(Math.floor(chance() * 60))}`
for (let from = 0; from < rows; from += 5_000) {
  const some = numbers.slice(from, from + 5_000)
  await api.browser.createVisits({
    visits: some.map((at) => ({
      ...{ url: pageOf(), title: words(5), visited_at: new Date(timeOf(at)).toISOString(), source: 'fill' },
      ...(chance() < 0.6 && { referrer: pageOf() }),
    })),
  })
}
console.log(`${rows.toLocaleString('en')} visits`)
const tabs = numbers.slice(0, mostTabs).map((at) => ({ id: newId(), url: pageOf(), title: `${words(4)} ${at}` }))
await api.tabs.replace({ tabs })
console.log(`${tabs.length.toLocaleString('en')} tabs`)

await scope.write(async ({ db }) => {
  const tagged = () => JSON.stringify([pick(['later', 'tea', 'stones', 'read'])])
  const folders = numbers.slice(0, Math.min(200, rows)).map((at) => ({
    ...{ workspace, id: newId(), parent_id: null, title: `${words(2)} ${at}`, version: 1 },
    ...{ created_at: now, updated_at: now, position: positionOf(at) },
  }))
  await insert(db, 'bookmark_folders', folders)
  await insert(
    db,
    'bookmarks',
    numbers.map((at) => {
      const url = `${pageOf()}/${at}`
      return {
        ...{ workspace, id: newId(), folder_id: at % 3 === 0 ? null : (pick(folders).id as string), url },
        ...{ url_key: urlKey(url), site: new URL(url).host, title: words(4), tags: tagged() },
        ...{ position: positionOf(at), version: 1, created_at: timeOf(at), updated_at: timeOf(at) },
      }
    }),
  )
  const statuses = ['pending', 'pending', 'in_progress', 'blocked', 'completed', 'completed', 'failed', 'cancelled']
  await insert(
    db,
    'tasks',
    numbers.map((at) => {
      const status = pick(statuses)
      const closed = ['completed', 'failed', 'cancelled'].includes(status)
      return {
        ...{ workspace, id: newId(), title: words(5), description: '', status, priority: at % 4, owner: 'fill' },
        ...{ due_at: at % 5 === 0 ? timeOf(at) : null, assignee: null, project: pick(['trail', 'camp', 'river']) },
        ...{ thread_id: null, parent_id: null, tags: '[]', source: null, position: positionOf(at) },
        ...{ result: null, metadata: '{}', version: 1, created_at: timeOf(at), updated_at: timeOf(at) },
        closed_at: closed ? timeOf(at) : null,
      }
    }),
  )
  await insert(
    db,
    'memories',
    numbers.map((at) => ({
      ...{ workspace, id: newId(), scope: 'workspace', scope_ref: null, key: `${words(2)} ${at}`, value: words(12) },
      ...{ source: null, metadata: '{}', strength: 1, last_accessed: null, thread_id: null, task_id: null },
      ...{ source_message_id: null, created_at: timeOf(at), updated_at: timeOf(at), version: 1 },
    })),
  )
  const threads = numbers.map((at) => ({
    ...{ workspace, id: newId(), title: words(4), description: '', origin: 'fill', metadata: '{}', version: 1 },
    ...{ message_count: 0, created_at: timeOf(at), updated_at: timeOf(at) },
    ...{ last_user_message_at: null, last_assistant_message_at: null, head_id: null as string | null },
  }))
  const long = threads[0] as (typeof threads)[number]
  const messages = numbers.map((at) => ({ id: newId(), turn: at + 1 }))
  Object.assign(long, { title: 'The long one', message_count: rows, head_id: messages.at(-1)?.id ?? null })
  await insert(db, 'llm_threads', threads)
  await insert(
    db,
    'llm_messages',
    messages.map(({ id, turn }, at) => ({
      ...{ workspace, id, thread_id: long.id, parent_id: messages[at - 1]?.id ?? null, turn },
      ...{ role: at % 2 ? 'assistant' : 'user', kind: 'plain', state: 'complete', content: words(25), tokens: null },
      ...{ model: null, cost_usd: null, citations: '[]', metadata: '{}', created_at: timeOf(rows - at) },
    })),
  )
  const texts = numbers.map(() => `# ${words(3)}\n\n${words(40)}\n`)
  const documents = texts.map((text, at) => ({
    ...{ workspace, id: newId(), format: 'markdown', source: 'fill', title: text.slice(2, text.indexOf('\n')) },
    ...{ description: null, author: null, language: null, published_at: null, url: null, url_key: null },
    ...{ fetch_key: null, canonical_url: null, site: null, file_name: `${at}.md`, content_hash: sha256(text) },
    ...{ given_hash: sha256(text), version: 1, characters: text.length, etag: null, last_modified: null },
    ...{ created_at: timeOf(at), updated_at: timeOf(at), checked_at: timeOf(at) },
  }))
  await insert(db, 'documents', documents)
  await insert(
    db,
    'document_version',
    documents.map(({ id, title, content_hash, characters, created_at }, at) => ({
      ...{ workspace, document_id: id, version: 1, title, content_hash, markdown: texts[at] as string },
      ...{ truncated: 0, characters, blob: null, created_at },
    })),
  )
  const pattern = await db
    .withTables<Record<'jobs', AnyRow>>()
    .selectFrom('jobs')
    .selectAll()
    .limit(1)
    .executeTakeFirst()
  if (!pattern) throw new Error('No job has run yet to take as a pattern.')
  const types = ['imports.history', 'files.scan', 'bundles.export', 'focused_crawl']
  await insert(
    db,
    'jobs',
    numbers.map((at) => ({
      ...{ ...pattern, workspace, id: newId(), type: pick(types), status: at % 50 === 0 ? 'failed' : 'succeeded' },
      ...{ error: at % 50 === 0 ? JSON.stringify({ code: 'INTERNAL', message: 'It failed.' }) : null },
      ...{
        unique_key: null,
        concurrency: null,
        due_at: null,
        worker: null,
        lease_until: null,
        result: null,
        task_id: null,
      },
      ...{ created_at: timeOf(at), started_at: timeOf(at), completed_at: timeOf(at), updated_at: timeOf(at) },
    })),
  )
})
for (let from = 0; from < rows; from += 5_000)
  await scope.write(async (tx) => {
    for (const at of numbers.slice(from, from + 5_000))
      tx.event({ type: 'rows.filled', subject: newId(), data: { at } })
  })
console.log(`${rows.toLocaleString('en')} events`)
await core.stop()

for (const at of numbers) {
  const below = join(files, `part-${Math.floor(at / 1_000)}`)
  if (at % 1_000 === 0) mkdirSync(below, { recursive: true })
  writeFileSync(join(below, `note-${at}.md`), `# ${words(3)}\n\n${words(8)}\n`)
}
console.log(`${rows.toLocaleString('en')} files in ${files}`)
