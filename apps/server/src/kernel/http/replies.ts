/** Writes what a handler answered to the wire, by its kind. */
import { Readable } from 'node:stream'
import type { Operation, Reply } from '@cairn/api/operation'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Answer, type Frame, kindOf } from '../gate/call.ts'
import { etagOf } from '../gate/etag.ts'
import type { Log } from '../log.ts'
import { problemOf, toCairnError } from './problems.ts'

/** Picks the kind of reply that `Accept` asks for among those declared; the first declared one otherwise. */
export function negotiate(operation: Operation, accept: string | undefined): Reply {
  const [first = 'json'] = operation.reply
  if (operation.reply.length < 2 || accept === undefined) return first
  if (accept.includes('text/event-stream') && operation.reply.includes('events')) return 'events'
  if (accept.includes('text/plain') && operation.reply.includes('text')) return 'text'
  if (accept.includes('application/json') && operation.reply.includes('json')) return 'json'
  return first
}

type Written = { request: FastifyRequest; reply: FastifyReply; operation: Operation; log: Log }

export function sendResult({ request, reply, operation, log }: Written, result: unknown): FastifyReply {
  if (kindOf(result) === 'json') return sendJson(reply, operation, result)
  const answer = result as Answer
  if ('frames' in answer) return sendEvents(request, reply, answer.frames, log)
  if ('bytes' in answer) return sendBytes(reply, answer)
  if ('location' in answer) {
    if (answer.cookie) reply.header('set-cookie', answer.cookie)
    return reply.header('cache-control', 'no-store').redirect(answer.location, 302)
  }
  if ('text' in answer) return reply.type(answer.type).send(answer.text)
  throw new Error(`${operation.id} answered with a socket to a plain request`)
}

function sendJson(reply: FastifyReply, operation: Operation, result: unknown): FastifyReply {
  if (operation.status === 204) return reply.code(204).send()
  const job = operation.status === 202 ? (result as { job_id?: string } | null)?.job_id : undefined
  if (job) reply.header('location', `/api/jobs/${job}`)
  const tag = etagOf(result)
  if (tag) reply.header('etag', tag)
  return reply.code(operation.status).type('application/json; charset=utf-8').send(JSON.stringify(result))
}

function sendBytes(reply: FastifyReply, answer: Extract<Answer, { bytes: unknown }>): FastifyReply {
  reply.headers(answer.headers).type(answer.type)
  if (answer.name) {
    const plain = answer.name.replace(/[^\w.-]/g, '_')
    reply.header(
      'content-disposition',
      `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(answer.name)}`,
    )
  }
  return reply.send(answer.bytes instanceof Uint8Array ? Buffer.from(answer.bytes) : answer.bytes)
}

function sendEvents(
  request: FastifyRequest,
  reply: FastifyReply,
  frames: AsyncIterable<Frame>,
  log: Log,
): FastifyReply {
  const stream = Readable.from(encode(frames, request.id, log), { objectMode: false, highWaterMark: 65_536 })
  return reply
    .header('cache-control', 'no-cache, no-transform')
    .header('x-accel-buffering', 'no')
    .type('text/event-stream; charset=utf-8')
    .send(stream)
}

const quiet = 15_000

/** Frames as server-sent events, with a comment when nothing was said for a while so that no one hangs up. */
async function* encode(frames: AsyncIterable<Frame>, request: string, log: Log): AsyncGenerator<string> {
  const source = frames[Symbol.asyncIterator]()
  yield ': cairn\n\n'
  try {
    let next = source.next()
    while (true) {
      const result = await Promise.race([next, silence()])
      if (result === null) {
        yield ': still here\n\n'
        continue
      }
      if (result.done) return
      next = source.next()
      yield frameText(result.value)
    }
  } catch (thrown) {
    const error = toCairnError(thrown)
    if (error.status >= 500) log.error({ request, err: error.cause ?? error }, error.code)
    yield frameText({ event: 'error', data: problemOf(error, request) })
  } finally {
    await source.return?.()
  }
}

function silence(): Promise<null> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(null), quiet).unref()
  })
}

function frameText({ event, data, id }: Frame): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}
