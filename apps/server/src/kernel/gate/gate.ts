/**
 * The gate: every call of an operation, whoever makes it, passes here and nowhere else, in one order:
 * Host and Origin → limit per address → who → limit per person → workspace and role → caller and permission
 * (`enter`, before the body is read; its size is bounded by the transport) → decode and validate → idempotency
 * look-up → approval → budget → handler → budget settled (`run`).
 */
import { fail } from '@cairn/api/errors'
import type { Operation, Reply } from '@cairn/api/operation'
import type { Readable } from 'node:stream'
import type { Clock } from '../clock.ts'
import type { OperationEntry } from '../feature.ts'
import type { Principal, Scope } from '../scope.ts'
import { answer, type Call, type Frame, kindOf, type UploadPart } from './call.ts'
import { claimOf, completeClaim, earlierAnswer, type IdempotencyClaim, recordClaim, withBytes } from './idempotency.ts'
import { atLeast, type Credential, credentialOf, type Identity, type Membership, permits } from './identity.ts'
import { type Decoder, makeDecoder, type RawInput } from './input.ts'
import type { Limiter, Standing } from './limits.ts'
import { type Addresses, checkHost, checkOrigin } from './origin.ts'
import { makeUploadPrint } from './upload-print.ts'

export type Header = (name: string) => string | undefined
export type Arrival = { host: string | undefined; target: string; address: string; request: string; header: Header }
/** Proof that a caller was let in: only `enter` makes one. */
export type Entered = {
  operation: Operation
  arrival: Arrival
  principal: Principal
  workspace: string
  standing: Standing
}
export type Rest = {
  raw: RawInput
  accepts: Reply
  signal: AbortSignal
  upload?: AsyncIterable<UploadPart>
  body?: Readable
}

export type GateDependencies = {
  clock: Clock
  entries: readonly OperationEntry[]
  addresses(): Addresses
  cookieName: string
  perAddress: Limiter
  perPerson: Limiter
  /** Who a key or cookie belongs to; null when it belongs to nobody. */
  identify(credential: Credential): Promise<Identity | null>
  /** Membership by workspace id or slug; null when there is none, whether or not the workspace exists. */
  member(principal: Principal, workspace: string): Promise<Membership | null>
  /** Answers the id of the `waiting` job that a person has to approve first; null lets the call run. */
  approve(entered: Entered, input: Record<string, unknown>): Promise<string | null>
  /** Reserves money, tokens and steps before a call; the answer settles what was used. */
  reserve(entered: Entered): Promise<() => Promise<void>>
  makeScope(settings: { workspace: string; principal: Principal; signal: AbortSignal }): Scope
  /** Told of refusals, so that they become events. */
  refused(entered: Partial<Entered> & { operation: Operation }, code: string): void
  /** Tests check that every answer has its declared shape. */
  checkOutput?: (operation: Operation, output: unknown) => void
}

/** Nobody in particular: the principal of public operations. */
const anyone: Principal = { kind: 'person', person: '', agent: null, credential: null, scopes: [] }

export type Gate = ReturnType<typeof makeGate>

