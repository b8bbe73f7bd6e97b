import type { Visit } from '@cairn/api/browser'
import Trash from 'lucide-solid/icons/trash'
import { Show } from 'solid-js'
import { clock, full } from '../../../lib/format.ts'
import { go } from '../../../lib/layout.ts'
import { IconButton } from '../../../ui/button.tsx'
import { Safe } from '../../../ui/safe.tsx'
import { SiteMark } from './site-mark.tsx'

type VisitRowProps = {
  visit: Visit
  /** The visit above is of the same site: its name is not said again. */
  same: boolean
  dated?: string
  onRemove: () => void
}

export function VisitRow(props: VisitRowProps) {
  const visit = () => props.visit
  return (
    <div class="group relative flex h-full items-center rounded-md hover:bg-hover">
      <a
        href={`/source/visit/${visit().page_id}`}
        data-row
        class="ring-inside flex h-full min-w-0 flex-1 items-center gap-3 rounded-md px-3"
        title={full(visit().visited_at)}
      >
        <span
          class="shrink-0 text-right font-mono text-xs whitespace-nowrap text-faint"
          classList={{ 'min-w-10': !props.dated, 'min-w-20': props.dated !== undefined }}
        >
          {props.dated ?? clock(visit().visited_at)}
        </span>
        <SiteMark site={visit().site} />
        <Safe text={visit().title || visit().url} class="min-w-0 truncate text-sm text-ink" />
        <span
          class="ml-auto max-w-[34%] shrink-0 truncate pl-2 text-xs text-faint group-hover:pr-7"
          classList={{ 'opacity-0 group-hover:opacity-100': props.same }}
        >
          <Safe text={visit().site} />
        </span>
      </a>
      <div class="absolute right-1 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100">
        <IconButton label="Remove this visit" square="sm" side="left" onClick={() => props.onRemove()}>
          <Trash size={14} />
        </IconButton>
      </div>
    </div>
  )
}

/** A line where a visit is about to be. */
export function VisitSkeleton() {
  return (
    <div class="flex h-full items-center gap-3 px-3" aria-hidden="true">
      <span class="h-2.5 w-10 rounded-sm bg-hover" />
      <span class="size-4.5 rounded-sm bg-hover" />
      <span class="h-2.5 w-1/2 rounded-sm bg-hover" />
    </div>
  )
}

type SiteProps = { site: string; visits: number; share: number; current: boolean; onRemove: () => void }

/** One site of the list: its share of all visits, and a click to see only it. */
export function SiteRow(props: SiteProps) {
  return (
    <li class="group relative h-7">
      <button
        type="button"
        data-row
        aria-pressed={props.current}
        class="ring-inside relative flex h-7 w-full items-center gap-2 overflow-hidden rounded-md px-2 text-left text-sm hover:bg-hover aria-pressed:bg-selected"
        onClick={() =>
          go({ kind: 'history', q: '', site: props.current ? '' : props.site, from: '', to: '' }, { replace: true })
        }
      >
        <SiteMark site={props.site} />
        <Safe text={props.site} class="min-w-0 flex-1 truncate" />
        <span class="shrink-0 text-xs text-faint group-hover:invisible">{props.visits.toLocaleString('en')}</span>
        <span
          class="absolute bottom-0 left-8 h-px bg-kind-visit/60"
          style={{ width: `calc((100% - 2.5rem) * ${props.share})` }}
        />
      </button>
      <div class="absolute top-0.5 right-0.5 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100">
        <Show when={props.site}>
          <IconButton
            label={`Delete everything of ${props.site}`}
            square="sm"
            side="left"
            onClick={() => props.onRemove()}
          >
            <Trash size={13} />
          </IconButton>
        </Show>
      </div>
    </li>
  )
}
