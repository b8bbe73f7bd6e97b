/** Every refusal leaves as an RFC 9457 problem document with a code; what is unforeseen leaves as INTERNAL_ERROR. */
import { CairnError, type ErrorCode, fail, type Problem } from '@cairn/api/errors'
import type { FastifyReply } from 'fastify'
import type { Log } from '../log.ts'

/** Codes of Fastify and Node that have a meaning of ours. */
const known: Record<string, (error: { message: string }) => CairnError> = {
  FST_ERR_CTP_BODY_TOO_LARGE: () => fail('BODY_TOO_LARGE', { max: 'the allowed number of' }),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () => fail('UNSUPPORTED_MEDIA_TYPE'),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () => fail('BROKEN_JSON'),
  FST_ERR_CTP_EMPTY_JSON_BODY: () => fail('BROKEN_JSON'),
  FST_ERR_BAD_URL: () => fail('ROUTE_NOT_FOUND'),
  FST_ERR_MAX_PARAM_LENGTH: () => fail('ROUTE_NOT_FOUND'),
  FST_REQ_FILE_TOO_LARGE: () => fail('BODY_TOO_LARGE', { max: 'the allowed number of' }),
  FST_INVALID_MULTIPART_CONTENT_TYPE: () =>
    fail('INVALID_INPUT', {}, [{ path: '', message: 'must be multipart/form-data' }]),
  ERR_INVALID_CHAR: () => fail('INVALID_INPUT'),
}

export function toCairnError(error: unknown): CairnError {
  if (error instanceof CairnError) return error
  const code = (error as { code?: string } | null)?.code
  const translate = code === undefined ? undefined : known[code]
  return translate ? translate(error as Error) : fail('INTERNAL_ERROR', {}, [], error)
}

/** The caller has gone, and with them what was still to come of the request or is still to be answered. */
function hasHungUp({ raw }: FastifyReply['request'], thrown: unknown): boolean {
  if (!raw.destroyed) return false
  return !raw.complete || (thrown as { name?: string } | null)?.name === 'AbortError'
}

export function problemOf(error: CairnError, request: string): Problem {
  return {
    type: `urn:cairn:error:${error.code}`,
    title: error.title,
    status: error.status,
    detail: error.message,
    code: error.code,
    request_id: request,
    ...(error.fields.length > 0 && { errors: error.fields }),
  }
}

/** Sends the refusal; logs it when it is our fault. */
export function sendProblem(reply: FastifyReply, thrown: unknown, request: string, log: Log): FastifyReply {
  let error = toCairnError(thrown)
  if (error.code === 'INTERNAL_ERROR' && hasHungUp(reply.request, thrown)) {
    log.debug({ request, err: thrown }, 'the caller hung up')
    error = fail('REQUEST_ABORTED')
  }
  if (error.status >= 500) log.error({ request, err: error.cause ?? error }, error.code satisfies ErrorCode)
  if (error.code === 'RATE_LIMIT_EXCEEDED') reply.header('retry-after', String(error.parameters.seconds))
  if (error.status === 401) reply.header('www-authenticate', 'Bearer')
  const body = JSON.stringify(problemOf(error, request))
  return reply.code(error.status).type('application/problem+json; charset=utf-8').send(body)
}
