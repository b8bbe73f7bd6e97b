/**
 * What a piece of code may touch. A `Scope` is only ever made by the gate or by the job runner, after they have checked
 * who is asking: holding one is the proof. It reads what is committed; to change something it opens a `Tx`.
 */
import type { CloudEvent } from './events/event.ts'
import type { Db } from './database/dialect.ts'
import type { NewJob } from './jobs/definition.ts'

export type Principal = {
  kind: 'person' | 'agent' | 'system'
  /** The user whose rights these are. */
  person: string
  /** The agent that acts for them, if one does. */
  agent: string | null
  /** Key or login that proved it; null for the system. */
  credential: string | null
  /** Set when that is an API key: what it asked for ends with it, what a login asked for does not. */
  via?: 'key'
  /** `*`, or permissions such as `memories:read` and `memories:*`. */
  scopes: readonly string[]
}

export type Scope = {
  readonly workspace: string
  readonly principal: Principal
  /** Set while a job runs. */
  readonly job: string | null
  /** Reads what is committed. Never writes. */
  readonly db: Db
  /** Aborts when the caller has gone or the job is cancelled. */
  readonly signal: AbortSignal
  /**
   * Runs `body` in one transaction; resolves after COMMIT. The body awaits nothing but the database
   * (read files and ask the sidecar before). Throwing rolls everything back. On PostgreSQL it may be run again.
   */
  write<T>(body: (tx: Tx) => Promise<T>): Promise<T>
  /**
   * The same away from the core's loop, in a worker thread: calls the export `name` of the module at `module`
   * (`new URL('./bulk.ts', import.meta.url)`) with structured-cloneable arguments. For search, statistics and bulk rows.
   */
  readonly apart: {
    read<T>(module: URL, name: string, argument: unknown): Promise<T>
    /** One transaction; other writers wait for it, so keep a call below about 50 ms of work. */
    write<T>(module: URL, name: string, argument: unknown): Promise<T>
  }
}
/** Whose a row is that they make: what an agent does is its person's, and what the system does nobody's. */
export const personOf = ({ kind, person }: Pick<Principal, 'kind' | 'person'>): string | null =>
  kind === 'system' ? null : person

/** What a function called through `scope.apart` looks like. */
export type ReadApart<A, T> = (scope: Pick<Scope, 'workspace' | 'db'>, argument: A) => Promise<T>
export type WriteApart<A, T> = (tx: Omit<Tx, 'after'>, argument: A) => Promise<T>

export type Tx = Pick<Scope, 'workspace' | 'principal' | 'job'> & {
  /** Reads and writes inside this transaction. */
  readonly db: Db
  /** Epoch milliseconds, one value for the whole transaction. */
  readonly now: number
  /** Appends an event; it gets its number and hash as the last statement before COMMIT. */
  event(event: NewEvent): void
  /** Writes a job's row; workers wake after COMMIT. Returns the job's id. */
  enqueue(job: NewJob): Promise<string>
  /**
   * Says that the searchable text of these rows changed, came or went; the indexer follows after COMMIT, or `wait`
   * milliseconds later: it would take turns with bulk work that goes on writing.
   */
  reindex(kind: string, ids: readonly string[], wait?: number): Promise<void>
  /** Runs after COMMIT, once. Must not throw. */
  after(action: () => void): void
}

export type NewEvent = {
  /** `memory.created`, past tense. */
  type: string
  /** Id of what it is about. */
  subject: string
  /** Ids, counts, states: no content. */
  data?: Record<string, unknown>
}
export type EventListener = (event: CloudEvent) => void
