/** Rules of privacy deletes as people see them. */
import { fail } from '@cairn/api/errors'
import type { ErasedPart, ErasurePreview, Receipt } from '@cairn/api/privacy'
import { type Clock, iso, isoOrNull } from '../../../kernel/clock.ts'
import { newId, randomSalt, sha256 } from '../../../kernel/ids.ts'
import { decodeCursor, pageSize, toPage } from '../../../kernel/paging.ts'
import type { Scope, Tx } from '../../../kernel/scope.ts'
import type { Counted, EraserOf } from './count.ts'
import { kindOf, nameOf, readScope, type ScopeInput } from './scopes.ts'
import * as store from './store.ts'

type Reader = Pick<Scope, 'workspace' | 'db'>
export const countApart = new URL('./count.ts', import.meta.url)

/** Whose personal workspace is it? */
export type Workspaces = { owns(scope: Reader, person: string): Promise<boolean> }
type Parts = { clock: Clock; workspaces: Workspaces; erasers: readonly EraserOf[] }

export function makePrivacyService({ clock, workspaces, erasers }: Parts) {
  const erasureOf = (from: Reader, input: ScopeInput, now: number) =>
    readScope(input, { now, owns: (person) => workspaces.owns(from, person) })

  /** What a scope would remove now. INVALID_INPUT. */
  async function preview(scope: Scope, input: ScopeInput): Promise<ErasurePreview> {
    const erasure = await erasureOf(scope, input, clock.now())
    const parts = await scope.apart.read<ErasedPart[]>(countApart, 'countAll', { erasers, erasure } satisfies Counted)
    return { scope: kindOf(erasure), parts, total: totalOf(parts) }
  }

  /** Asks for a delete: from here on it will happen. INVALID_INPUT. */
  async function request(tx: Tx, input: ScopeInput): Promise<{ job_id: string }> {
    const erasure = await erasureOf(tx, input, tx.now)
    const [id, salt, name] = [newId(), randomSalt(), nameOf(erasure)]
    await store.insert(tx, {
      ...{ workspace: tx.workspace, id, scope: kindOf(erasure), salt },
      fingerprint: name === null ? null : fingerprintOf(salt, name),
      from_time: erasure.by === 'period' ? erasure.from : null,
      to_time: erasure.by === 'period' ? erasure.to : null,
      ...{
        asked: store.seal({ erasure, marks: null }),
        part: null,
        cursor: null,
        blobs: '[]',
        removed: '{}',
        proof: null,
      },
      ...{ person: tx.principal.person, agent: tx.principal.agent, asked_at: tx.now, finished_at: null },
    })
    await tx.enqueue({ type: 'privacy.delete', id, input: {}, concurrency: 'privacy.delete', priority: 2 })
    tx.event({ type: 'privacy.requested', subject: id, data: { scope: kindOf(erasure) } })
    return { job_id: id }
  }

  async function list(from: Reader, input: { limit?: number; cursor?: string }) {
    const limit = pageSize(input.limit)
    const after = decodeCursor(input.cursor, [0, ''] as [number, string])
    return toPage(await store.newest(from, limit + 1, after), limit, (row) => [row.asked_at, row.id], toReceipt)
  }

  /** One receipt, or RECEIPT_NOT_FOUND. */
  async function get(from: Reader, id: string): Promise<Receipt> {
    const row = await store.byId(from, id)
    if (!row) throw fail('RECEIPT_NOT_FOUND')
    return toReceipt(row)
  }

  return { preview, request, list, get }
}

/** What tells whether a receipt is about this name, without telling the name. */
export const fingerprintOf = (salt: string, name: string) => sha256(`${salt}${name}`)

export const totalOf = (parts: readonly ErasedPart[]) =>
  parts.reduce((sum, { counts }) => sum + Object.values(counts).reduce((a, b) => a + b, 0), 0)

function toReceipt(row: store.DeleteRow): Receipt {
  const removed = JSON.parse(row.removed) as Record<string, Record<string, number>>
  const { proof = null, left = [], copies = [] } = JSON.parse(row.proof ?? '{}') as store.Findings
  return {
    ...{ id: row.id, status: row.finished_at === null ? 'running' : 'done', scope: row.scope },
    ...{ fingerprint: row.fingerprint, salt: row.salt, person: row.person, agent: row.agent },
    ...{ from: isoOrNull(row.from_time), to: isoOrNull(row.to_time) },
    ...{ asked_at: iso(row.asked_at), finished_at: isoOrNull(row.finished_at) },
    removed: Object.entries(removed).map(([feature, counts]) => ({ feature, counts })),
    ...{ left, proof, copies },
  }
}
