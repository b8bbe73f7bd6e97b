/** History: every visit by day, searched, narrowed to a site, and deleted where wanted. */
import type { Visit } from '@cairn/api/browser'
import History from 'lucide-solid/icons/rotate-ccw-clock'
import Import from 'lucide-solid/icons/import'
import Trash from 'lucide-solid/icons/trash'
import Waypoints from 'lucide-solid/icons/waypoints'
import X from 'lucide-solid/icons/x'
import { createMemo, createSignal, Show } from 'solid-js'
import { api } from '../../lib/api.ts'
import { number, plural } from '../../lib/format.ts'
import { go } from '../../lib/layout.ts'
import { type Place, placeUrl } from '../../lib/places.ts'
import { useRead } from '../../lib/queries.ts'
import { removeLater } from '../../lib/undo.ts'
import type { ViewOf } from '../../shell/view.ts'
import { Button, ButtonLink, IconButton } from '../../ui/button.tsx'
import { Empty } from '../../ui/empty.tsx'
import { attempt, say } from '../../ui/notices.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { PagedList } from '../../ui/paged-list.tsx'
import { Safe } from '../../ui/safe.tsx'
import { openImport } from '../imports/state.ts'
import { DeleteDialog } from './parts/delete-dialog.tsx'
import { Found } from './parts/found.tsx'
import { TimelineList } from './parts/timeline-list.tsx'
import { SiteRow } from './parts/visit-row.tsx'

type HistoryPlace = Extract<Place, { kind: 'history' }>

export default function HistoryPage(props: ViewOf<'history'>) {
  const [deleting, setDeleting] = createSignal<{ site: string } | null>(null)
  const sites = useRead('browser', 'listSites', () => ({ limit: 200 }))
  const empty = () => sites.data?.total.visits === 0
  const change = (by: Partial<HistoryPlace>) => go({ ...props.place, ...by }, { replace: true })
  const period = createMemo(() => ({ site: props.place.site, from: props.place.from, to: props.place.to }), undefined, {
    equals: (a, b) => a.site === b.site && a.from === b.from && a.to === b.to,
  })
  const remove = (visit: Visit) => {
    const undo = removeLater(visit.id, () => attempt(() => api.browser.removeVisit({ id: visit.id })))
    say({ text: `Removed “${visit.title || visit.url}”`, action: { label: 'Undo', run: undo } })
  }
  return (
    <>
      <PageHead
        title="History"
        note={
          <Show when={sites.data && !empty()}>
            {number(sites.data?.total.visits ?? 0)} visits of {plural(sites.data?.total.sites ?? 0, 'site')}
          </Show>
        }
      >
        <Show when={!empty()}>
          <ButtonLink size="sm" href={placeUrl({ kind: 'graph', site: props.place.site, page: '', q: '' })}>
            <Waypoints size={13} />
            Web graph
          </ButtonLink>
        </Show>
        <Button size="sm" onClick={() => openImport()}>
          <Import size={13} />
          Import
        </Button>
        <Show when={!empty()}>
          <Button size="sm" onClick={() => setDeleting({ site: props.place.site })}>
            <Trash size={13} />
            Delete…
          </Button>
        </Show>
      </PageHead>
      <Show when={!empty()} fallback={<NoHistory />}>
        <div class="flex min-h-0 flex-1">
          <aside aria-label="Sites" class="hidden w-60 shrink-0 flex-col border-r border-line lg:flex">
            <h2 class="px-4 pt-3 pb-1 text-xs font-semibold text-dim">Sites</h2>
            <PagedList
              pages={{ query: sites, more: () => undefined }}
              rows={sites.data?.items ?? []}
              height={28}
              class="px-2 pb-2"
              empty={null}
              small
            >
              {(one) => (
                <SiteRow
                  site={one.site}
                  visits={one.visits}
                  share={one.visits / Math.max(1, sites.data?.items[0]?.visits ?? 1)}
                  current={props.place.site === one.site}
                  onRemove={() => setDeleting({ site: one.site })}
                />
              )}
            </PagedList>
          </aside>
          <div class="flex min-w-0 flex-1 flex-col">
            <Bar place={props.place} onChange={change} />
            <Show
              when={props.place.q}
              fallback={
                <Show when={period()} keyed>
                  {(one) => <TimelineList period={one} onRemove={remove} />}
                </Show>
              }
            >
              <Found place={props.place} onRemove={remove} />
            </Show>
          </div>
        </div>
      </Show>
      <Show when={deleting()}>{(one) => <DeleteDialog site={one().site} onClose={() => setDeleting(null)} />}</Show>
    </>
  )
}

function Bar(props: { place: HistoryPlace; onChange: (by: Partial<HistoryPlace>) => void }) {
  const day = 'h-8 w-34 rounded-md bg-inset px-2 text-xs text-dim ring-1 ring-inset ring-line'
  return (
    <div class="flex flex-wrap items-center gap-2 border-b border-line px-4 py-2">
      <input
        type="search"
        data-autofocus
        aria-label="Search history"
        placeholder="Search titles and addresses"
        class="h-8 min-w-40 flex-1 rounded-md bg-inset px-3 text-sm ring-1 ring-line ring-inset"
        value={props.place.q}
        onInput={(event) => props.onChange({ q: event.currentTarget.value })}
      />
      <Show when={props.place.site}>
        {(site) => (
          <span class="inline-flex h-7 items-center gap-1 rounded-full bg-accent-soft pr-1 pl-2.5 text-xs text-accent-ink">
            <Safe text={site()} />
            <IconButton label="All sites" square="sm" class="size-5!" onClick={() => props.onChange({ site: '' })}>
              <X size={12} />
            </IconButton>
          </span>
        )}
      </Show>
      <label class="flex items-center gap-1.5 text-xs text-dim">
        <span class="max-sm:sr-only">from</span>
        <input
          type="date"
          class={day}
          value={props.place.from}
          onChange={(event) => props.onChange({ from: event.currentTarget.value })}
        />
      </label>
      <label class="flex items-center gap-1.5 text-xs text-dim">
        <span class="max-sm:sr-only">to</span>
        <input
          type="date"
          class={day}
          value={props.place.to}
          onChange={(event) => props.onChange({ to: event.currentTarget.value })}
        />
      </label>
    </div>
  )
}

function NoHistory() {
  return (
    <Empty
      icon={<History size={28} />}
      title="No history yet"
      action={
        <Button look="primary" onClick={() => openImport()}>
          Import browser history
        </Button>
      }
    >
      Bring in what your browser remembers. Every page you read can then be found by what it was about, and cited in
      answers.
    </Empty>
  )
}
