/**
 * Lists that are read page by page. Each page is a read of its own, and only those in sight and the first are followed:
 * what an event makes old is read again there at once, and elsewhere when it comes into sight. A page begins where the one
 * before it ended when that was last read; so pages in sight miss nothing and repeat nothing.
 */
import { type QueryKey, QueryObserver } from '@tanstack/solid-query'
import { type Accessor, batch, createComputed, createMemo, createSignal, on, onCleanup, untrack } from 'solid-js'
import { createStore, reconcile, type SetStoreFunction } from 'solid-js/store'
import { client } from './client.ts'

export type PageOf<T> = { items: T[]; next_cursor: string | null }
type Held<T, P = PageOf<T>> = {
  cursor: string | null
  /** Undefined until it was read. */
  page: P | undefined
  items: readonly T[]
  /** Which of all reads it was. */
  read: number
}
type Item<T> = { shown: T; change: SetStoreFunction<object> }
/** Places in the list, from (inclusive) to. */
export type Range = readonly [from: number, to: number]
const all: Range = [0, Number.POSITIVE_INFINITY]

type Reading<P> = { key: QueryKey; read: (cursor: string | null, signal: AbortSignal) => Promise<P> }

/** Follows the list that `reading` names; null reads nothing. While another one comes, the last goes on being shown. */
export function makePages<T extends object, P extends PageOf<T> = PageOf<T>>(reading: Accessor<Reading<P> | null>) {
  const [held, setHeld] = createSignal<readonly Held<T, P>[]>([])
  const [error, setError] = createSignal<unknown>(null)
  const [placeholder, setPlaceholder] = createSignal(false)
  const [fetching, setFetching] = createSignal(false)
  const observers = new Map<number, QueryObserver<P>>()
  const known = new Map<unknown, Item<T>>()
  let reads = 0
  let sight: readonly Range[] = [all]
  let current: Reading<P> | null = null

  /** The same item stays the same object, whatever is new of it. */
  const keep = (item: T): T => {
    const id = (item as { id?: unknown }).id
    if (id === undefined) return item
    const before = known.get(id)
    before?.change(reconcile(structuredClone(item)))
    if (before) return before.shown
    const [shown, change] = createStore<object>(structuredClone(item))
    known.set(id, { shown: shown as T, change })
    return shown as T
  }

  /** Lets go of items that no page holds any more. */
  const forget = () => {
    const left = new Set(held().flatMap(({ items }) => items.map((item) => (item as { id?: unknown }).id)))
    for (const id of known.keys()) if (!left.has(id)) known.delete(id)
  }

  const leave = (from: number, to = Number.POSITIVE_INFINITY) => {
    for (const [at, observer] of observers)
      if (at >= from && at < to) {
        observer.destroy()
        observers.delete(at)
      }
  }

  const follow = (at: number) => {
    const cursor = held()[at]?.cursor
    if (cursor === undefined || !current) return
    const { key, read } = current
    const options = {
      queryKey: [...key, cursor],
      queryFn: ({ signal }: { signal: AbortSignal }) => read(cursor, signal),
    }
    const before = observers.get(at)
    if (before) return before.setOptions(options)
    const observer = new QueryObserver<P>(client, options)
    observers.set(at, observer)
    observer.subscribe(() => take(at, observer))
    take(at, observer)
  }

  const take = (at: number, observer: QueryObserver<P>) => {
    if (observers.get(at) !== observer) return
    const { data, error: failure, isStale, isFetching } = observer.getCurrentResult()
    batch(() => {
      setError(() => [...observers.values()].map((one) => one.getCurrentResult().error).find(Boolean) ?? null)
      setFetching([...observers.values()].some((one) => one.getCurrentResult().isFetching))
      // What is shown goes for what another list holds now, not for what it once held.
      if (placeholder() && isStale && isFetching) return
      if (data && (!failure || placeholder())) accept(at, data)
    })
  }

  const accept = (at: number, page: P) => {
    // The first page of another list: what was shown until now goes.
    const before = placeholder() && at === 0 ? [] : held()
    reads += 1
    const own: Held<T, P> = { cursor: before[at]?.cursor ?? null, page, items: page.items.map(keep), read: reads }
    const next = before[at + 1]
    const rest = page.next_cursor === null ? [] : before.slice(at + 1)
    const moved = next !== undefined && page.next_cursor !== null && next.cursor !== page.next_cursor
    if (moved) rest[0] = { ...next, cursor: page.next_cursor }
    setPlaceholder(false)
    setHeld([...before.slice(0, at), own, ...rest])
    if (known.size > 500 && known.size > 2 * laidOut().items.length) forget()
    leave(at + 1 + rest.length)
    if (moved && observers.has(at + 1)) follow(at + 1)
  }

  createComputed(
    on(reading, (next) => {
      leave(0)
      current = next
      sight = [all]
      const shown = next ? held().filter(({ page }) => page) : []
      batch(() => {
        setError(null)
        setPlaceholder(shown.length > 0)
        setHeld(next && shown.length === 0 ? [{ cursor: null, page: undefined, items: [], read: 0 }] : shown)
      })
      forget()
      follow(0)
    }),
  )
  onCleanup(() => leave(0))

  const laidOut = createMemo<Layout<T>>((before) => layOut(held(), before), nothing)

  const look = () => {
    if (placeholder()) return
    const { items, starts } = laidOut()
    held().forEach(({ page }, at) => {
      const [start, end] = [starts[at] ?? 0, starts[at + 1] ?? items.length]
      const inSight = sight.some(([from, to]) => start < to && end > from)
      if (at === 0 || !page || inSight) return observers.has(at) || follow(at)
      return leave(at, at + 1)
    })
  }

  return {
    query: {
      get isPending() {
        return !held()[0]?.page
      },
      get isSuccess() {
        return held()[0]?.page !== undefined && error() === null
      },
      get isError() {
        return error() !== null
      },
      get error() {
        return error()
      },
      get isFetching() {
        return fetching()
      },
      get isPlaceholderData() {
        return placeholder()
      },
      get hasNextPage() {
        return (held().at(-1)?.page?.next_cursor ?? null) !== null
      },
      get isFetchingNextPage() {
        return held().length > 1 && held().at(-1)?.page === undefined
      },
    },
    items: createMemo(() => laidOut().items),
    /** The first page as it was answered, with what else it says; undefined until it is there. */
    first: () => (placeholder() ? undefined : held()[0]?.page),
    /** Asks for the next page where there is one. */
    more() {
      const pages = untrack(held)
      const last = pages.at(-1)
      if (untrack(placeholder) || !last) return
      const observer = observers.get(pages.length - 1)
      if (!last.page && observer?.getCurrentResult().isError) void observer.refetch()
      const cursor = last.page?.next_cursor ?? null
      if (cursor === null) return
      setHeld([...pages, { cursor, page: undefined, items: [], read: 0 }])
      untrack(() => follow(pages.length))
    },
    /** Says which items are in sight; all of them unless said. */
    see(...ranges: readonly Range[]) {
      sight = ranges
      untrack(look)
    },
  }
}

