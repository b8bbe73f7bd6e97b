/** The personal web graph, gone through from a site or page to the next: what led here, and where one went from here. */
import type { Neighbour, Neighbours } from '@cairn/api/browser'
import History from 'lucide-solid/icons/rotate-ccw-clock'
import Waypoints from 'lucide-solid/icons/waypoints'
import { createMemo, Show } from 'solid-js'
import { go } from '../../lib/layout.ts'
import { number, plural } from '../../lib/format.ts'
import { type Place, placeUrl } from '../../lib/places.ts'
import { useRead } from '../../lib/queries.ts'
import type { ViewOf } from '../../shell/view.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { Empty, Failure, Waiting } from '../../ui/empty.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { PagedList } from '../../ui/paged-list.tsx'
import { Safe } from '../../ui/safe.tsx'
import { Flow } from './parts/flow.tsx'
import { SiteMark } from './parts/site-mark.tsx'

type GraphPlace = Extract<Place, { kind: 'graph' }>
/** Pixels; its class says the same. */
const rowHeight = 36
const most = 1_000

export const graphOf = (of: { site?: string; page?: string }): GraphPlace => ({
  ...{ kind: 'graph', site: of.page ? '' : (of.site ?? ''), page: of.page ?? '', q: '' },
})
/** The graph around a neighbour: around its page, where that was visited itself. */
const around = (one: Pick<Neighbour, 'site' | 'page_id'>) =>
  graphOf(one.page_id ? { page: one.page_id } : { site: one.site })
const nameOf = (one: Pick<Neighbour, 'site' | 'url' | 'title'>) => one.title || one.url || one.site

export default function GraphPage(props: ViewOf<'graph'>) {
  const subject = () => props.place.page !== '' || props.place.site !== ''
  return (
    <Show when={subject()} fallback={<AllSites place={props.place} />}>
      <Around place={props.place} />
    </Show>
  )
}

/** Where nothing is chosen yet: every site that a link was followed from or to. */
function AllSites(props: { place: GraphPlace }) {
  const graph = useRead('browser', 'graph', () => ({ limit: most }))
  const rows = createMemo(() => graph.data?.sites.filter(({ site }) => fits(site, props.place.q)) ?? [])
  return (
    <>
      <PageHead
        title="Web graph"
        note={graph.data && <>{plural(graph.data.sites.length, 'site')}, most linked first</>}
      />
      <Filter place={props.place} label="Filter sites" />
      <PagedList
        label="Sites"
        pages={{ query: graph, more: () => undefined }}
        rows={rows()}
        height={rowHeight}
        empty={
          <Empty icon={<Waypoints size={28} />} title={props.place.q ? 'No such site' : 'No links yet'}>
            Visits say where one came from. What leads from site to site is shown here, as soon as there are some.
          </Empty>
        }
      >
        {(one) => (
          <li class="h-9">
            <a
              href={placeUrl(graphOf({ site: one.site }))}
              data-row
              class="ring-inside flex h-full items-center gap-3 rounded-md px-3 text-sm hover:bg-hover"
            >
              <SiteMark site={one.site} />
              <Safe text={one.site} class="min-w-0 flex-1 truncate" />
              <span class="shrink-0 text-xs text-dim">
                {number(one.arrivals)} came, {number(one.departures)} went on
              </span>
            </a>
          </li>
        )}
      </PagedList>
    </>
  )
}

