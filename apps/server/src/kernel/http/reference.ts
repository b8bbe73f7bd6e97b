/** `/api/openapi.json` and the page at `/docs` that shows it. Few ask for either: both are made when somebody does. */
import { openApi } from '@cairn/api/openapi'
import type { Operation } from '@cairn/api/operation'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'

/** The page starts itself with an inline script; it may talk to this server only. */
const policy =
  "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
  "font-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"

export function mountReference(
  server: FastifyInstance,
  { operations, version }: { operations: readonly Operation[]; version: string },
): void {
  let document: string | undefined
  server.get('/api/openapi.json', async (_request, reply) => {
    document ??= JSON.stringify(openApi(operations, '/', version))
    return reply.type('application/json; charset=utf-8').send(document)
  })

  let page: Promise<FastifyInstance> | undefined
  async function serve(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    page ??= makePage()
    const { statusCode, headers, rawPayload } = await (await page).inject(request.url)
    if (headers.location) reply.header('location', headers.location)
    return reply
      .code(statusCode)
      .header('content-security-policy', policy)
      .type(headers['content-type'] ?? 'text/plain')
      .send(rawPayload)
  }
  for (const path of ['/docs', '/docs/', '/docs/js/scalar.js']) server.get(path, serve)
}

/** A server of its own, because a running one takes no more plugins, and this one weighs as much as half of Cairn. */
async function makePage(): Promise<FastifyInstance> {
  const { default: reference } = await import('@scalar/fastify-api-reference')
  const server = fastify()
  const configuration = {
    ...{ url: '/api/openapi.json', withDefaultFonts: false, telemetry: false },
    // What would talk to somebody else's servers, which the policy forbids anyway.
    ...{ agent: { disabled: true }, mcp: { disabled: true }, hideClientButton: true },
    ...{ showDeveloperTools: 'never', showToolbar: 'never' },
  }
  await server.register(reference, { routePrefix: '/docs', configuration } as never)
  return server
}
