/** A feature is a folder that owns its tables and offers what it has through this closed list of slots. */
import type { InputOf, Operation, OutputOf } from '@cairn/api/operation'
import type { JobDefinition } from './jobs/definition.ts'
import type { PassageKind } from './passages/source.ts'
import type { Portable } from './portable/portable.ts'
import type { Scope, Tx } from './scope.ts'
import type { CloudEvent } from './events/event.ts'
import type { Call, HandlerResult } from './gate/call.ts'

export type Handler = (call: Call<never>) => Promise<HandlerResult<unknown>>
export type OperationEntry = { operation: Operation; handler: Handler }

/** What other rooms may show of a row: enough for a link. */
export type Reference = { id: string; title: string; uri: string }

/** What is about to go: a kind as its feature names it in `refer`, and which one. */
export type Going = { kind: string; id: string }
/** Erases what is kept of it, in the transaction of its removal; answers how many there were of each. */
export type Forget = (tx: Tx, going: Going) => Promise<Record<string, number>>

export type Feature = {
  name: string
  /** Tables that only this feature's store writes. */
  tables: readonly string[]
  operations: readonly OperationEntry[]
  jobs?: readonly JobDefinition[]
  passages?: readonly PassageKind[]
  /** Kind → which of these ids exist, and how to name them. */
  refer?: Record<string, (scope: Scope, ids: readonly string[]) => Promise<Reference[]>>
  /** How rows travel in a bundle, in the order that they come in: what others hang in is first. */
  portable?: readonly Portable[]
  /** What goes with something of a feature before this one. */
  forget?: Forget
  /** Module that exports an `eraser` (see `erasure.ts`): how a privacy delete takes away what is kept in `tables`. */
  erase?: URL
  /** Module that exports `rules` (see `retention.ts`): how long what is kept in `tables` is. */
  retain?: URL
  /** Kinds of rows that the overview shows over time, as the migrations name their tallies (see `tallies.ts`). */
  tallies?: readonly string[]
  /** What the overview shows. Cheap at any size. */
  counts?: (scope: Scope) => Promise<Record<string, number>>
  /** Events this feature follows, after their commit. */
  listens?: Record<string, (event: CloudEvent) => void>
  /** Parts of `/api/health/deep`. */
  health?: Record<string, () => Promise<{ status: 'ok' | 'degraded' | 'down'; detail?: string }>>
  /** Starts watchers and the like; the answer stops them. */
  start?: () => Promise<() => Promise<void>>
}

type HandlersOf<T> = {
  [K in keyof T]: (call: Call<InputOf<T[K]>>) => Promise<HandlerResult<OutputOf<T[K]>>>
}

/** Pairs every operation of a feature with its handler; a missing or mistyped one does not compile. */
export function handle<T extends Record<string, unknown>>(operations: T, handlers: HandlersOf<T>): OperationEntry[] {
  return Object.entries(operations).map(([name, operation]) => ({
    operation: operation as Operation,
    handler: handlers[name as keyof T] as unknown as Handler,
  }))
}
