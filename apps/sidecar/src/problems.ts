/** Errors at the edge: every refusal leaves as RFC 9457 problem+json with a code from the table. */
import { CairnError, fail, type Problem } from '@cairn/api/errors'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'

type Invalid = { instancePath?: string; message?: string; params?: Record<string, unknown> }

/** What Fastify found wrong, as an error with a code; what is nobody's fault but ours is INTERNAL_ERROR. */
export const toCairnError = (error: FastifyError | Error): CairnError => {
  if (error instanceof CairnError) return error
  const { code, validation, statusCode } = error as FastifyError
  if (validation) return fail('INVALID_INPUT', {}, validation.map(fieldError))
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return fail('BODY_TOO_LARGE', { max: MAX_BODY }, [], error)
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return fail('UNSUPPORTED_MEDIA_TYPE', {}, [], error)
  const isBroken = error instanceof SyntaxError || code?.startsWith('FST_ERR_CTP')
  if (isBroken || statusCode === 400) return fail('BROKEN_JSON', {}, [], error)
  return fail('INTERNAL_ERROR', {}, [], error)
}

/** Bytes of a request: a batch of files to parse is the biggest. */
export const MAX_BODY = 64 * 1024 * 1024

const fieldError = ({ instancePath = '', message = 'is not as expected', params }: Invalid) => {
  const extra = params?.additionalProperty
  return typeof extra === 'string'
    ? { path: `${instancePath}/${extra}`, message: 'is not known here' }
    : { path: instancePath || '/', message }
}

/** Sends an error as its problem document. */
export const sendProblem = (request: FastifyRequest, reply: FastifyReply, error: CairnError) => {
  const problem: Problem = {
    type: `urn:cairn:error:${error.code}`,
    title: error.title,
    status: error.status,
    detail: error.message,
    code: error.code,
    request_id: request.id,
    ...(error.fields.length > 0 ? { errors: error.fields } : {}),
  }
  return reply.code(error.status).type('application/problem+json').send(JSON.stringify(problem))
}
