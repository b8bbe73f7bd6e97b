/** The sidecar's whole surface: few routes, one secret, loopback only. Each handler decodes, calls one room, encodes. */
import { createHash, timingSafeEqual } from 'node:crypto'
import { Readable } from 'node:stream'
import { fail } from '@cairn/api/errors'
import { list, type Static, shape, Type } from '@cairn/api/shapes'
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify'
import type { Config } from './config.ts'
import { EmbedRequest, installedAddons, listOnnxModels, makeEmbeddings } from './embeddings/index.ts'
import type { Log } from './log.ts'
import { ChatRequest, chat, type Frame, listModels, Provider } from './models/index.ts'
import { makeParsing } from './parsing/index.ts'
import { MAX_BODY, sendProblem, toCairnError } from './problems.ts'
import {
  CompactRequest,
  DeleteRequest,
  DropRequest,
  makeVectors,
  SearchRequest,
  UpsertRequest,
} from './vectors/index.ts'

const ParseRequest = shape({
  files: list(
    shape({
      id: Type.String({ minLength: 1, maxLength: 4000 }),
      name: Type.String({ maxLength: 4000 }),
      text: Type.String(),
    }),
    { maxItems: 5000 },
  ),
})
const ModelsRequest = shape({ provider: Provider })
const Workspace = shape({ workspace: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$' }) })
type InWorkspace<Body = unknown> = { Params: Static<typeof Workspace>; Body: Body }

export type Server = { app: FastifyInstance; close: () => Promise<void> }

/** Builds the server with its rooms; nothing heavy is loaded before it is asked for. */
export const makeServer = (config: Config, log: Log): Server => {
  const started = performance.now()
  const parsing = makeParsing()
  const embeddings = makeEmbeddings({ addons: config.addons })
  const vectors = makeVectors({
    root: config.vectors,
    warn: (message, cause) => log.warn({ err: cause }, message),
  })
  const app = fastify({
    bodyLimit: MAX_BODY,
    logger: false,
    requestIdHeader: 'x-request-id',
    forceCloseConnections: true,
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false, useDefaults: false, allErrors: false } },
  })

  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
    if (!isLoopback(request.headers.host)) throw fail('HOST_NOT_ALLOWED')
    if (!hasSecret(request, config.secret)) throw fail('SIDECAR_UNAUTHENTICATED')
  })
  app.setNotFoundHandler((request, reply) => sendProblem(request, reply, fail('ROUTE_NOT_FOUND')))
  app.setErrorHandler((cause: Error, request, reply) => {
    const error = toCairnError(cause)
    if (error.status >= 500) log.warn({ err: cause, url: request.url, request_id: request.id }, error.code)
    return sendProblem(request, reply, error)
  })

  app.get('/health', async () => ({
    status: 'ok',
    version: config.version,
    pid: process.pid,
    uptime_ms: Math.round(performance.now() - started),
    rss_bytes: process.memoryUsage.rss(),
    vectors: { open: vectors.open() },
    addons: installedAddons(config.addons),
  }))

  app.post<{ Body: Static<typeof ParseRequest> }>(
    '/parse',
    { schema: { body: ParseRequest } },
    async (request, reply) => {
      return { files: await parsing.parse(request.body.files, goneSignal(reply)) }
    },
  )

  app.post<{ Body: EmbedRequest }>('/embed', { schema: { body: EmbedRequest } }, (request, reply) =>
    embeddings.embed(request.body, goneSignal(reply)),
  )

  app.post<{ Body: ChatRequest }>('/chat', { schema: { body: ChatRequest } }, (request, reply) => {
    const frames = Readable.from(lines(chat(request.body, goneSignal(reply))), { objectMode: false })
    frames.on('error', (cause) => log.warn({ err: cause, request_id: request.id }, 'a chat ended badly'))
    return reply.type('application/x-ndjson').header('cache-control', 'no-store').send(frames)
  })

  app.post<{ Body: Static<typeof ModelsRequest> }>(
    '/models',
    { schema: { body: ModelsRequest } },
    async ({ body: { provider } }, reply) => ({
      models: provider.kind === 'onnx' ? await listOnnxModels(provider) : await listModels(provider, goneSignal(reply)),
    }),
  )

  app.get<InWorkspace>('/vectors/:workspace', { schema: { params: Workspace } }, async ({ params }) => ({
    models: await vectors.states(params.workspace),
  }))
  app.post<InWorkspace<Static<typeof UpsertRequest>>>(
    '/vectors/:workspace/upsert',
    { schema: { params: Workspace, body: UpsertRequest } },
    ({ params, body }) => vectors.upsert(params.workspace, body),
  )
  app.post<InWorkspace<Static<typeof DeleteRequest>>>(
    '/vectors/:workspace/delete',
    { schema: { params: Workspace, body: DeleteRequest } },
    ({ params, body }) => vectors.remove(params.workspace, body),
  )
  app.post<InWorkspace<Static<typeof SearchRequest>>>(
    '/vectors/:workspace/search',
    { schema: { params: Workspace, body: SearchRequest } },
    ({ params, body }) => vectors.search(params.workspace, body),
  )
  app.post<InWorkspace<Static<typeof CompactRequest>>>(
    '/vectors/:workspace/compact',
    { schema: { params: Workspace, body: CompactRequest } },
    async ({ params, body }) => {
      await vectors.compact(params.workspace, body.model)
      return {}
    },
  )
  app.post<InWorkspace<Static<typeof DropRequest>>>(
    '/vectors/:workspace/drop',
    { schema: { params: Workspace, body: DropRequest } },
    async ({ params, body }) => {
      await vectors.drop(params.workspace, body.model)
      return {}
    },
  )

  return {
    app,
    close: async () => {
      await app.close()
      await Promise.allSettled([parsing.close(), embeddings.close(), vectors.close()])
    },
  }
}

const digest = (text: string) => createHash('sha256').update(text).digest()

/** Compares digests, so that neither length nor content shows in the time it takes. */
const hasSecret = (request: FastifyRequest, secret: string): boolean => {
  const [scheme, token = ''] = (request.headers.authorization ?? '').split(' ', 2)
  return timingSafeEqual(digest(token), digest(secret)) && scheme?.toLowerCase() === 'bearer'
}

const isLoopback = (host: string | undefined) => /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/i.test(host ?? '')

/** Aborted when the caller hangs up before the answer has ended. */
const goneSignal = (reply: FastifyReply): AbortSignal => {
  const gone = new AbortController()
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort()
  })
  return gone.signal
}

/** Frames as NDJSON. What goes wrong before the first token of any route ends as an `error` frame as well. */
async function* lines(frames: AsyncIterable<Frame>): AsyncGenerator<string> {
  try {
    for await (const frame of frames) yield `${JSON.stringify(frame)}\n`
  } catch (cause) {
    const { code, message } = toCairnError(cause as Error)
    yield `${JSON.stringify({ type: 'error', code, message, retryable: false } satisfies Frame)}\n`
  }
}
