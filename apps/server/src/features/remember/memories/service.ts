/** Rules of memories. Functions that write take the transaction first. */
import { fail } from '@cairn/api/errors'
import type { Memory, MemoryAudit } from '@cairn/api/memories'
import { type Clock, iso, isoOrNull } from '../../../kernel/clock.ts'
import type { Going } from '../../../kernel/feature.ts'
import { newId } from '../../../kernel/ids.ts'
import { stableJson } from '../../../kernel/json.ts'
import { decodeCursor, pageSize, toPage } from '../../../kernel/paging.ts'
import type { Scope, Tx } from '../../../kernel/scope.ts'
import type { Threads } from '../threads/index.ts'
import type { Finding } from './finding.ts'
import * as store from './store.ts'
import { strengthAt, touchEvery } from './strength.ts'

/** Memories that one statement takes; many more would have too many parameters. */
const atOnce = 500

type Reader = Pick<Scope, 'workspace' | 'db'>
export type NewMemory = {
  id?: string
  scope?: Memory['scope']
  scope_ref?: string | null
  key: string
  value: string
  source?: string | null
  metadata?: Record<string, unknown>
}
type Patch = Partial<Pick<NewMemory, 'key' | 'value' | 'source' | 'metadata'>>
type AuditDetail = { person: string; agent: string | null; job: string | null; version?: number | null }
type Filter = { limit?: number; cursor?: string; scope?: Memory['scope']; scope_ref?: string; q?: string }

export type MemoryService = ReturnType<typeof makeMemoryService>

