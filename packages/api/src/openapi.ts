/** OpenAPI 3.1 out of the table of operations. */
import { errors } from './errors.ts'
import type { Operation, Properties } from './operation.ts'
import { Type } from './shapes.ts'

type Json = Record<string, unknown>

const mediaTypes = {
  json: 'application/json',
  text: 'text/plain',
  events: 'text/event-stream',
  bytes: 'application/octet-stream',
}
const general = ['INVALID_INPUT', 'UNAUTHENTICATED', 'ACCESS_DENIED', 'RATE_LIMIT_EXCEEDED'] as const

/** The whole document. `server` is the base address shown, `version` that of Cairn. */
export function openApi(all: readonly Operation[], server: string, version: string): Json {
  const paths: Record<string, Json> = {}
  for (const operation of all) {
    const path = (paths[operation.path] ??= {})
    path[operation.method.toLowerCase()] = describe(operation)
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Cairn', version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: server }],
    security: [{ key: [] }, { header: [] }],
    tags: [...new Set(all.map((one) => one.feature))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer' },
        header: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
      },
      schemas: { Problem: problem },
    },
  }
}

function describe(operation: Operation): Json {
  return {
    operationId: operation.id,
    tags: [operation.feature],
    summary: operation.summary,
    ...(operation.description && { description: operation.description }),
    ...(operation.reach === 'public' && { security: [] }),
    parameters: parametersOf(operation),
    ...requestBodyOf(operation),
    responses: { [operation.status]: successOf(operation), ...failuresOf(operation) },
    'x-cairn': {
      permission: operation.permission,
      effect: operation.effect,
      callers: operation.callers,
      egress: operation.egress,
      role: operation.role,
    },
  }
}

function parametersOf(operation: Operation): Json[] {
  const parameters = [...fields(operation.params, 'path'), ...fields(operation.query, 'query')]
  if (operation.reach === 'workspace')
    parameters.push(header('X-Cairn-Workspace', 'Id or slug; the default one otherwise.'))
  if (operation.idempotent) parameters.push(header('Idempotency-Key', 'Repeats within 24 hours get the first answer.'))
  return parameters
}

const header = (name: string, description: string): Json => ({
  name,
  in: 'header',
  description,
  schema: { type: 'string' },
})

const fields = (properties: Properties, place: 'path' | 'query'): Json[] =>
  Object.entries(properties).map(([name, schema]) => ({
    name,
    in: place,
    required: place === 'path' || !('~optional' in schema),
    schema,
  }))

function requestBodyOf(operation: Operation): Json {
  if (operation.input === 'raw') return { requestBody: { content: { 'application/octet-stream': {} } } }
  if (operation.input === 'upload') {
    const asked = Object.keys(operation.body).length > 0 && Type.Object(operation.body, { additionalProperties: false })
    const json = asked ? { 'application/json': { schema: asked } } : {}
    return { requestBody: { content: { 'multipart/form-data': { schema: { type: 'object' } }, ...json } } }
  }
  if (Object.keys(operation.body).length === 0) return {}
  const schema = Type.Object(operation.body, { additionalProperties: false })
  return { requestBody: { required: true, content: { 'application/json': { schema } } } }
}

function successOf(operation: Operation): Json {
  const content: Json = {}
  for (const kind of operation.reply) {
    if (kind === 'socket' || kind === 'redirect') continue
    content[mediaTypes[kind]] = kind === 'json' || kind === 'events' ? { schema: operation.output } : {}
  }
  return { description: operation.summary, ...(Object.keys(content).length > 0 && { content }) }
}

function failuresOf(operation: Operation): Json {
  const byStatus = new Map<number, string[]>()
  for (const code of new Set([...operation.errors, ...general])) {
    const { status } = errors[code]
    byStatus.set(status, [...(byStatus.get(status) ?? []), code])
  }
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      status,
      {
        description: codes.join(', '),
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  )
}

const problem: Json = {
  type: 'object',
  description: 'RFC 9457 problem document',
  required: ['type', 'title', 'status', 'detail', 'code', 'request_id'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string', enum: Object.keys(errors) },
    request_id: { type: 'string' },
    errors: {
      type: 'array',
      items: { type: 'object', properties: { path: { type: 'string' }, message: { type: 'string' } } },
    },
  },
}
