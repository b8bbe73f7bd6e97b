import { type JSX, Show } from 'solid-js'
import { troubleOf } from '../lib/api.ts'
import { Button } from './button.tsx'

type EmptyProps = {
  icon?: JSX.Element
  title: JSX.Element
  children?: JSX.Element
  action?: JSX.Element
  small?: boolean
}

/** Says what will be here and offers the one button that fills it. */
export function Empty(props: EmptyProps) {
  return (
    <div class={`mx-auto flex max-w-md flex-col items-center text-center ${props.small ? 'px-4 py-8' : 'px-6 py-16'}`}>
      <Show when={props.icon}>
        <div class="mb-3 text-faint">{props.icon}</div>
      </Show>
      <div class="text-base font-medium text-balance text-ink">{props.title}</div>
      <Show when={props.children}>
        <div class="mt-1 text-sm text-pretty text-dim">{props.children}</div>
      </Show>
      <Show when={props.action}>
        <div class="mt-4 flex flex-wrap justify-center gap-2">{props.action}</div>
      </Show>
    </div>
  )
}

/** What went wrong, in words, with what to do. */
export function Failure(props: { error: unknown; onRetry?: () => void; small?: boolean }) {
  const trouble = () => troubleOf(props.error)
  return (
    <Empty
      small={props.small}
      title={trouble().title}
      action={
        <Show when={props.onRetry}>
          {(retry) => (
            <Button onClick={() => retry()()} size="md">
              Try again
            </Button>
          )}
        </Show>
      }
    >
      <p>{trouble().detail}</p>
      <Show when={trouble().request}>
        <p class="mt-1 font-mono text-2xs text-faint">request {trouble().request}</p>
      </Show>
    </Empty>
  )
}

/** Grey lines where text is about to be; they appear only when it takes a while. */
export function Waiting(props: { lines?: number; label?: string }) {
  return (
    <div class="flex animate-fade flex-col gap-3 p-4" aria-busy="true" role="status">
      <span class="sr-only">{props.label ?? 'Loading'}</span>
      {Array.from({ length: props.lines ?? 6 }, (_, at) => (
        <div
          class="h-3 animate-breathe rounded-sm bg-hover"
          classList={{ 'w-11/12': at % 3 === 0, 'w-3/4': at % 3 === 1, 'w-1/2': at % 3 === 2 }}
        />
      ))}
    </div>
  )
}
