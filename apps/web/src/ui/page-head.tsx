import { type JSX, Show } from 'solid-js'

/** The line at the top of a view: its name, and what can be done with all of it. */
export function PageHead(props: { title: JSX.Element; note?: JSX.Element; children?: JSX.Element }) {
  return (
    <header class="flex min-h-10 shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-4 py-1.5">
      <h1 class="min-w-0 truncate text-sm font-semibold">{props.title}</h1>
      <Show when={props.note}>
        <span class="min-w-0 truncate text-xs text-dim">{props.note}</span>
      </Show>
      <div class="ml-auto flex items-center gap-1">{props.children}</div>
    </header>
  )
}
