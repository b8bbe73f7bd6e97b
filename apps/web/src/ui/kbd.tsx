import { For, Index, Show } from 'solid-js'
import { isMac } from '../lib/commands.ts'
import { showBinding } from '../lib/keys.ts'

/** Keys as caps. */
export function Kbd(props: { binding: string }) {
  return (
    <span class="inline-flex items-center gap-1">
      <Index each={showBinding(props.binding, isMac)}>
        {(press, at) => (
          <>
            <Show when={at > 0}>
              <span class="text-2xs text-faint">then</span>
            </Show>
            <span class="inline-flex gap-0.5">
              <For each={press()}>
                {(key) => (
                  <kbd class="inline-flex h-4.5 min-w-4.5 items-center justify-center rounded-sm bg-inset px-1 font-sans text-2xs text-dim ring-1 ring-inset ring-line">
                    {key}
                  </kbd>
                )}
              </For>
            </span>
          </>
        )}
      </Index>
    </span>
  )
}
