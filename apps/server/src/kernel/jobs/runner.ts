/** Takes due jobs out of the ledger as slots come free, runs them and hands their ends on. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Clock } from '../clock.ts'
import type { Database } from '../database/database.ts'
import type { Log } from '../log.ts'
import { type Attempt, type AttemptParts, beginAttempt, type Interruption } from './attempt.ts'
import type { Ledger } from './ledger.ts'
import type { Live } from './live.ts'
import type { Reporting } from './reporting.ts'
import type { JobRow } from './rows.ts'
import type { Settling } from './settling.ts'
import { dueTimes } from './survey.ts'
import type { JobType, JobTypes } from './types.ts'

export type RunnerParts = AttemptParts & {
  ledger: Ledger
  database: Database
  clock: Clock
  log: Log
  types: JobTypes
  settling: Settling
  reporting: Reporting
  /** Who takes the jobs. */
  worker: string
  /** Milliseconds. */
  lease: number
  /** How many jobs run at once in this process. */
  slots: number
  /** Milliseconds between two looks that nobody asked for. */
  lookEvery: number
  following: Live
}

type Kind = { name: string; type: JobType; priority: number }

export type Runner = ReturnType<typeof makeRunner>

export function makeRunner(parts: RunnerParts) {
  const { ledger, database, clock, log, types } = parts
  const kinds: Kind[] = [3, 2, 1, 0].flatMap((priority) => [...types].map(([name, type]) => ({ name, type, priority })))
  /** Attempts whose end is not written yet, by job. */
  const live = new Map<string, Attempt>()
  /** Bodies that run, by type. */
  const busy = new Map<string, number>()
  let used = 0
  /** Kinds of which some may be due, most urgent first. */
  let hot: Kind[] = []
  let unsure = true
  /** Nobody asked for this look: what others hold is waited for. */
  let patient = false
  let looping: Promise<void> | null = null
  let timer: NodeJS.Timeout | undefined
  /** Monotonic time at which the timer looks. */
  let lookAt = Number.POSITIVE_INFINITY
  const finishing = new Set<Promise<void>>()
  let stopped = true
  let failing = false

  const free = (kind: Kind) => Math.min(kind.type.concurrent - (busy.get(kind.name) ?? 0), parts.slots - used)

  const mayTake = () => !stopped && (unsure || hot.some((kind) => free(kind) > 0))

  /** Something may be due. */
  function look(): void {
    unsure = true
    advance()
  }

  function advance(): void {
    if (stopped || looping) return
    looping = loop().finally(() => {
      looping = null
      // What was asked for between the loop's last check and now.
      if (unsure) advance()
    })
  }

  async function loop(): Promise<void> {
    try {
      while (mayTake()) {
        if (unsure) await refresh()
        await takeDue()
      }
      failing = false
    } catch (error) {
      log.warn({ err: error }, 'The ledger of jobs cannot be read or written; looking again shortly')
      failing = true
      unsure = false
      hot = []
      lookIn(parts.lookEvery)
    }
  }

  /** Asks which kinds have due jobs, and sets the clock for the next that will. */
  async function refresh(): Promise<void> {
    unsure = false
    const now = clock.now()
    const asked = kinds.map(({ name, priority }) => ({ type: name, priority }))
    const due = new Map((await dueTimes(database.db, asked)).map((row) => [`${row.type} ${row.priority}`, row.due_at]))
    hot = kinds.filter(({ name, priority }) => (due.get(`${name} ${priority}`) ?? Number.POSITIVE_INFINITY) <= now)
    const later = [...due.values()].filter((time) => time > now)
    lookIn(Math.min(...later.map((time) => time - now), parts.lookEvery))
  }

  /** Sees to it that the ledger is looked into at the latest after so many milliseconds. */
  function lookIn(milliseconds: number): void {
    const at = clock.monotonic() + milliseconds
    if (stopped || at >= lookAt) return
    clearTimeout(timer)
    lookAt = at
    timer = setTimeout(() => {
      lookAt = Number.POSITIVE_INFINITY
      patient = true
      look()
    }, milliseconds)
  }

  /** One transaction that fills what is free. */
  async function takeDue(): Promise<void> {
    const wanted = hot.filter((kind) => free(kind) > 0)
    if (wanted.length === 0 || stopped) return
    const waits = patient
    patient = false
    const { rows, exhausted } = await database.transaction(async (db) => {
      const now = clock.now()
      const taken: JobRow[] = []
      const empty = new Set<Kind>()
      const byType = new Map<string, number>()
      if (waits) await ledger.awaitJoins(db, new Set(wanted.map((kind) => kind.name)))
      for (const kind of wanted) {
        const limit = Math.min(free(kind) - (byType.get(kind.name) ?? 0), parts.slots - used - taken.length)
        if (limit <= 0) continue
        const claim = { type: kind.name, priority: kind.priority, limit, worker: parts.worker, now }
        const found = await ledger.claim(db, { ...claim, leaseUntil: now + parts.lease })
        if (found.length < limit) empty.add(kind)
        byType.set(kind.name, (byType.get(kind.name) ?? 0) + found.length)
        taken.push(...found)
      }
      return { rows: taken, exhausted: empty }
    })
    hot = hot.filter((kind) => !exhausted.has(kind))
    for (const row of rows) begin(row)
  }

  function begin(row: JobRow): void {
    const type = types.get(row.type) as JobType
    const attempt: Attempt = beginAttempt(parts, row, type, () => parts.following.moved(attempt))
    live.set(attempt.key, attempt)
    count(row.type, 1)
    parts.reporting.join(attempt)
    const end: Promise<void> = finish(attempt).finally(() => finishing.delete(end))
    finishing.add(end)
  }

  async function finish(attempt: Attempt): Promise<void> {
    const { row, key, notes, quiet } = attempt
    const settlement = await attempt.done
    count(row.type, -1)
    advance()
    await parts.reporting.leave(attempt)
    const batch = notes.close()
    if (settlement) await parts.settling.settle({ settlement, quiet, notes, batch })
    if (live.get(key) === attempt) live.delete(key)
    if (settlement?.dueAt === 0) look()
    else if (settlement?.dueAt) lookIn(Math.min(Math.max(settlement.dueAt - clock.now(), 0), parts.lookEvery))
    parts.following.ended(attempt, settlement)
  }

  function count(type: string, by: 1 | -1): void {
    used += by
    busy.set(type, (busy.get(type) ?? 0) + by)
  }

  return {
    look,
    /** Whether the ledger could not be read or written of late, and how many bodies run. */
    health: () => ({ failing, used }),
    attempt: (key: string) => live.get(key),
    attempts: () => [...live.values()],
    interrupt: (key: string, reason: Interruption) => live.get(key)?.interrupt(reason),
    start() {
      stopped = false
      look()
    },
    /** Takes no more, asks what runs to end, and resolves when every end is written or `within` ms have gone. */
    async stop(within: number) {
      stopped = true
      if (looping) await looping
      clearTimeout(timer)
      for (const attempt of live.values()) attempt.interrupt('stopping')
      const patience = new AbortController()
      await Promise.race([
        Promise.all(finishing),
        pause(within, undefined, { signal: patience.signal }).catch(() => {}),
      ])
      patience.abort()
    },
  }
}