export function makeGate(dependencies: GateDependencies) {
  const decoders = new Map<string, Decoder>(
    dependencies.entries.map(({ operation }) => [operation.id, makeDecoder(operation)]),
  )
  const handlers = new Map(dependencies.entries.map(({ operation, handler }) => [operation.id, handler]))

  async function enter(operation: Operation, arrival: Arrival): Promise<Entered> {
    const { header } = arrival
    const addresses = dependencies.addresses()
    checkHost(addresses, arrival.host, arrival.target)
    const credential = credentialOf(header, dependencies.cookieName)
    checkOrigin(addresses, header, operation, credential?.kind === 'cookie' && operation.reach !== 'public')
    let standing = await dependencies.perAddress.take(arrival.address)
    const open = { operation, arrival, principal: anyone, workspace: '', standing }
    if (operation.reach === 'public') return open

    const identity = credential && (await dependencies.identify(credential))
    if (!identity) throw fail('UNAUTHENTICATED')
    const { principal } = identity
    standing = await dependencies.perPerson.take(principal.person)
    const wanted = header('x-cairn-workspace') ?? identity.workspace
    const membership = operation.reach === 'workspace' ? await dependencies.member(principal, wanted) : null
    if (operation.reach === 'workspace' && !membership) throw fail('WORKSPACE_NOT_FOUND')
    const entered = { ...open, principal, workspace: membership?.workspace ?? identity.workspace, standing }
    allow(entered, membership)
    return entered
  }

  function allow(entered: Entered, membership: Membership | null): void {
    const { operation, principal } = entered
    const caller = principal.kind === 'agent' ? 'agents' : 'people'
    if (!operation.callers.includes(caller)) {
      dependencies.refused(entered, 'CALLER_NOT_ALLOWED')
      throw fail('CALLER_NOT_ALLOWED', { operation: operation.id, callers: operation.callers.join(' and ') })
    }
    const inRole = membership === null || atLeast(membership.role, operation.role)
    if (inRole && permits(principal.scopes, operation)) return
    dependencies.refused(entered, 'ACCESS_DENIED')
    throw fail('ACCESS_DENIED', { permission: operation.permission })
  }

  async function run(entered: Entered, rest: Rest): Promise<unknown> {
    const { operation, principal, workspace } = entered
    const input = (decoders.get(operation.id) as Decoder)(rest.raw)
    const scope = dependencies.makeScope({ workspace, principal, signal: rest.signal })
    const claim = claimFor(entered, input)
    const sent = claim === null ? null : sentWith(entered, rest, claim)
    const earlier = claim && sent && (await earlierAnswer(scope.db, claim, dependencies.clock.now(), sent.whole))
    if (earlier) return rest.accepts === 'events' ? answer.events(repeated(earlier.response)) : earlier.response

    const waiting = principal.kind === 'agent' ? await dependencies.approve(entered, input) : null
    if (waiting) return { job_id: waiting }
    const settle = await dependencies.reserve(entered)
    try {
      return await answerOf(entered, { ...rest, ...(sent?.upload && { upload: sent.upload }) }, input, scope, sent)
    } finally {
      await settle()
    }
  }

  async function answerOf(
    entered: Entered,
    rest: Rest,
    input: Record<string, unknown>,
    scope: Scope,
    sent: Sent | null,
  ): Promise<unknown> {
    const { operation, arrival } = entered
    const once = sent ? claiming(scope, sent, dependencies.clock) : scope
    const call: Call<unknown> = {
      ...once,
      input,
      request: arrival.request,
      accepts: rest.accepts,
      header: arrival.header,
      prepare: scope.write,
      ...(rest.upload && { upload: rest.upload }),
      ...(rest.body && { body: rest.body }),
    }
    const result = await handlers.get(operation.id)?.(call as Call<never>)
    if (kindOf(result) !== 'json') return result
    if (sent) await scope.write((tx) => completeClaim(tx.db, sent.claim, result))
    dependencies.checkOutput?.(operation, result)
    return result
  }

  return { enter, run }
}

/** A stored answer to who asks for a stream: all at once. */
async function* repeated(data: unknown): AsyncGenerator<Frame> {
  yield { event: 'complete', data }
}

function claimFor(entered: Entered, input: Record<string, unknown>): IdempotencyClaim | null {
  const { operation, arrival, principal, workspace } = entered
  const key = arrival.header('idempotency-key')
  if (!operation.idempotent || key === undefined) return null
  if (!/^[\x21-\x7e]{1,200}$/.test(key)) {
    throw fail('INVALID_INPUT', {}, [
      { path: '/idempotency-key', message: 'must be 1 to 200 visible ASCII characters' },
    ])
  }
  return claimOf(workspace, principal.person, operation.id, key, input)
}

/** A claim, what says all that was sent under it, and the upload on its way past that. */
type Sent = { claim: IdempotencyClaim; whole(): Promise<IdempotencyClaim>; upload?: AsyncIterable<UploadPart> }

function sentWith({ arrival }: Entered, { upload }: Rest, claim: IdempotencyClaim): Sent {
  const multipart = /^multipart\//i.test(arrival.header('content-type') ?? '')
  if (!upload || !multipart) return { claim, whole: async () => claim }
  const print = makeUploadPrint(upload)
  return { claim, whole: async () => withBytes(claim, await print.whole()), upload: print.parts }
}

/** A scope whose first transaction also writes the idempotency record. */
function claiming(scope: Scope, sent: Sent, clock: Clock): Scope {
  let claimed = false
  return {
    ...scope,
    async write(body) {
      if (claimed) return scope.write(body)
      // A transaction waits for nothing but the database.
      const claim = await sent.whole()
      const result = await scope.write(async (tx) => {
        const value = await body(tx)
        await recordClaim(tx.db, claim, value, clock.now())
        return value
      })
      claimed = true
      return result
    },
  }
}
