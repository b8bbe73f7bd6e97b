/**
 * Reads as signals. Nothing is ever read again on a clock: events on the live line say what has become old, and only
 * what is on screen is fetched anew.
 */
import { keepPreviousData, useQuery } from '@tanstack/solid-query'
import { type Accessor, createMemo } from 'solid-js'
import { api, type Feature, type Input, type NameIn, type Output } from './api.ts'
import { client } from './client.ts'
import { makePages, type PageOf } from './pages.ts'

type Call = (input: unknown, options: { signal: AbortSignal }) => Promise<unknown>
const callOf = (feature: string, name: string) =>
  (api as unknown as Record<string, Record<string, Call>>)[feature]?.[name] as Call

export type ReadOptions = {
  /** Goes on showing the last answer while another input is being read. */
  keep?: boolean
}

/** Reads one operation; `input()` null reads nothing. Shared by everyone who asks the same. */
export function useRead<F extends Feature, K extends NameIn<F>>(
  feature: F,
  name: K,
  input: Accessor<Input<F, K> | null>,
  options: ReadOptions = {},
) {
  return useQuery<Output<F, K>>(() => ({
    queryKey: [feature, name, input()],
    queryFn: ({ signal }) => callOf(feature, name)(input(), { signal }) as Promise<Output<F, K>>,
    enabled: input() !== null,
    reconcile: 'id',
    ...(options.keep && { placeholderData: keepPreviousData }),
  }))
}

type ItemOf<F extends Feature, K extends NameIn<F>> = Extract<Output<F, K> extends PageOf<infer T> ? T : never, object>

/** Reads a list page by page; `more` asks for the next one where there is one, `see` says which items are in sight. */
export function usePages<F extends Feature, K extends NameIn<F>>(
  feature: F,
  name: K,
  input: Accessor<Omit<Input<F, K>, 'cursor'> | null>,
) {
  const asked = createMemo(input, undefined, { equals: (a, b) => JSON.stringify(a) === JSON.stringify(b) })
  type Answer = Output<F, K> & PageOf<ItemOf<F, K>>
  return makePages<ItemOf<F, K>, Answer>(() => {
    const given = asked()
    if (given === null) return null
    const read = (cursor: string | null, signal: AbortSignal) =>
      callOf(feature, name)({ ...given, ...(cursor !== null && { cursor }) }, { signal }) as Promise<Answer>
    return { key: [feature, name, 'pages', given], read }
  })
}

/** Says that what these features have shown is old; null is everything. */
export function makeOld(features: readonly string[] | null): void {
  if (features === null) void readAgain()
  else for (const feature of features) void readAgain(feature)
}

/**
 * Reads again what is on screen of a feature; resolves when it is read. A first read that was under way already may have
 * missed the change (and is shared, not begun anew, by the query client), so it is followed by another.
 */
export async function readAgain(feature?: string): Promise<void> {
  const filter = feature === undefined ? {} : { queryKey: [feature] }
  const underWay = client.getQueryCache().findAll({ ...filter, fetchStatus: 'fetching' })
  const first = underWay.filter((query) => query.state.data === undefined)
  await client.invalidateQueries(filter)
  await Promise.all(first.map(({ queryKey }) => client.invalidateQueries({ queryKey, exact: true })))
}
