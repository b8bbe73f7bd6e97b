/**
 * Reads as signals. Nothing is ever read again on a clock: events on the live line say what has become old, and only
 * what is on screen is fetched anew.
 */
import { QueryClient, keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/solid-query'
import { type Accessor, createMemo } from 'solid-js'
import { api, type Feature, type Input, type NameIn, type Output, passes } from './api.ts'

type Call = (input: unknown, options: { signal: AbortSignal }) => Promise<unknown>
const callOf = (feature: string, name: string) =>
  (api as unknown as Record<string, Record<string, Call>>)[feature]?.[name] as Call

export const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: Number.POSITIVE_INFINITY,
      gcTime: 300_000,
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
      networkMode: 'always',
      retry: (tries, error) => tries < 4 && passes(error),
      retryDelay: (tries) => Math.min(400 * 2 ** tries, 5_000),
    },
  },
})

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

type Page<T> = { items: T[]; next_cursor: string | null }
type ItemOf<F extends Feature, K extends NameIn<F>> = Output<F, K> extends Page<infer T> ? T : never

/** Reads a list page by page; `more` asks for the next one where there is one. */
export function usePages<F extends Feature, K extends NameIn<F>>(
  feature: F,
  name: K,
  input: Accessor<Omit<Input<F, K>, 'cursor'> | null>,
) {
  const query = useInfiniteQuery(() => ({
    queryKey: [feature, name, 'pages', input()],
    queryFn: ({ signal, pageParam }: { signal: AbortSignal; pageParam: string | null }) =>
      callOf(feature, name)({ ...input(), ...(pageParam !== null && { cursor: pageParam }) }, { signal }) as Promise<
        Page<ItemOf<F, K>>
      >,
    initialPageParam: null as string | null,
    getNextPageParam: (last: Page<ItemOf<F, K>>) => last.next_cursor,
    enabled: input() !== null,
    placeholderData: keepPreviousData,
    reconcile: 'id' as const,
  }))
  const items = createMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [])
  const more = () => {
    if (query.hasNextPage && !query.isFetchingNextPage) void query.fetchNextPage()
  }
  return { query, items, more }
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
