import { createEffect, createMemo, createSignal, For, type JSX, onCleanup, onMount, Show } from 'solid-js'
import type { Range } from '../lib/pages.ts'
import { walkList } from './arrows.ts'
import { Failure, Waiting } from './empty.tsx'

type Pages = {
  query: { isPending: boolean; isError: boolean; error: unknown }
  more(): void
  see?(range: Range): void
}
type Props<T> = {
  /** Where the rows come from. */
  pages: Pages
  /** Those that are shown: `pages.items()`, or what was made of them. */
  rows: readonly T[]
  /** Pixels that every row is high. With it, only rows in sight exist. */
  height?: number
  /** Said when there is none. */
  empty: JSX.Element
  /** What the list is called; nothing where its page says it. */
  label?: string
  small?: boolean
  class?: string
  children: (row: T) => JSX.Element
}

/** Rows above and below those in sight. */
const around = 12

/** A list that reads on as its end comes into sight; arrow keys walk over its rows. */
export function PagedList<T>(props: Props<T>) {
  let list: HTMLUListElement | undefined
  const [sight, setSight] = createSignal({ top: 0, height: 0 })
  const look = () => {
    if (!list) return
    if (props.height) setSight({ top: list.scrollTop, height: list.clientHeight })
    if (nearEnd(list)) props.pages.more()
  }
  onMount(() => {
    if (!list || !props.height) return
    const observer = new ResizeObserver(look)
    observer.observe(list)
    onCleanup(() => observer.disconnect())
  })
  const first = createMemo(() => (props.height ? Math.max(0, Math.floor(sight().top / props.height) - around) : 0))
  const end = createMemo(() => {
    if (!props.height) return props.rows.length
    const { top, height } = sight()
    return Math.min(props.rows.length, Math.ceil((top + height) / props.height) + around)
  })
  createEffect(() => props.height && props.pages.see?.([first(), end()]))
  const shown = createMemo(() => (props.height ? props.rows.slice(first(), end()) : props.rows))
  const onKeyDown = (event: KeyboardEvent & { currentTarget: HTMLElement }) => {
    // The first and the last row have to be there to be gone to.
    if (props.height && list && (event.key === 'Home' || event.key === 'End')) {
      list.scrollTop = event.key === 'Home' ? 0 : list.scrollHeight
      look()
    }
    walkList(event)
  }
  return (
    <ul
      ref={list}
      aria-label={props.label}
      class={`min-h-0 flex-1 overflow-y-auto ${props.class ?? 'px-2 py-1.5'}`}
      onKeyDown={onKeyDown}
      onScroll={look}
    >
      <Gap rows={Math.min(first(), props.rows.length)} height={props.height} />
      <For
        each={shown()}
        fallback={
          <li>
            <Show when={!props.pages.query.isPending} fallback={<Waiting lines={8} />}>
              <Show
                when={!props.pages.query.isError}
                fallback={<Failure error={props.pages.query.error} small={props.small} />}
              >
                {props.empty}
              </Show>
            </Show>
          </li>
        }
      >
        {(row) => props.children(row)}
      </For>
      <Gap rows={props.rows.length - end()} height={props.height} />
    </ul>
  )
}

/** As high as the rows that are out of sight. */
function Gap(props: { rows: number; height: number | undefined }) {
  return (
    <Show when={props.height && props.rows > 0}>
      <li aria-hidden="true" style={{ height: `${props.rows * (props.height ?? 0)}px` }} />
    </Show>
  )
}

/** Is the end of what scrolls about to be seen? */
export const nearEnd = ({ scrollTop, clientHeight, scrollHeight }: HTMLElement) =>
  scrollHeight - scrollTop - clientHeight < 600
