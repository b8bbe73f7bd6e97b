/** The crawls that run, and the last one that ended: how far each is and what came of its addresses. */
import type { Crawl, CrawlPage } from '@cairn/api/crawls'
import { createMemo, createSignal, For, Show } from 'solid-js'
import { api } from '../../../lib/api.ts'
import { bytes, number, plural } from '../../../lib/format.ts'
import { running } from '../../../lib/online.ts'
import { useRead } from '../../../lib/queries.ts'
import { Button } from '../../../ui/button.tsx'
import { attempt } from '../../../ui/notices.tsx'
import { Progress } from '../../../ui/progress.tsx'
import { Safe } from '../../../ui/safe.tsx'
import { isOver, whatOf } from '../state.ts'

export function Crawls() {
  const crawls = useRead('crawls', 'list', () => ({ limit: 10 }))
  const [closed, setClosed] = createSignal<string | null>(null)
  const shown = createMemo(() => {
    const all = crawls.data?.items ?? []
    const open = all.filter((one) => !isOver(one))
    return open.length > 0 ? open : all.slice(0, 1).filter(({ job_id }) => job_id !== closed())
  })
  return (
    <Show when={shown().length > 0}>
      <ul
        aria-label="Crawls"
        class="flex max-h-2/5 shrink-0 flex-col gap-3 overflow-y-auto border-b border-line px-4 py-3"
      >
        <For each={shown()}>{(one) => <One crawl={one} onClose={() => setClosed(one.job_id)} />}</For>
      </ul>
    </Show>
  )
}

function One(props: { crawl: Crawl; onClose: () => void }) {
  const crawl = () => props.crawl
  const live = () => running[crawl().job_id]?.progress
  const fetched = () => Math.max(live()?.steps_completed ?? 0, crawl().counts.fetched)
  const [open, setOpen] = createSignal(false)
  const what = () => whatOf(crawl())
  return (
    <li class="text-sm" data-crawl>
      <div class="flex items-center gap-2">
        <span class="min-w-0 flex-1 truncate">
          {isOver(crawl()) ? 'Fetched' : 'Fetching'} <Safe text={what()} class="font-medium" />
        </span>
        <Button size="sm" look="quiet" aria-expanded={open()} onClick={() => setOpen(!open())}>
          {open() ? 'Hide addresses' : 'Show addresses'}
        </Button>
        <Show
          when={isOver(crawl())}
          fallback={
            <Button size="sm" onClick={() => void attempt(() => api.jobs.cancel({ id: crawl().job_id }))}>
              Stop
            </Button>
          }
        >
          <Button size="sm" look="quiet" onClick={props.onClose}>
            Close
          </Button>
        </Show>
      </div>
      <Show when={!isOver(crawl())}>
        <Progress class="mt-1.5" done={fetched()} total={crawl().pages} label={`Fetching ${what()}`} />
      </Show>
      <p class="mt-1 flex flex-wrap gap-x-3 text-xs text-dim" aria-live="polite">
        <span>
          {number(fetched())} of at most {plural(crawl().pages, 'page')}
        </span>
        <Show when={live()?.message}>{(pace) => <span>{pace()}</span>}</Show>
        <span>{number(crawl().counts.created)} new</span>
        <span>{number(crawl().counts.changed)} changed</span>
        <Show when={crawl().counts.unchanged + crawl().counts.duplicates > 0}>
          <span>{number(crawl().counts.unchanged + crawl().counts.duplicates)} known already</span>
        </Show>
        <Show when={crawl().counts.failed + crawl().counts.skipped > 0}>
          <span>
            {number(crawl().counts.failed)} failed, {number(crawl().counts.skipped)} left out
          </span>
        </Show>
        <span>{bytes(crawl().counts.bytes)}</span>
        <Show when={crawl().status === 'failed' || crawl().status === 'cancelled'}>
          <span class="text-bad">{crawl().status}</span>
        </Show>
      </p>
      <Show when={open()}>
        <Addresses job={crawl().job_id} />
      </Show>
    </li>
  )
}

function Addresses(props: { job: string }) {
  const pages = useRead('crawls', 'listPages', () => ({ job: props.job, limit: 200 }))
  return (
    <ul class="mt-2 flex flex-col gap-0.5 text-xs" aria-label="Addresses">
      <For each={pages.data?.items ?? []}>
        {(one) => (
          <li class="flex gap-3">
            <Show when={one.document_id} fallback={<Safe text={one.url} class="min-w-0 flex-1 truncate text-dim" />}>
              {(id) => (
                <a href={`/documents/${id()}`} class="min-w-0 flex-1 truncate text-accent-ink hover:underline">
                  <Safe text={one.url} />
                </a>
              )}
            </Show>
            <span class="shrink-0 text-dim">{outcomeOf(one)}</span>
          </li>
        )}
      </For>
    </ul>
  )
}

const outcomes: Record<string, string> = {
  ...{ created: 'new', changed: 'changed', unchanged: 'as it was', duplicate: 'says the same as another' },
  ...{
    redirect: 'leads elsewhere',
    robots: 'not for robots',
    not_allowed: 'in a private network',
    busy: 'asked to wait',
  },
  ...{ too_large: 'too large', timeout: 'too slow', unreachable: 'not reachable', broken: 'broken off' },
  ...{ format: 'no document', redirects: 'leads on and on' },
}
const outcomeOf = (page: CrawlPage) =>
  page.state === 'waiting'
    ? 'waiting'
    : page.outcome === 'status'
      ? `answered ${page.status}`
      : (outcomes[page.outcome ?? ''] ?? page.outcome ?? page.state)
