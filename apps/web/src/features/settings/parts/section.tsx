import { type JSX, Show } from 'solid-js'

/** A part of a settings page: what it is, what it does, and the controls. */
export function Section(props: {
  title: string
  note?: JSX.Element
  action?: JSX.Element
  first?: boolean
  children?: JSX.Element
}) {
  return (
    <section class={props.first ? '' : 'mt-8'}>
      <div class="mb-2 flex items-end gap-3">
        <div class="min-w-0 flex-1">
          <h2 class="text-base font-semibold">{props.title}</h2>
          <Show when={props.note}>
            <p class="text-sm text-pretty text-dim">{props.note}</p>
          </Show>
        </div>
        {props.action}
      </div>
      {props.children}
    </section>
  )
}

/** Rows in one frame. */
export function Rows(props: { children: JSX.Element }) {
  return <ul class="divide-y divide-line overflow-hidden rounded-lg ring-1 ring-line">{props.children}</ul>
}
export function Row(props: { children: JSX.Element; class?: string }) {
  return (
    <li class={`flex min-h-11 flex-wrap items-center gap-3 bg-canvas px-3 py-2 ${props.class ?? ''}`}>
      {props.children}
    </li>
  )
}