type Layout<T> = {
  pages: readonly Held<T>[]
  items: readonly T[]
  /** The same, to look something up. */
  inside: Set<T>
  /** Where each page begins among the items. */
  starts: readonly number[]
}
const nothing = { pages: [], items: [], inside: new Set<never>(), starts: [] }

/** All that was read, each once, as the latest read has it. A page more is put below what was laid out before. */
function layOut<T>(held: readonly Held<T>[], before: Layout<T>): Layout<T> {
  const pages = held.filter(({ page }) => page)
  const added = pages.slice(before.pages.length)
  const more = added.flatMap(({ items }) => items)
  const grown =
    before.pages.length > 0 &&
    before.pages.every((page, at) => page === pages[at]) &&
    new Set(more).size === more.length &&
    more.every((item) => !before.inside.has(item))
  if (grown && added.length === 0) return before
  const starts = grown ? [...before.starts] : []
  const items = grown ? [...before.items] : []
  const inside = grown ? before.inside : new Set<T>()
  const latest = new Map<T, number>()
  const left = grown ? added : pages
  for (const page of left) for (const item of page.items) latest.set(item, Math.max(page.read, latest.get(item) ?? 0))
  for (const page of left) {
    starts.push(items.length)
    for (const item of page.items) {
      if (latest.get(item) !== page.read || inside.has(item)) continue
      inside.add(item)
      items.push(item)
    }
  }
  return { pages, items, inside, starts }
}
