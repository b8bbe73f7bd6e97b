import type { Attachment } from '@cairn/api/threads'
import X from 'lucide-solid/icons/x'
import { For, Show } from 'solid-js'
import { placeUrl } from '../../../lib/places.ts'
import { IconButton } from '../../../ui/button.tsx'
import { KindIcon } from '../../../ui/place-icon.tsx'
import { Safe } from '../../../ui/safe.tsx'
import type { Attachings } from '../attaching.ts'

const chip = 'flex h-6 max-w-72 items-center gap-1.5 rounded-full pl-2.5 text-xs ring-1 ring-line ring-inset'

/** Documents that came along with a message; each opens. */
export function Attached(props: { documents: readonly Attachment[] }) {
  return (
    <Show when={props.documents.length > 0}>
      <ul aria-label="Attached documents" class="flex max-w-full flex-wrap justify-end gap-1.5">
        <For each={props.documents}>
          {({ id, title }) => (
            <li>
              <a href={placeUrl({ kind: 'document', id, lines: null })} class={`${chip} pr-2.5 hover:bg-hover`}>
                <KindIcon kind="document" size={12} />
                <Safe text={title} class="min-w-0 truncate" />
              </a>
            </li>
          )}
        </For>
      </ul>
    </Show>
  )
}

/** Documents that go along with the question that is being typed. */
export function AttachingList(props: { attachings: Attachings }) {
  return (
    <Show when={props.attachings.all().length > 0}>
      <ul aria-label="To be attached" class="flex flex-wrap gap-1.5 px-3 pt-2.5">
        <For each={props.attachings.all()}>
          {(one) => (
            <li class={`${chip} pr-1`} aria-busy={one.document === null}>
              <span classList={{ 'animate-breathe': one.document === null }}>
                <KindIcon kind="document" size={12} />
              </span>
              <Safe text={one.document?.title ?? one.name} class="min-w-0 truncate" />
              <Show when={one.document === null}>
                <span class="text-dim">reading…</span>
              </Show>
              <IconButton
                label={`Do not attach ${one.document?.title ?? one.name}`}
                square="sm"
                side="top"
                class="size-5!"
                onClick={() => props.attachings.drop(one.key)}
              >
                <X size={12} />
              </IconButton>
            </li>
          )}
        </For>
      </ul>
    </Show>
  )
}
