/** Everything that can be asked of the core, typed from the table of operations; no schema code comes along. */
import { ApiError, makeClient } from '@cairn/api/client'
import type { InputOf, OutputOf } from '@cairn/api/operation'
import type { Table } from '@cairn/api/table'
import { createSignal } from 'solid-js'
import { routes } from './routes.gen.ts'

const [signedOut, setSignedOut] = createSignal(false)
/** This browser's login is missing or has ended: nothing can be read until a new link is opened. */
export { signedOut }

const watched: typeof fetch = async (input, init) => {
  const response = await fetch(input, init)
  if (response.status === 401) setSignedOut(true)
  return response
}

export const api = makeClient<Table>(routes, { url: '', fetch: watched })

export type Feature = keyof Table
export type NameIn<F extends Feature> = keyof Table[F] & string
export type Input<F extends Feature, K extends NameIn<F>> = InputOf<Table[F][K]>
export type Output<F extends Feature, K extends NameIn<F>> = OutputOf<Table[F][K]>

export type Trouble = {
  title: string
  detail: string
  code: string
  fields: { path: string; message: string }[]
  request: string
}

/** An error as a person can read it: what happened and what to do. */
export function troubleOf(error: unknown): Trouble {
  if (error instanceof ApiError) {
    const { title, detail, code, errors, request_id, status } = error.problem
    const fields = errors ?? []
    if (status === 0) return { ...unreachable, code, fields, request: '' }
    const told = fields.length > 0 ? fields.map(({ path, message }) => `${nameOf(path)} ${message}`).join('; ') : detail
    return { title, detail: told, code, fields, request: request_id }
  }
  const detail = error instanceof Error ? error.message : String(error)
  return { title: 'Something went wrong here', detail, code: 'PAGE', fields: [], request: '' }
}

const unreachable = {
  title: 'Cairn does not answer',
  detail: 'The core is not running or is starting again. This page goes on by itself once it is back.',
}

const nameOf = (path: string) => path.replace(/^\//, '').replaceAll('/', ' › ') || 'The input'

/** Is it worth trying again without being asked? */
export const passes = (error: unknown) =>
  error instanceof ApiError &&
  (error.problem.status === 0 || error.problem.status === 503 || error.problem.status === 429)

/** Did the caller take it back? */
export const isAbort = (error: unknown) => error instanceof DOMException && error.name === 'AbortError'
