/** `Idempotency-Key`: the record is written in the effect's own transaction and answers repeats for 24 hours. */
import { fail } from '@cairn/api/errors'
import type { Db } from '../database/dialect.ts'
import { sha256 } from '../ids.ts'
import { stableJson } from '../json.ts'

type Row = {
  workspace: string
  person: string
  operation: string
  key: string
  input_hash: string
  response: string | null
  created_at: number
}
type Tables = { idempotency: Row }
export type IdempotencyClaim = Omit<Row, 'response' | 'created_at'>

const day = 86_400_000

export const claimOf = (
  workspace: string,
  person: string,
  operation: string,
  key: string,
  input: unknown,
): IdempotencyClaim => ({
  workspace,
  person,
  operation,
  key,
  input_hash: sha256(stableJson(input)),
})

/** The claim of a call that also sent bytes; `print` tells which. */
export const withBytes = (claim: IdempotencyClaim, print: string): IdempotencyClaim => ({
  ...claim,
  input_hash: sha256(`${claim.input_hash}\n${print}`),
})

/**
 * The stored answer of an earlier call with this key, or null. Other input under the same key is refused; `whole` is the
 * claim with all that was sent, which is read only where there is something to compare it with.
 */
export async function earlierAnswer(
  db: Db,
  claim: IdempotencyClaim,
  now: number,
  whole: () => Promise<IdempotencyClaim>,
): Promise<{ response: unknown } | null> {
  const row = await at(db, claim).selectAll().executeTakeFirst()
  if (!row || row.created_at < now - day) return null
  if (row.input_hash !== (await whole()).input_hash) throw fail('IDEMPOTENCY_CONFLICT')
  return { response: JSON.parse(row.response ?? 'null') as unknown }
}

/** Writes the claim inside the effect's transaction; a second call with the key at the same moment is refused. */
export async function recordClaim(db: Db, claim: IdempotencyClaim, response: unknown, now: number): Promise<void> {
  const table = db.withTables<Tables>()
  await table
    .deleteFrom('idempotency')
    .where('workspace', '=', claim.workspace)
    .where('person', '=', claim.person)
    .where('operation', '=', claim.operation)
    .where('key', '=', claim.key)
    .where('created_at', '<', now - day)
    .execute()
  const row = { ...claim, response: JSON.stringify(response ?? null), created_at: now }
  const inserted = await table
    .insertInto('idempotency')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .returning('key')
    .executeTakeFirst()
  if (!inserted) throw fail('IDEMPOTENCY_CONFLICT')
}

/** Replaces the stored answer once the whole reply is known. */
export async function completeClaim(db: Db, claim: IdempotencyClaim, response: unknown): Promise<void> {
  await db
    .withTables<Tables>()
    .updateTable('idempotency')
    .set({ response: JSON.stringify(response ?? null) })
    .where('workspace', '=', claim.workspace)
    .where('person', '=', claim.person)
    .where('operation', '=', claim.operation)
    .where('key', '=', claim.key)
    .execute()
}

/** Drops records older than a day. */
export async function pruneClaims(db: Db, now: number): Promise<void> {
  await db
    .withTables<Tables>()
    .deleteFrom('idempotency')
    .where('created_at', '<', now - day)
    .execute()
}

const at = (db: Db, claim: IdempotencyClaim) =>
  db
    .withTables<Tables>()
    .selectFrom('idempotency')
    .where('workspace', '=', claim.workspace)
    .where('person', '=', claim.person)
    .where('operation', '=', claim.operation)
    .where('key', '=', claim.key)
