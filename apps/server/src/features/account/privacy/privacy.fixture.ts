/** A workspace in which a secret stands everywhere it can, and the tests' own search for it. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ErasurePreview, Receipt } from '@cairn/api/privacy'
import { sql } from 'kysely'
import { type Cairn, until } from '../../../../test/harness.ts'
import type { Db } from '../../../kernel/database/dialect.ts'
import { newId } from '../../../kernel/ids.ts'

export const secretSite = 'hidden.example'

/** Waits until everything that was written can be found. */
export const indexed = (cairn: Cairn) => until(async () => (await cairn.api.search.status()).pending === 0)

/** Erases and waits for the receipt. */
export async function erase(
  cairn: Pick<Cairn, 'api'>,
  scope: Omit<Parameters<Cairn['api']['privacy']['delete']>[0], 'confirm'>,
): Promise<Receipt> {
  const { job_id } = await cairn.api.privacy.delete({ ...scope, confirm: true })
  return receiptOf(cairn, job_id)
}

export const receiptOf = ({ api }: Pick<Cairn, 'api'>, id: string): Promise<Receipt> =>
  until(async () => {
    const job = await api.jobs.get({ id })
    if (job.status === 'failed') throw new Error(JSON.stringify(job.error))
    return job.status === 'succeeded' ? api.privacy.getReceipt({ id }) : null
  }, 110_000)

export const removedBy = (receipt: Receipt, feature: string) =>
  receipt.removed.find((part) => part.feature === feature)?.counts ?? {}

/** Files below the data folder that hold a text. */
export async function filesWith(home: string, text: string): Promise<string[]> {
  const found: string[] = []
  for (const entry of await readdir(home, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    // What was put together into another file meanwhile is there.
    const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
    })
    if (bytes?.includes(text)) found.push(entry.name)
  }
  return found
}

/** Tables with rows that hold a text, byte columns among them. */
export async function tablesWith(db: Db, dialect: 'sqlite' | 'postgres', text: string): Promise<string[]> {
  const found: string[] = []
  for (const name of await tableNames(db, dialect)) {
    const { rows } = await sql<Record<string, unknown>>`select * from ${sql.table(name)}`.execute(db)
    const said = rows.map((row) =>
      Object.values(row).map((value) => (value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value)),
    )
    if (JSON.stringify(said).includes(text)) found.push(name)
  }
  return found
}

export async function tableNames(db: Db, dialect: 'sqlite' | 'postgres'): Promise<string[]> {
  const { rows } = await (dialect === 'sqlite'
    ? sql<{ name: string }>`select name from sqlite_schema where type = 'table' and name not like 'passage_fts%'`
    : sql<{ name: string }>`select tablename as name from pg_tables where schemaname = current_schema()`
  ).execute(db)
  return rows.map(({ name }) => name)
}

const page = (path: string) => `https://${secretSite}/${path}`

/** Puts the site into everything that can hold it, beside others that stay. Answers what tests ask for. */
export async function plant(cairn: Cairn) {
  const { api } = cairn
  const tabId = newId()
  await api.capture.resume({ site: secretSite })
  const at = (minute: number) => new Date(Date.UTC(2026, 2, 1, 12, minute)).toISOString()
  await api.browser.createVisits({
    visits: [
      {
        url: page('zebrafinch'),
        title: 'The zebrafinch file',
        visited_at: at(0),
        text: 'A zebrafinch weighs twelve grams.',
      },
      { url: page('zebrafinch'), title: 'The zebrafinch file', visited_at: at(5) },
      { url: `https://deep.${secretSite}/quagga`, title: 'Quagga notes', visited_at: at(6), tab_id: tabId },
      {
        url: 'https://open.example/',
        title: 'Open',
        visited_at: at(7),
        referrer: page('zebrafinch'),
        text: 'Plain oats.',
      },
      { url: 'https://nothidden.example/', title: 'Another', visited_at: at(8) },
    ],
  })
  await api.documents.create({ url: page('paper'), content: '# The zebrafinch paper\n\nAll about zebrafinch songs.' })
  await api.documents.create({ url: 'https://open.example/paper', content: '# Open paper\n\nAll about oats.' })
  await api.bookmarks.create({ url: page('kept'), title: 'Kept zebrafinch' })
  await api.bookmarks.create({ url: 'https://open.example/kept', title: 'Kept oats' })
  await api.tabs.create({ id: tabId, url: page('zebrafinch'), title: 'The zebrafinch file' })
  await api.memories.create({ key: 'from there', value: 'zebrafinch seeds', source: page('seeds') })
  const memory = await api.memories.create({ key: 'lunch', value: 'oats at noon' })
  const task = await api.tasks.create({ title: 'Look again', source: page('again') })
  await api.capture.pause({ site: secretSite })
  await indexed(cairn)
  const answer = await api.chat.ask({ message: 'How much does a zebrafinch weigh?' })
  await indexed(cairn)
  return { answer, memory, task }
}

/** A workspace of the owner and of somebody else: both at work in it, each with a key of their own. */
export async function shared(cairn: Cairn, role: 'editor' | 'owner' = 'editor') {
  const [{ id: owner }, stranger, workspace] = [await cairn.api.users.me(), await cairn.stranger(), newId()]
  await cairn.core.kernel.database.transaction(async (db) => {
    const tables = db.withTables<Record<'workspace' | 'member', Record<string, unknown>>>()
    const room = { id: workspace, slug: `s-${workspace}`, name: 'Shared', kind: 'shared', no_cloud: 0, created_at: 1 }
    await tables.insertInto('workspace').values(room).execute()
    await tables.insertInto('member').values({ workspace, person: owner, role: 'owner' }).execute()
    await tables.insertInto('member').values({ workspace, person: stranger.person, role }).execute()
  })
  const [api, theirs] = [cairn.client(cairn.key, workspace), cairn.client(stranger.key, workspace)]
  return { workspace, owner, person: stranger.person, api, theirs }
}

/** Parts that grow while somebody looks: the preview and the delete are events and jobs, too. */
const moving = ['events', 'jobs', 'answers', 'egress', 'index']

/** What a preview said beside what went of the same parts. */
export function beside(preview: ErasurePreview, receipt: Receipt) {
  const parts = preview.parts.filter(({ feature }) => !moving.includes(feature))
  const went = parts.map(({ feature, counts }) => {
    const removed = removedBy(receipt, feature)
    return { feature, counts: Object.fromEntries(Object.keys(counts).map((part) => [part, removed[part] ?? 0])) }
  })
  return { said: parts, went }
}