export function makeMemoryService(settings: {
  clock: Clock
  threads: Pick<Threads, 'exists' | 'message' | 'link' | 'unlink' | 'retitle'>
}) {
  const { clock, threads } = settings
  const toMemory = (row: store.MemoryRow): Memory => ({
    id: row.id,
    scope: row.scope as Memory['scope'],
    scope_ref: row.scope_ref,
    key: row.key,
    value: row.value,
    source: row.source,
    strength: strengthAt(clock.now(), row.strength, row.last_accessed ?? row.created_at),
    metadata: JSON.parse(row.metadata) as Record<string, unknown>,
    version: row.version,
    created_at: iso(row.created_at),
    updated_at: iso(row.updated_at),
    last_accessed_at: isoOrNull(row.last_accessed),
  })

  /**
   * Remembers something. Same id and content returns the row; other content under the id is CONFLICT. Without an id, what
   * the scope says under that key already is replaced, as a new version of it.
   */
  async function create(tx: Tx, input: NewMemory): Promise<Memory> {
    const row = rowOf(tx, input)
    await checkScope(tx, row)
    const known = input.id === undefined ? await store.memoryByKey(tx, row) : undefined
    if (known) {
      const { value, source, metadata } = row
      return change(tx, known, {
        value,
        ...(input.source !== undefined && { source }),
        ...(input.metadata && { metadata }),
      })
    }
    if (!(await store.insertMemory(tx, row))) return sameMemory(await store.memoryById(tx, row.id), row)
    await audit(tx, [row.id], 'created', row.version)
    await link(tx, row)
    await tx.reindex('memory', [row.id])
    tx.event({ type: 'memory.created', subject: row.id, data: { scope: row.scope } })
    return toMemory(row)
  }

  /** A thread shows what is remembered for it or was said in it, and by which of its messages. */
  async function link(tx: Tx, { id, key, thread_id, source_message_id }: store.MemoryRow): Promise<void> {
    const said = thread_id === null && source_message_id !== null ? await threads.message(tx, source_message_id) : null
    const thread = thread_id ?? said?.thread_id
    if (!thread) return
    const about = { kind: 'memory', ref: id, title: key, uri: `memory:${id}`, relation: 'remembers' as const }
    await threads.link(tx, thread, [about], source_message_id)
  }

  function sameMemory(stored: store.MemoryRow | undefined, row: store.MemoryRow): Memory {
    const compared = ['scope', 'scope_ref', 'key', 'value', 'source', 'metadata'] as const
    if (!stored || compared.some((field) => stored[field] !== row[field])) throw fail('CONFLICT')
    return toMemory(stored)
  }

  /** Changes what was given. MEMORY_NOT_FOUND; PRECONDITION_FAILED when it is not the version that was `seen` any more. */
  async function update(tx: Tx, id: string, patch: Patch, seen: number | null): Promise<Memory> {
    const row = await store.memoryById(tx, id)
    if (!row) throw fail('MEMORY_NOT_FOUND')
    if (seen !== null && row.version !== seen) throw fail('PRECONDITION_FAILED')
    return change(tx, row, {
      ...(patch.key !== undefined && { key: patch.key.toWellFormed() }),
      ...(patch.value !== undefined && { value: patch.value.toWellFormed() }),
      ...(patch.source !== undefined && { source: patch.source?.toWellFormed() ?? null }),
      ...(patch.metadata !== undefined && { metadata: stableJson(patch.metadata) }),
    })
  }

  /** What is said anew is as strong as on its first day; what it said before is kept. The same again is a use of it. */
  async function change(tx: Tx, row: store.MemoryRow, to: Partial<store.MemoryRow>): Promise<Memory> {
    const fields = (Object.keys(to) as (keyof typeof to)[]).filter((field) => to[field] !== row[field])
    if (fields.length === 0) {
      await store.touchMemories(tx, [row.id], tx.now)
      return toMemory({ ...row, last_accessed: tx.now })
    }
    const changed = {
      ...to,
      ...(to.source !== undefined && { source_message_id: messageOf(to.source) }),
      ...{ version: row.version + 1, updated_at: tx.now, last_accessed: tx.now },
    }
    const next = { ...row, ...changed }
    if (!(await store.updateMemory(tx, row.id, row.version, changed))) throw fail('PRECONDITION_FAILED')
    const { workspace, version, key, value, source } = row
    await store.insertVersion(tx, {
      ...{ workspace, version, key, value, source },
      memory_id: row.id,
      replaced_at: tx.now,
    })
    await audit(tx, [row.id], 'changed', next.version)
    if (fields.some((field) => field !== 'metadata')) await tx.reindex('memory', [row.id])
    if (fields.includes('source')) {
      await threads.unlink(tx, 'memory', [row.id], 'remembers')
      await link(tx, next)
    }
    if (fields.includes('key')) await threads.retitle(tx, 'memory', row.id, next.key)
    tx.event({ type: 'memory.changed', subject: row.id, data: { fields } })
    return toMemory(next)
  }

  /**
   * Keeps what was found in a message of a thread, which shows it; answers how many of them were new. What a person wrote
   * down themselves under such a name is theirs, and stays.
   */
  async function keepFound(tx: Tx, message: string, findings: readonly Finding[], by: string) {
    let kept = 0
    for (const { key, value } of findings) {
      const row = rowOf(tx, { key, value, source: `message:${message}`, metadata: { found_by: by } })
      const known = await store.memoryByKey(tx, row)
      if (known && (known.value === row.value || !wasFound(known))) continue
      await create(tx, { key, value, source: row.source, metadata: { found_by: by } })
      kept += 1
    }
    return kept
  }

  /** Takes back the last change of a memory; what had only just been remembered goes. MEMORY_NOT_FOUND. */
  async function revert(tx: Tx, id: string): Promise<{ memory: Memory | null }> {
    const row = await store.memoryById(tx, id)
    if (!row) throw fail('MEMORY_NOT_FOUND')
    const [before] = await store.versionsOf(tx, id, [row.version - 1])
    if (before) {
      const { key, value, source } = before
      return { memory: await change(tx, row, { key, value, source }) }
    }
    await remove(tx, id)
    return { memory: null }
  }

  /** What happened to a memory, newest first, with what it said before each change; MEMORY_NOT_FOUND when there never was one. */
  async function history(from: Reader, id: string, input: { limit?: number; cursor?: string }) {
    const limit = pageSize(input.limit)
    const after = decodeCursor(input.cursor, [0, ''] as [number, string])
    const rows = await store.auditPage(from, id, { limit: limit + 1, after })
    if (rows.length === 0 && !after) throw fail('MEMORY_NOT_FOUND')
    const details = new Map(rows.map((row) => [row.id, JSON.parse(row.detail) as AuditDetail]))
    const replaced = [...details.values()].flatMap(({ version }) =>
      version != null && version > 1 ? [version - 1] : [],
    )
    const versions = replaced.length > 0 ? await store.versionsOf(from, id, replaced) : []
    const before = new Map(versions.map(({ version, key, value, source }) => [version + 1, { key, value, source }]))
    return toPage(
      rows,
      limit,
      (row) => [row.created_at, row.id],
      (row): MemoryAudit => {
        const { person, agent, job, version = null } = details.get(row.id) as AuditDetail
        const said = version === null ? null : (before.get(version) ?? null)
        const action = row.action as MemoryAudit['action']
        return { id: row.id, action, version, person, agent, job, at: iso(row.created_at), before: said }
      },
    )
  }

  /** A memory of a thread needs the thread; one of a document or site says which. */
  async function checkScope(tx: Tx, { scope, scope_ref }: store.MemoryRow): Promise<void> {
    const refuse = (message: string) => fail('INVALID_INPUT', {}, [{ path: '/scope_ref', message }])
    if (scope === 'workspace' && scope_ref !== null) throw refuse('must be left out for the scope workspace')
    if (scope !== 'workspace' && scope_ref === null) throw refuse(`is required for the scope ${scope}`)
    if (scope === 'thread' && !(await threads.exists(tx, scope_ref as string))) throw refuse('is not a thread here')
  }

  /** One memory, or MEMORY_NOT_FOUND. Opening it is a use. */
  async function get(scope: Scope, id: string): Promise<Memory> {
    const row = await store.memoryById(scope, id)
    if (!row) throw fail('MEMORY_NOT_FOUND')
    touch(scope, [row])
    return toMemory(row)
  }

  /** Memories, newest first. Being listed is no use. */
  async function list(from: Reader, input: Filter) {
    const limit = pageSize(input.limit)
    const after = decodeCursor(input.cursor, [0, ''] as [number, string])
    const { scope, scope_ref, q } = input
    const rows = await store.memoryPage(from, { limit: limit + 1, after, scope, scope_ref, q })
    return toPage(rows, limit, (row) => [row.created_at, row.id], toMemory)
  }

  /** Memories by id, in the order of the ids; being found is a use. */
  async function found(scope: Scope, ids: readonly string[]): Promise<Memory[]> {
    if (ids.length === 0) return []
    const rows = new Map((await store.memoriesByIds(scope, ids)).map((row) => [row.id, row]))
    touch(scope, [...rows.values()])
    return ids.flatMap((id) => rows.get(id) ?? []).map(toMemory)
  }

  /** Forgets one memory. What the audit keeps of it is its id, when it went and who asked. */
  async function remove(tx: Tx, id: string) {
    const { numDeletedRows } = await store.deleteMemory(tx, id)
    if (Number(numDeletedRows) === 0) throw fail('MEMORY_NOT_FOUND')
    await forgetRest(tx, [id])
    tx.event({ type: 'memory.removed', subject: id })
    return { removed: { memories: 1 } }
  }

  /** Forgets what was remembered for a thread that goes; the event of that tells how many they were. */
  async function forget(tx: Tx, { kind, id: thread }: Going): Promise<Record<string, number>> {
    if (kind !== 'thread') return {}
    for (let memories = 0; ; ) {
      const ids = (await store.deleteOfThread(tx, thread, atOnce)).map(({ id }) => id)
      if (ids.length === 0) return { memories }
      await forgetRest(tx, ids)
      memories += ids.length
    }
  }

  /** What belongs to memories whose rows are gone. */
  async function forgetRest(tx: Tx, ids: readonly string[]): Promise<void> {
    await store.deleteVersions(tx, ids)
    await audit(tx, ids, 'removed', null)
    await threads.unlink(tx, 'memory', ids)
    await tx.reindex('memory', ids)
  }

  /**
   * Notes a use, after the answer and apart from it: at most once an hour for each memory, and when it is lost in a
   * crash nothing is amiss but an hour of strength.
   */
  function touch(scope: Scope, rows: readonly store.MemoryRow[]): void {
    const now = clock.now()
    const due = rows.filter((row) => now - (row.last_accessed ?? 0) >= touchEvery).map((row) => row.id)
    if (due.length > 0) scope.write((tx) => store.touchMemories(tx, due, tx.now)).catch(() => undefined)
  }

  const audit = (tx: Tx, ids: readonly string[], action: MemoryAudit['action'], version: number | null) => {
    const { person, agent } = tx.principal
    const detail = stableJson({ person, agent, job: tx.job, version })
    const common = { workspace: tx.workspace, action, detail, created_at: tx.now }
    return store.insertAudit(
      tx,
      ids.map((memory_id) => ({ ...common, id: newId(), memory_id })),
    )
  }

  return { create, update, keepFound, revert, history, get, list, found, remove, forget }
}

const wasFound = ({ metadata }: store.MemoryRow) => 'found_by' in (JSON.parse(metadata) as object)

const messageSource = /^message:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/
const messageOf = (source: string | null) => (source && messageSource.exec(source)?.[1]) || null

function rowOf(tx: Tx, input: NewMemory): store.MemoryRow {
  const scope = input.scope ?? 'workspace'
  const source = input.source ?? null
  return {
    workspace: tx.workspace,
    id: input.id ?? newId(),
    scope,
    scope_ref: input.scope_ref ?? null,
    key: input.key.toWellFormed(),
    value: input.value.toWellFormed(),
    source: source?.toWellFormed() ?? null,
    metadata: stableJson(input.metadata ?? {}),
    strength: 1,
    last_accessed: null,
    thread_id: scope === 'thread' ? (input.scope_ref ?? null) : null,
    task_id: null,
    source_message_id: messageOf(source),
    version: 1,
    created_at: tx.now,
    updated_at: tx.now,
  }
}
