/** The core's side of the thread that touches files: questions and answers, a new thread when one dies or is needed. */
import { Worker } from 'node:worker_threads'
import { unpack } from '../../../kernel/database/packed-error.ts'
import type { Log } from '../../../kernel/log.ts'
import type { Handlers, Reply, Request } from './thread.ts'
import type { WatchNews } from './watch.ts'

export type Ask = <N extends keyof Handlers>(
  name: N,
  argument: Parameters<Handlers[N]>[0],
) => Promise<ReturnType<Handlers[N]>>
export type Disk = { ask: Ask; close(): Promise<void> }
export type DiskEvents = {
  news(root: string, news: WatchNews): void
  /** The thread died: every watch is gone. */
  lost(): void
}

type Waiting = { resolve: (value: never) => void; reject: (error: unknown) => void }
type Line = { worker: Worker; waiting: Map<number, Waiting> }

const silent: DiskEvents = { news() {}, lost() {} }

/** Opens no thread before the first question. */
export function makeDisk(log: Pick<Log, 'error'>, events: DiskEvents = silent): Disk {
  let line: Line | null = null
  let closed = false
  let count = 0

  function start(): Line {
    const worker = new Worker(new URL('./thread.ts', import.meta.url))
    const waiting = new Map<number, Waiting>()
    const made = { worker, waiting }
    worker.unref()
    worker.on('message', (reply: Reply) => {
      if ('news' in reply) return events.news(reply.root, reply.news)
      const question = waiting.get(reply.id)
      waiting.delete(reply.id)
      if ('error' in reply) question?.reject(unpack(reply.error))
      else question?.resolve(reply.value as never)
    })
    let reason: unknown = new Error('The thread that reads files has ended.')
    worker.on('error', (error) => {
      reason = error
      log.error({ err: error }, 'The thread that reads files has died; another takes over')
    })
    worker.on('exit', () => {
      for (const question of waiting.values()) question.reject(reason)
      if (line === made) line = null
      if (!closed) events.lost()
    })
    return made
  }

  return {
    ask(name, argument) {
      if (closed) return Promise.reject(new Error('Files are not read any more: Cairn is stopping.'))
      line ??= start()
      const { worker, waiting } = line
      count += 1
      const id = count
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve: resolve as Waiting['resolve'], reject })
        worker.postMessage({ id, name, argument } satisfies Request)
      })
    },
    async close() {
      closed = true
      await line?.worker.terminate()
    },
  }
}
