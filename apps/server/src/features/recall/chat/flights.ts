/**
 * Answers on their way, as this process knows them. Whoever waits for one is told every frame from the first on; when
 * nobody waits any more, the writing is told to stop. Which thread is busy the ledger knows, not these.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { ChatFrame } from '@cairn/api/chat'
import { type ErrorCode, fail } from '@cairn/api/errors'
import type { Ahead } from './writing.ts'

type Where = { workspace: string; thread: string; job: string }
export type Flight = Where & {
  /** What was begun for it before its question was stored. */
  ahead: Ahead | null
  /** Aborts when everybody who waited has gone, or its job was cancelled. */
  readonly signal: AbortSignal
  /** Aborts once its job is run by this process, which then has the last word, or all was told. */
  readonly aloft: AbortSignal
  /** Its job will end without more ado: all was told, or it was told to stop. */
  readonly leaving: () => boolean
  /** Resolves once its job has ended, or nothing more is heard of it here. */
  readonly landed: Promise<void>
  emit(frame: ChatFrame): void
  /** Nothing more will come. */
  end(): void
  /** All frames from the first on, until the end or until `signal` aborts. Counts as waiting from now on. */
  attend(signal: AbortSignal): AsyncGenerator<ChatFrame>
}
export type Flights = ReturnType<typeof makeFlights>
type Watch = (workspace: string, job: string, watcher: (over: boolean) => void) => () => void

/** Milliseconds that an answer which was told to stop has for that. */
const stopsWithin = 5_000

/** `watch` calls when a job of this process moves or has ended. */
export function makeFlights(watch: Watch) {
  const byJob = new Map<string, Craft>()

  function begin(where: Where): Craft {
    const flight = makeFlight(where, () => byJob.delete(where.job))
    byJob.set(where.job, flight)
    return flight
  }

  return {
    /** The flight of a job, new or under way. */
    board(where: Where): { flight: Flight; fresh: boolean } {
      const present = byJob.get(where.job)
      return { flight: present ?? begin(where), fresh: !present }
    },
    /** Resolves when no answer of a thread is coming to its end here any more; what it has to say is stored then. */
    async left({ workspace, thread }: Omit<Where, 'job'>): Promise<void> {
      const here = [...byJob.values()].filter((flight) => flight.workspace === workspace && flight.thread === thread)
      const leaving = here.filter((flight) => flight.leaving()).map(({ landed }) => landed)
      if (leaving.length > 0) await Promise.race([Promise.all(leaving), pause(stopsWithin, null, { ref: false })])
    },
    /** A job ended without its run having a say: its rights were gone, or it was cancelled, perhaps while it waited. */
    lost(job: string, code: ErrorCode): void {
      const flight = byJob.get(job)
      if (flight?.flies()) return flight.stop()
      flight?.emit({ event: 'error', data: { code, detail: fail(code).message, message: null } })
      flight?.end()
    },
    /** For the job itself: its flight, or one that nobody waits for (after a restart). */
    of(where: Where): Flight {
      const flight = byJob.get(where.job) ?? begin(where)
      flight.takeOff()
      const unwatch = watch(where.workspace, where.job, (over) => {
        if (over) flight.land()
      })
      void flight.landed.then(unwatch)
      return flight
    },
  }
}

type Craft = ReturnType<typeof makeFlight>

function makeFlight(where: Where, gone: () => void) {
  const stop = new AbortController()
  const aloft = new AbortController()
  const landing = Promise.withResolvers<void>()
  const frames: ChatFrame[] = []
  let flying = false
  let ended = false
  let attending = 0
  let wake = Promise.withResolvers<void>()

  function end(): void {
    if (ended) return
    ended = true
    aloft.abort()
    if (!flying) land()
    tell()
  }

  /** The job's end is written. */
  function land(): void {
    if (!ended) return
    gone()
    landing.resolve()
  }

  function tell(): void {
    wake.resolve()
    wake = Promise.withResolvers<void>()
  }

  async function* told(gone: Promise<void>, here: () => boolean, leave: () => void): AsyncGenerator<ChatFrame> {
    try {
      for (let at = 0; here(); ) {
        const frame = frames[at]
        if (frame) {
          at += 1
          yield frame
        } else if (ended) return
        else await Promise.race([wake.promise, gone])
      }
    } finally {
      leave()
    }
  }

  return {
    ...where,
    ahead: null as Ahead | null,
    signal: stop.signal,
    aloft: aloft.signal,
    landed: landing.promise,
    leaving: () => ended || stop.signal.aborted,
    flies: () => flying,
    takeOff() {
      flying = true
      aloft.abort()
    },
    stop: () => stop.abort(),
    emit(frame: ChatFrame) {
      frames.push(frame)
      tell()
    },
    end,
    land,
    attend(signal: AbortSignal) {
      const gone = Promise.withResolvers<void>()
      let here = true
      const leave = () => {
        if (!here) return
        here = false
        signal.removeEventListener('abort', leave)
        gone.resolve()
        attending -= 1
        if (attending === 0 && !ended) stop.abort()
      }
      attending += 1
      signal.addEventListener('abort', leave)
      if (signal.aborted) leave()
      return told(gone.promise, () => here, leave)
    },
  }
}
