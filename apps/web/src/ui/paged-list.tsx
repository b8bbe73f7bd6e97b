import { For, type JSX, Show } from 'solid-js'
import { walkList } from './arrows.ts'
import { Failure, Waiting } from './empty.tsx'

type Pages = { query: { isPending: boolean; isError: boolean; error: unknown }; more(): void }
type Props<T> = {
  /** Where the rows come from. */
  pages: Pages
  /** Those that are shown: `pages.items()`, or what was made of them. */
  rows: readonly T[]
  /** Said when there is none. */
  empty: JSX.Element
  /** What the list is called; nothing where its page says it. */
  label?: string
  small?: boolean
  class?: string
  children: (row: T) => JSX.Element
}

/** A list that reads on as its end comes into sight; arrow keys walk over its rows. */
export function PagedList<T>(props: Props<T>) {
  return (
    <ul
      aria-label={props.label}
      class={`min-h-0 flex-1 overflow-y-auto ${props.class ?? 'px-2 py-1.5'}`}
      onKeyDown={walkList}
      onScroll={(event) => nearEnd(event.currentTarget) && props.pages.more()}
    >
      <For
        each={props.rows}
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
    </ul>
  )
}

/** Is the end of what scrolls about to be seen? */
export const nearEnd = ({ scrollTop, clientHeight, scrollHeight }: HTMLElement) =>
  scrollHeight - scrollTop - clientHeight < 600
