/**
 * What the first two specifications name (HydraFlow's memory for a browsing, thinking person), and where it is served. Their
 * repository tooling belongs to a later piece of work and is not in this list.
 */
import { table } from '@cairn/api/table'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { testDatabase } from './database.ts'

/** Method and path, as the specifications and the design of the API write them. */
const endpoints = `
  POST /api/chat
  POST /api/chat/{thread}/message
  GET /api/chat/{thread}/context
  POST /api/chat/{thread}/context
  GET /api/chat/schema
  GET /api/hydraflow/threads
  POST /api/hydraflow/threads
  GET /api/hydraflow/threads/{id}
  PATCH /api/hydraflow/threads/{id}
  DELETE /api/hydraflow/threads/{id}
  GET /api/hydraflow/threads/{id}/messages
  POST /api/hydraflow/threads/{id}/messages
  GET /api/hydraflow/threads/{id}/links
  GET /api/memory
  POST /api/memory
  GET /api/memory/{id}
  PATCH /api/memory/{id}
  DELETE /api/memory/{id}
  POST /api/memory/search
  GET /api/memory/{id}/audit
  GET /api/tasks
  POST /api/tasks
  GET /api/tasks/{id}
  PATCH /api/tasks/{id}
  DELETE /api/tasks/{id}
  GET /api/tasks/{id}/events
  POST /api/tasks/{id}/events
  GET /api/browser/tabs
  POST /api/browser/tabs
  GET /api/browser/tabs/{id}
  PATCH /api/browser/tabs/{id}
  DELETE /api/browser/tabs/{id}
  POST /api/browser/tabs/{id}/thread
  GET /api/browser/history
  POST /api/browser/history
  DELETE /api/browser/history
  DELETE /api/browser/history/{id}
  GET /api/browser/bookmarks
  POST /api/browser/bookmarks
  PATCH /api/browser/bookmarks/{id}
  DELETE /api/browser/bookmarks/{id}
  GET /api/browser/bookmark-folders
  POST /api/browser/bookmark-folders
  PATCH /api/browser/bookmark-folders/{id}
  DELETE /api/browser/bookmark-folders/{id}
  GET /api/browser/graph
  GET /api/visits
  POST /api/visits
  GET /api/documents
  POST /api/documents
  POST /api/documents/upload
  GET /api/documents/{id}
  DELETE /api/documents/{id}
  POST /api/refresh
  GET /api/refresh/{job}
  POST /api/import/history
  POST /api/import/bookmarks
  POST /api/import/chats
  GET /api/overview
  GET /api/digest
  GET /api/export/bundle
  POST /api/export/bundle
  POST /api/import/bundle
  POST /api/privacy/preview
  POST /api/privacy/delete
  GET /api/jobs
  DELETE /api/jobs
  GET /api/jobs/{id}
  GET /api/jobs/{id}/status
  GET /api/jobs/{id}/log
  POST /api/jobs/{id}/cancel
  POST /api/jobs/{id}/retry
`

/** Their tables; where ours has another name, after the arrow, and why it has. */
const tables = [
  ...[
    'llm_threads',
    'llm_messages',
    'tasks',
    'task_events',
    'memories',
    'memory_audit',
    'tabs',
    'history',
    'bookmarks',
  ],
  ...['bookmark_folders', 'pages', 'documents', 'jobs', 'job_status', '_migrations'],
  // One table of embeddings for passages of every kind, by the hash of their text.
  'memory_embeddings → embedding',
  // A visit is a row of the history, whoever reports it.
  'page_visits → history',
]

const ofAny = (path: string) => path.replace(/\{\w+\}/g, '{}')

test('every endpoint of the first two specifications is served', () => {
  const served = new Set(
    Object.values(table).flatMap((feature) =>
      Object.values(feature).map(({ method, path }) => `${method} ${ofAny(path)}`),
    ),
  )
  const wanted = endpoints
    .trim()
    .split('\n')
    .map((line) => ofAny(line.trim()))
  expect(wanted.filter((each) => !served.has(each))).toEqual([])
})

test('every table of the first two specifications is there, under its name or the one that took its place', async () => {
  const { db, name } = await testDatabase()
  const { rows } = await (name === 'postgres'
    ? sql<{ name: string }>`select tablename as name from pg_tables where schemaname = 'public'`
    : sql<{ name: string }>`select name from sqlite_schema where type = 'table'`
  ).execute(db)
  const there = new Set(rows.map((row) => row.name))
  expect(tables.map((each) => each.split(' → ').at(-1) as string).filter((each) => !there.has(each))).toEqual([])
})
