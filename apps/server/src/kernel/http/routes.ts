/** One HTTP route per operation: let in, decode, call, send. */
import type { Readable } from 'node:stream'
import { fail } from '@cairn/api/errors'
import type { Operation } from '@cairn/api/operation'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { WebSocket } from 'ws'
import type { Answer, Socket, UploadPart } from '../gate/call.ts'
import type { Arrival, Entered, Gate, Rest } from '../gate/gate.ts'
import type { Log } from '../log.ts'
import { negotiate, sendResult } from './replies.ts'

type Parts = {
  server: FastifyInstance
  gate: Gate
  log: Log
  observe(operation: Operation, status: number, ms: number): void
}

/** Where a request keeps the proof that it was let in. */
const entrance = Symbol('entered')
type Let = FastifyRequest & { [entrance]?: Entered }

export function addRoutes(parts: Parts, all: readonly Operation[]): void {
  for (const operation of all) addRoute(parts, operation)
}

function addRoute({ server, gate, log, observe }: Parts, operation: Operation): void {
  const socket = operation.reply.includes('socket')
  server.route({
    method: operation.method,
    url: operation.path.replace(/\{(\w+)\}/g, ':$1'),
    bodyLimit: operation.maxBytes,
    onRequest: async (request: Let, reply: FastifyReply) => {
      const entered = await gate.enter(operation, arrivalOf(request))
      request[entrance] = entered
      if (operation.reach === 'public') return
      const { limit, remaining, reset } = entered.standing
      reply.headers({ 'ratelimit-limit': limit, 'ratelimit-remaining': remaining, 'ratelimit-reset': reset })
    },
    onResponse: (_request: FastifyRequest, reply: FastifyReply, done: () => void) => {
      observe(operation, reply.statusCode, reply.elapsedTime)
      done()
    },
    ...(socket && {
      wsHandler: (connection: WebSocket, request: Let) => openSocket(gate, log, request, connection),
    }),
    handler: async (request: Let, reply: FastifyReply) => {
      if (socket) throw fail('UPGRADE_REQUIRED')
      const rest = restOf(operation, request, reply)
      const result = await gate.run(request[entrance] as Entered, rest)
      return sendResult({ request, reply, operation, log }, result)
    },
  })
}

export function arrivalOf(request: FastifyRequest): Arrival {
  const header = (name: string) => {
    const value = request.headers[name]
    return Array.isArray(value) ? value[0] : value
  }
  return {
    host: request.headers.host,
    target: request.raw.url ?? '/',
    address: request.ip,
    request: request.id,
    header,
  }
}

function restOf(operation: Operation, request: FastifyRequest, reply: FastifyReply): Rest {
  const gone = new AbortController()
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort()
  })
  return {
    raw: {
      params: request.params as Record<string, string>,
      query: request.query as Record<string, unknown>,
      body: request.body,
    },
    accepts: negotiate(operation, request.headers.accept),
    signal: gone.signal,
    ...(operation.input === 'upload' && { upload: uploadParts(request, operation.maxBytes) }),
    ...(operation.input === 'raw' && { body: request.body as Readable }),
  }
}

async function* uploadParts(request: FastifyRequest, maxBytes: number): AsyncGenerator<UploadPart> {
  const fields: Record<string, string> = {}
  for await (const part of request.parts({
    limits: { fileSize: maxBytes, files: 50, fields: 50, fieldSize: 65_536 },
  })) {
    if (part.type !== 'file') {
      Object.defineProperty(fields, part.fieldname, { value: String(part.value), enumerable: true, configurable: true })
      continue
    }
    const { fieldname, filename, mimetype, file } = part
    yield { name: fieldname, filename: filename ?? null, type: mimetype, stream: file, fields: { ...fields } }
  }
}

async function openSocket(gate: Gate, log: Log, request: Let, connection: WebSocket): Promise<void> {
  const gone = new AbortController()
  const waiting: string[] = []
  let listener: ((data: string) => void) | null = null
  connection.on('close', () => gone.abort())
  connection.on('error', () => connection.terminate())
  connection.on('message', (data: Buffer) => {
    const message = data.toString('utf8')
    if (listener) listener(message)
    else if (waiting.length < 100) waiting.push(message)
  })
  const socket: Socket = {
    send: (text) => connection.readyState === connection.OPEN && connection.send(text, { binary: false }),
    close: (code, reason) => connection.close(code, reason),
    buffered: () => connection.bufferedAmount,
    onClose: (action) => gone.signal.addEventListener('abort', action),
    onMessage: (action) => {
      listener = action
      for (const message of waiting.splice(0)) action(message)
    },
  }
  const raw = {
    params: request.params as Record<string, string>,
    query: request.query as Record<string, unknown>,
    body: undefined,
  }
  try {
    const entered = request[entrance] as Entered
    const result = (await gate.run(entered, { raw, accepts: 'socket', signal: gone.signal })) as Answer
    if ('open' in result) result.open(socket)
  } catch (error) {
    log.warn({ request: request.id, err: error }, 'a socket was refused')
    connection.close(1008, 'refused')
  }
}
