/**
 * Parsing: text in, chunks and symbols out, in worker threads that may hang or die without harm.
 * One file is one task with a time limit of its own; a file whose thread was lost is cut into windows here.
 */
import { availableParallelism } from 'node:os'
import type { Piscina } from 'piscina'
import { inWindows, type ParsedFile, type SourceFile } from './parse.ts'
import type { ParsingTask } from './worker.ts'

export type { CodeSymbol, ParsedFile, SourceFile } from './parse.ts'

export type ParsingSettings = {
  threads?: number
  /** Milliseconds a thread may work on one file before it is ended. */
  limit?: number
  /** Module that runs in the threads. */
  worker?: URL
  /** Milliseconds without work after which a thread gives its memory back. */
  idle?: number
}

export type Parsing = ReturnType<typeof makeParsing>

/** Makes the parsing room. Threads start with the first file and end when there is nothing to do. */
export const makeParsing = (settings: ParsingSettings = {}) => {
  const {
    threads = Math.max(1, Math.min(4, availableParallelism() - 1)),
    limit = 10_000,
    worker = new URL('./worker.ts', import.meta.url),
    idle = 20_000,
  } = settings
  let pool: Promise<Piscina> | undefined
  const waiting: (() => void)[] = []
  let free = threads

  const start = async (): Promise<Piscina> => {
    const { Piscina } = await import('piscina')
    return new Piscina({
      filename: worker.href,
      name: 'work',
      minThreads: 0,
      maxThreads: threads,
      idleTimeout: idle,
      resourceLimits: { maxOldGenerationSizeMb: 512 },
    })
  }

  /** Holds back what would only wait in the pool's queue, so that the time limit counts work and not waiting. */
  const slot = async () => {
    if (free > 0) free -= 1
    else await new Promise<void>((go) => waiting.push(go))
    return () => {
      const next = waiting.shift()
      if (next) next()
      else free += 1
    }
  }

  const parseOne = async (file: SourceFile, signal?: AbortSignal): Promise<ParsedFile> => {
    const release = await slot()
    const begun = new Int32Array(new SharedArrayBuffer(4))
    const late = overdue(begun, limit)
    try {
      signal?.throwIfAborted()
      pool ??= start()
      const threads = await pool
      const task: ParsingTask = { file, begun }
      return await threads.run(task, { signal: signal ? AbortSignal.any([late.signal, signal]) : late.signal })
    } catch {
      signal?.throwIfAborted()
      return inWindows(file, late.signal.aborted ? 'parsing took too long' : 'the parser failed on it')
    } finally {
      late.stop()
      release()
    }
  }

  return {
    /** Chunks and symbols of each file, in the order given. Rejects only when `signal` is aborted. */
    parse: (files: SourceFile[], signal?: AbortSignal): Promise<ParsedFile[]> =>
      Promise.all(files.map((file) => parseOne(file, signal))),
    close: async () => {
      if (pool) await (await pool).destroy()
    },
  }
}

/** A thread that has not even begun after so many milliseconds never will. */
const LONGEST_START = 60_000

/** Aborted when work that has begun goes on for longer than `limit` milliseconds. */
const overdue = (begun: Int32Array, limit: number) => {
  const late = new AbortController()
  const made = performance.now()
  const look = () => {
    const hasBegun = Atomics.load(begun, 0) === 1
    if (hasBegun || performance.now() - made > LONGEST_START) late.abort()
    else timer = setTimeout(look, limit)
  }
  let timer = setTimeout(look, limit)
  return { signal: late.signal, stop: () => clearTimeout(timer) }
}
