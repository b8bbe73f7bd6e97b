/** The HTTP side of the core: Fastify, put together from the table of operations and three listed mounts. */
import { randomUUID } from 'node:crypto'
import cors from '@fastify/cors'
import multipart from '@fastify/multipart'
import fastifyStatic from '@fastify/static'
import websocket from '@fastify/websocket'
import { fail } from '@cairn/api/errors'
import type { Operation } from '@cairn/api/operation'
import fastify, { type FastifyInstance } from 'fastify'
import { type Addresses, checkHost } from '../gate/origin.ts'
import type { Gate } from '../gate/gate.ts'
import type { Log } from '../log.ts'
import { sendProblem } from './problems.ts'
import { mountReference } from './reference.ts'
import { addRoutes } from './routes.ts'

export type HttpSettings = {
  gate: Gate
  operations: readonly Operation[]
  addresses(): Addresses
  log: Log
  version: string
  /** Folder of the built workbench; null serves none. */
  workbench: string | null
  observe(operation: Operation, status: number, ms: number): void
}

const requestId = /^[\w.:-]{1,100}$/

export async function makeServer(settings: HttpSettings): Promise<FastifyInstance> {
  const server = fastify({
    genReqId: (request) => {
      const given = request.headers['x-request-id']
      return typeof given === 'string' && requestId.test(given) ? given : randomUUID()
    },
    bodyLimit: 1_048_576,
    requestTimeout: 120_000,
    connectionTimeout: 0,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 2_000, ignoreTrailingSlash: false },
    frameworkErrors: (error, request, reply) => sendProblem(reply as never, error, request.id, settings.log) as never,
    logger: false,
  })
  server.addHook('onRequest', (request, reply, done) => {
    reply.headers(always).header('x-request-id', request.id)
    checkHost(settings.addresses(), request.headers.host, request.raw.url ?? '/')
    done()
  })
  server.setErrorHandler((error, request, reply) => sendProblem(reply, error, request.id, settings.log))
  server.setNotFoundHandler((request, reply) => {
    const taken = settings.operations.filter((one) => matches(one.path, request.url))
    // An address that has the method, and still led nowhere, is too long in one of its parts.
    const refused = taken.length > 0 && taken.every(({ method }) => method !== request.method)
    if (refused) reply.header('allow', methodsOf(taken))
    const error = refused ? fail('METHOD_NOT_ALLOWED', { method: request.method }) : fail('ROUTE_NOT_FOUND')
    return sendProblem(reply, error, request.id, settings.log)
  })
  addParsers(server)
  if (settings.addresses().allowed.size > 0) {
    await server.register(cors, { origin: [...settings.addresses().allowed], credentials: false })
  }
  await server.register(websocket, { options: { maxPayload: 1_048_576 } })
  const [uploads, others] = parted(settings.operations, ({ input }) => input === 'upload')
  addRoutes({ server, ...settings }, others)
  // In a room of their own, because what takes uploads apart adds hooks to every request.
  await server.register(async (room) => {
    await room.register(multipart)
    addRoutes({ ...settings, server: room }, uploads)
  })
  mountReference(server, settings)
  if (settings.workbench) await mountWorkbench(server, settings.workbench)
  return server
}

/** Nothing from elsewhere runs, loads, styles or frames the workbench, and nothing inline does. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

/** On every answer: it is what it says it is, for this origin alone, and tells nobody where the reader came from. */
const always = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
}
/** On pages. */
const onPages = {
  'content-security-policy': policy,
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
}

/** JSON in strict UTF-8; anything else streams through untouched to the operations that ask for it. */
function addParsers(server: FastifyInstance): void {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, body.length === 0 ? undefined : JSON.parse(decoder.decode(body as Buffer)))
    } catch {
      done(fail('BROKEN_JSON'))
    }
  })
  server.addContentTypeParser('application/octet-stream', (_request, payload, done) => done(null, payload))
}

/** The workbench: hashed files for ever, its page for every place a person can be. */
async function mountWorkbench(server: FastifyInstance, folder: string): Promise<void> {
  await server.register(fastifyStatic, {
    root: folder,
    wildcard: false,
    index: false,
    cacheControl: false,
    setHeaders: (reply, path) => {
      const forever = path.includes('/assets/')
      reply.header('cache-control', forever ? 'public, max-age=31536000, immutable' : 'no-cache')
    },
  })
  server.get('/*', (request, reply) => {
    const path = request.url.split('?')[0] ?? '/'
    // A workbench built anew while this runs has files that were not there at the start.
    if (path.startsWith('/assets/')) return reply.sendFile(path.slice(1))
    const isPlace = !path.startsWith('/api/') && !/\.\w{1,8}$/.test(path)
    if (isPlace || path.startsWith('/files/')) return reply.headers(onPages).sendFile('index.html')
    return reply.callNotFound()
  })
}

/** As `Allow` lists them (RFC 9110, 10.2.1); whoever answers GET answers HEAD. */
function methodsOf(operations: readonly Operation[]): string {
  const methods = new Set<string>(operations.map(({ method }) => method))
  if (methods.has('GET')) methods.add('HEAD')
  return [...methods].sort().join(', ')
}

function matches(path: string, url: string): boolean {
  const wanted = path.split('/')
  const given = (url.split('?')[0] ?? '').split('/')
  return wanted.length === given.length && wanted.every((part, at) => part.startsWith('{') || part === given[at])
}

function parted<T>(all: readonly T[], isFirst: (one: T) => boolean): [T[], T[]] {
  return [all.filter(isFirst), all.filter((one) => !isFirst(one))]
}
