/** GET and POST of a memory beside a bare Fastify route and bare inserts. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import autocannon from 'autocannon'
import { answering, startBenchCore } from './core.ts'
import type { Row } from './run.ts'

const seconds = 6
const connections = 32

export async function run(): Promise<Row[]> {
  const core = await startBenchCore()
  try {
    const memory = await core.api.memories.create({
      key: 'a fact',
      value: 'A value of ordinary length, as people write.',
    })
    const headers = { authorization: `Bearer ${core.key}` }
    const path = `/api/memory/${memory.id}`
    const bare = await bareFastify(path, JSON.stringify(memory))
    const floor = await hit(bare.url + path, headers)
    const read = await hit(`${bare.url}/read`, headers)
    bare.stop()
    const ours = await hit(core.url + path, headers)
    const posts = await hit(
      `${core.url}/api/memory`,
      { ...headers, 'content-type': 'application/json' },
      '{"key":"a","value":"b"}',
    )
    const inserts = bareInserts()
    return [
      {
        name: 'GET /api/memory/{id}',
        ...{ floor: floor.rate, ours: ours.rate, unit: 'requests/s', ratio: ours.rate / floor.rate, goal: '≥ 0.6' },
      },
      {
        name: 'the same beside a route that reads its row',
        ...{ floor: read.rate, ours: ours.rate, unit: 'requests/s', ratio: ours.rate / read.rate, goal: '' },
        notes: 'floor: by bare node:sqlite, without auth, limits or validation',
      },
      {
        name: 'GET /api/memory/{id}, p99',
        ...{ floor: floor.p99, ours: ours.p99, unit: 'ms', ratio: ours.p99 / floor.p99, goal: '≤ 3' },
      },
      {
        name: 'POST /api/memory, durable',
        ...{ floor: inserts, ours: posts.rate, unit: 'commits/s', ratio: posts.rate / inserts, goal: '≥ 0.5' },
        notes: `row, event, index mark; ${connections} clients`,
      },
    ]
  } finally {
    await core.stop()
  }
}

async function hit(
  url: string,
  headers: Record<string, string>,
  body?: string,
): Promise<{ rate: number; p99: number }> {
  const options = { url, headers, connections, ...(body !== undefined && { method: 'POST' as const, body }) }
  await autocannon({ ...options, duration: 2 })
  const result = await autocannon({ ...options, duration: seconds })
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${result.non2xx} refusals, ${result.errors} errors at ${url}`)
  return { rate: result.requests.average, p99: result.latency.p99 }
}

/** A process with nothing but a Fastify route that returns the same JSON. */
async function bareFastify(path: string, json: string): Promise<{ url: string; stop(): void }> {
  const port = await new Promise<number>((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const found = (probe.address() as { port: number }).port
      probe.close(() => resolve(found))
    })
  })
  const script = `
    import fastify from 'fastify'
    import { DatabaseSync } from 'node:sqlite'
    const server = fastify()
    const value = ${json}
    const db = new DatabaseSync(':memory:')
    db.exec('create table memory (workspace text, id text, row text, primary key (workspace, id)) strict')
    db.prepare('insert into memory values (?, ?, ?)').run('w', value.id, JSON.stringify(value))
    const read = db.prepare('select * from memory where workspace = ? and id = ?')
    server.get('/read', async () => JSON.parse(read.all('w', value.id)[0].row))
    server.get('${path}', async () => value)
    server.get('/api/health', async () => ({}))
    await server.listen({ port: ${port}, host: '127.0.0.1' })`
  const folder = new URL('../apps/server/', import.meta.url)
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { cwd: folder, stdio: 'inherit' })
  const url = `http://127.0.0.1:${port}`
  await answering(url, child)
  return { url, stop: () => void child.kill('SIGKILL') }
}

/** Commits per second of one row and one event with `synchronous=FULL`, one after the other. */
function bareInserts(): number {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-bare-'))
  const db = new DatabaseSync(join(folder, 'bare.db'))
  db.exec(`pragma journal_mode = wal; pragma synchronous = full;
    create table memory (id text primary key, key text, value text, at integer) strict;
    create table event (seq integer primary key, data text, hash text) strict`)
  const row = db.prepare('insert into memory values (?, ?, ?, ?)')
  const event = db.prepare('insert into event (data, hash) values (?, ?)')
  const end = performance.now() + seconds * 1_000
  let commits = 0
  for (; performance.now() < end; commits += 1) {
    db.exec('begin immediate')
    row.run(String(commits), 'a', 'b', commits)
    event.run('{}', 'x'.repeat(64))
    db.exec('commit')
  }
  db.close()
  rmSync(folder, { recursive: true })
  return commits / seconds
}
