/**
 * Bundles of the first version, as HydraFlow wrote them: `bundle.json` with `schema_version` 1 and
 * `included_components`, and lines of `threads`, `messages`, `tasks` and `browser_history` without checksums. Their lines
 * become lines as they are written now. Pure.
 */
import { sha256, uuidOf } from '../../../kernel/ids.ts'
import type { Contents } from './manifest.ts'

export const firstManifestFile = 'bundle.json'

type Line = Record<string, unknown>
/** Component as it was named → as it is named now. */
const names: Record<string, string> = {
  ...{ threads: 'threads', messages: 'messages', tasks: 'tasks' },
  browser_history: 'visits',
}

/** Null when it is none. */
export function contentsOfFirst(said: unknown, sizeOf: (file: string) => number | undefined): Contents | null {
  const { schema_version: version, included_components: included } = (said ?? {}) as Line
  if (version !== 1 || !Array.isArray(included) || included.length > 10) return null
  if (included.some((name) => typeof name !== 'string' || !(name in names))) return null
  if (new Set(included).size < included.length) return null
  const parts = (included as string[]).map((old) => {
    const file = `${old}.ndjson`
    return { name: names[old] as string, file, bytes: sizeOf(file) ?? 0, rows: -1, sha256: null }
  })
  return { version, person: '', since: null, parts }
}

/** Lines of a component of the first version as lines of now. What is no object stays what it is, and is refused later. */
export async function* upgraded(component: string, lines: AsyncIterable<string>): AsyncGenerator<string> {
  const upgrade = makers[component]?.()
  for await (const text of lines) {
    const line = parsed(text)
    yield line && upgrade ? JSON.stringify(upgrade(line)) : text
  }
}

function parsed(text: string): Line | null {
  try {
    const line: unknown = JSON.parse(text)
    return typeof line === 'object' && line !== null && !Array.isArray(line) ? (line as Line) : null
  } catch {
    return null
  }
}

const makers: Record<string, () => (line: Line) => Line> = {
  threads: () => (line) => ({
    ...{ id: idOf(line.id), title: wordsOf(line.title, 500), description: wordsOf(line.description, 5_000) },
    ...{ origin: wordsOf(line.origin, 100) || 'hydraflow', metadata: objectOf(line.metadata), version: 1 },
    ...{ created_at: timeOf(line.created_at), updated_at: timeOf(line.updated_at ?? line.created_at) },
    last_user_message_at: timeOrNull(line.last_user_message_at),
    last_assistant_message_at: timeOrNull(line.last_assistant_message_at),
  }),
  messages: () => {
    const turns = new Map<unknown, { turn: number; last: unknown }>()
    return (line) => {
      const before = turns.get(line.thread_id) ?? { turn: 0, last: null }
      turns.set(line.thread_id, { turn: before.turn + 1, last: line.id })
      const parent = line.parent_id ?? before.last
      return {
        ...{ id: idOf(line.id), thread_id: idOf(line.thread_id), parent_id: parent == null ? null : idOf(parent) },
        ...{ turn: before.turn + 1, role: line.role, kind: 'plain', state: 'complete', content: line.content },
        ...{ tokens: line.tokens ?? null, model: null, cost_usd: null, citations: [] },
        ...{ metadata: objectOf(line.metadata), created_at: timeOf(line.created_at) },
      }
    }
  },
  tasks: () => (line) => ({
    ...{ id: idOf(line.id), title: wordsOf(line.title, 500) || 'Task', description: wordsOf(line.description, 20_000) },
    ...{ status: statuses[String(line.status)] ?? line.status, priority: clamped(line.priority) },
    ...{ due_at: timeOrNull(line.due_at), owner: wordsOf(line.owner, 200), assignee: null, project: null },
    ...{ thread_id: line.thread_id == null ? null : idOf(line.thread_id), parent_id: null, tags: [], source: null },
    ...{
      position: 'a0',
      result: line.result == null ? null : objectOf(line.result),
      metadata: objectOf(line.metadata),
    },
    ...{ version: 1, created_at: timeOf(line.created_at), updated_at: timeOf(line.updated_at ?? line.created_at) },
    closed_at: timeOrNull(line.closed_at),
  }),
  visits: () => (line) => ({
    ...{ url: line.url, page_title: titleOf(line.title), title: null, visited_at: timeOf(line.visited_at) },
    ...{ referrer: line.referrer ?? null, duration_ms: null, source: 'import', tab_id: null },
    ...{ status_code: line.status_code ?? null, content_type: line.content_type ?? null },
  }),
}

const statuses: Record<string, string> = { todo: 'pending', done: 'completed' }
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
/** An id that is none gets one that follows from it: brought in again, it is the same. */
const idOf = (value: unknown) => {
  const given = String(value).toLowerCase()
  return uuid.test(given) ? given : uuidOf(sha256(`hydraflow\n${given}`))
}
const wordsOf = (value: unknown, longest: number) => (value == null ? '' : String(value).slice(0, longest))
const titleOf = (value: unknown) => (value == null ? null : String(value).slice(0, 1_000))
const clamped = (value: unknown) => Math.min(Math.max(Math.trunc(Number(value ?? 1)) || 0, 0), 3)

function objectOf(value: unknown): Line {
  if (typeof value === 'string') return parsed(value) ?? {}
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Line) : {}
}

/** SQLite's `YYYY-MM-DD HH:MM:SS` is UTC; so is what has no zone. */
function timeOf(value: unknown): unknown {
  const text = typeof value === 'string' ? value.trim().replace(' ', 'T') : ''
  const zoned = /(?:Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`
  const time = typeof value === 'number' ? value * (value < 1e11 ? 1_000 : 1) : Date.parse(zoned)
  return Number.isFinite(time) ? new Date(time).toISOString() : value
}
const timeOrNull = (value: unknown) => (value == null ? null : timeOf(value))