function Around(props: { place: GraphPlace }) {
  const read = useRead('browser', 'neighbours', () => {
    const { page, site } = props.place
    return page ? { page_id: page, limit: most } : { site, limit: most }
  })
  /** Left and right go over to the other list. */
  const cross = (event: KeyboardEvent & { currentTarget: HTMLElement }) => {
    const to = { ArrowLeft: 0, ArrowRight: 1 }[event.key]
    if (to === undefined || !(event.target as HTMLElement).matches('[data-row]')) return
    const row = event.currentTarget.querySelectorAll('ul').item(to)?.querySelector<HTMLElement>('[data-row]')
    if (!row || row.closest('ul') === (event.target as HTMLElement).closest('ul')) return
    event.preventDefault()
    row.focus()
  }
  return (
    <Show when={read.data} fallback={<Head place={props.place} error={read.isError ? read.error : null} />}>
      {(data) => (
        <>
          <PageHead
            title="Web graph"
            note={
              <>
                around <Safe text={nameOf(data())} />
                <Show when={!data().complete}>, out of the newest 200,000 visits</Show>
              </>
            }
          >
            <ButtonLink size="sm" href={placeUrl(visitsOf(data()))}>
              <History size={13} />
              Visits
            </ButtonLink>
            <Show when={data().page_id}>
              <ButtonLink size="sm" href={placeUrl(graphOf({ site: data().site }))}>
                <Waypoints size={13} />
                Its site
              </ButtonLink>
            </Show>
            <ButtonLink size="sm" look="quiet" href="/graph">
              All sites
            </ButtonLink>
          </PageHead>
          <Filter place={props.place} label="Filter neighbours" />
          <Flow around={data()} nameOf={nameOf} onChoose={(one) => go(around(one))} />
          <div class="flex min-h-0 flex-1 max-md:flex-col" onKeyDown={cross}>
            <Side title="Came from" rows={data().came_from} total={data().came_from_total} q={props.place.q} />
            <div class="w-px shrink-0 bg-line max-md:h-px max-md:w-full" />
            <Side title="Went to" rows={data().went_to} total={data().went_to_total} q={props.place.q} />
          </div>
        </>
      )}
    </Show>
  )
}

const visitsOf = (one: Pick<Neighbours, 'site' | 'page_id'>): Place =>
  one.page_id
    ? { kind: 'source', source: 'visit', id: one.page_id, lines: null }
    : { kind: 'history', q: '', site: one.site, from: '', to: '' }

function Head(props: { place: GraphPlace; error: unknown }) {
  return (
    <>
      <PageHead title="Web graph" />
      <Show when={props.error} fallback={<Waiting lines={10} />}>
        <Failure error={props.error} />
      </Show>
    </>
  )
}

function Side(props: { title: string; rows: readonly Neighbour[]; total: number; q: string }) {
  const rows = createMemo(() =>
    props.rows.filter((one) => fits(`${one.site} ${one.url ?? ''} ${one.title ?? ''}`, props.q)),
  )
  const top = () => props.rows[0]?.visits ?? 1
  return (
    <section aria-label={props.title} class="flex min-h-0 min-w-0 flex-1 flex-col">
      <h2 class="flex items-baseline gap-2 px-5 pt-3 text-xs font-semibold text-dim">
        {props.title}
        <span class="font-normal text-faint">
          {number(props.total)}
          <Show when={props.rows.length < props.total}>, the first {number(props.rows.length)}</Show>
        </span>
      </h2>
      <PagedList
        label={props.title}
        pages={{ query: { isPending: false, isError: false, error: null }, more: () => undefined }}
        rows={rows()}
        height={rowHeight}
        empty={<p class="px-3 py-2 text-sm text-dim">{props.q ? 'Nothing fits.' : 'Nothing that is known.'}</p>}
      >
        {(one) => <Row one={one} share={one.visits / top()} />}
      </PagedList>
    </section>
  )
}

function Row(props: { one: Neighbour; share: number }) {
  return (
    <li class="relative h-9">
      <a
        href={placeUrl(around(props.one))}
        data-row
        class="ring-inside flex h-full items-center gap-3 rounded-md px-3 text-sm hover:bg-hover"
        title={props.one.url ?? props.one.site}
      >
        <SiteMark site={props.one.site} />
        <Safe text={nameOf(props.one)} class="min-w-0 flex-1 truncate" />
        <Show when={props.one.title}>
          <Safe text={props.one.site} class="max-w-[34%] shrink-0 truncate text-xs text-faint" />
        </Show>
        <span class="w-14 shrink-0 text-right text-xs text-dim">{number(props.one.visits)}</span>
      </a>
      <span
        aria-hidden="true"
        class="pointer-events-none absolute bottom-0 left-11 h-px bg-kind-visit/60"
        style={{ width: `calc((100% - 4rem) * ${props.share})` }}
      />
    </li>
  )
}

function Filter(props: { place: GraphPlace; label: string }) {
  return (
    <div class="border-b border-line px-4 py-2">
      <input
        type="search"
        data-autofocus
        aria-label={props.label}
        placeholder={props.label}
        class="h-8 w-full max-w-160 rounded-md bg-inset px-3 text-sm ring-1 ring-line ring-inset"
        value={props.place.q}
        onInput={(event) => go({ ...props.place, q: event.currentTarget.value }, { replace: true })}
      />
    </div>
  )
}

const fits = (text: string, q: string) => text.toLowerCase().includes(q.trim().toLowerCase())
