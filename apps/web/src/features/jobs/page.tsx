/** Jobs: one ledger of all long work. */
import type { Job, JobStatus } from '@cairn/api/jobs'
import Activity from 'lucide-solid/icons/activity'
import { createMemo, createSignal, For, Show } from 'solid-js'
import { api } from '../../lib/api.ts'
import { ago, duration, full, number, plural } from '../../lib/format.ts'
import { go } from '../../lib/layout.ts'
import { running } from '../../lib/online.ts'
import type { Range } from '../../lib/pages.ts'
import type { Place } from '../../lib/places.ts'
import { usePages } from '../../lib/queries.ts'
import { jobLine, jobTitle } from '../../lib/running.ts'
import { thin } from '../../shell/narrow.ts'
import type { ViewOf } from '../../shell/view.ts'
import { Button } from '../../ui/button.tsx'
import { Chip } from '../../ui/chip.tsx'
import { Confirm } from '../../ui/dialog.tsx'
import { Empty } from '../../ui/empty.tsx'
import { attempt, say } from '../../ui/notices.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { PagedList } from '../../ui/paged-list.tsx'
import { percent, Progress } from '../../ui/progress.tsx'
import { Safe } from '../../ui/safe.tsx'
import { type Fold, foldJobs, isOpen, rowsOf } from './fold.ts'
import { Costs } from './parts/costs.tsx'
import { StatusMark, statuses, statusWord } from './parts/status.tsx'

/** Pixels; their classes say the same. */
const rowHeight = { thin: 52, wide: 36 }

type JobsPlace = Extract<Place, { kind: 'jobs' }>

export default function JobsPage(props: ViewOf<'jobs'>) {
  const [pruning, setPruning] = createSignal(false)
  const [costs, setCosts] = createSignal(false)
  const change = (by: Partial<JobsPlace>) => go({ ...props.place, ...by }, { replace: true })
  const status = () => ((statuses as string[]).includes(props.place.status) ? (props.place.status as JobStatus) : null)
  const pages = usePages('jobs', 'list', () => {
    const one = status()
    const { type, q } = props.place
    return { limit: 60, ...(one && { status: [one] }), ...(type && { type }), ...(q.trim() && { q: q.trim() }) }
  })
  /** Jobs that were the first of a fold when that was opened. */
  const [open, setOpen] = createSignal<ReadonlySet<string>>(new Set())
  const folds = createMemo(() => foldJobs(pages.items()))
  const foldOf = createMemo(() => new Map(folds().map((fold) => [fold.first.id, fold])))
  const rows = createMemo(() => rowsOf(folds(), open()))
  const places = createMemo(() => new Map(pages.items().map(({ id }, at) => [id, at])))
  /** What a fold holds back is out of sight, too. */
  const see = ([from, to]: Range) => {
    const seen = rows().slice(from, to)
    const jobs = seen.flatMap((row) => (typeof row === 'string' ? [] : (places().get(row.id) ?? [])))
    pages.see(...jobs.map((at) => [at, at + 1] as const))
  }
  const toggle = (fold: Fold) => {
    const inside = new Set([fold.first, ...fold.rest].map(({ id }) => id))
    const others = [...open()].filter((id) => !inside.has(id))
    setOpen(new Set(isOpen(fold, open()) ? others : [...others, fold.first.id]))
  }
  const types = createMemo(() =>
    [...new Set([...pages.items().map((job) => job.type), ...(props.place.type ? [props.place.type] : [])])].sort(),
  )
  return (
    <>
      <PageHead title="Jobs" note="all long work, newest first">
        <Button size="sm" look="quiet" onClick={() => setCosts(true)}>
          What they took…
        </Button>
        <Button size="sm" look="quiet" onClick={() => setPruning(true)}>
          Clear finished…
        </Button>
      </PageHead>
      <div class="flex flex-wrap items-center gap-1.5 border-b border-line px-4 py-2">
        <fieldset class="flex flex-wrap gap-1.5">
          <legend class="sr-only">Status</legend>
          <Chip pressed={status() === null} onClick={() => change({ status: '' })}>
            All
          </Chip>
          <For each={statuses}>
            {(one) => (
              <Chip pressed={status() === one} onClick={() => change({ status: status() === one ? '' : one })}>
                {statusWord(one)}
              </Chip>
            )}
          </For>
        </fieldset>
        <input
          type="search"
          aria-label="Find a job"
          placeholder="Find by kind, phase, message or error"
          class="ml-auto h-7 w-64 max-w-full rounded-md bg-inset px-2.5 text-xs ring-1 ring-line ring-inset"
          value={props.place.q}
          onInput={(event) => change({ q: event.currentTarget.value })}
        />
        <select
          aria-label="Kind of job"
          class="h-6 rounded-md bg-transparent px-1 text-xs text-dim hover:bg-hover"
          value={props.place.type}
          onChange={(event) => change({ type: event.currentTarget.value })}
        >
          <option value="">Every kind</option>
          <For each={types()}>
            {(type) => (
              <option value={type} selected={type === props.place.type}>
                {jobTitle(type)}
              </option>
            )}
          </For>
        </select>
      </div>
      <PagedList
        pages={{ query: pages.query, more: pages.more, see }}
        rows={rows()}
        height={thin() ? rowHeight.thin : rowHeight.wide}
        empty={
          <Empty
            icon={<Activity size={28} />}
            title={
              props.place.q.trim()
                ? 'No such job'
                : status()
                  ? `No job is ${statusWord(status() as JobStatus).toLowerCase()}`
                  : 'No jobs yet'
            }
          >
            Indexing, imports and answers appear here while they run, and stay with their log.
          </Empty>
        }
      >
        {(row) =>
          typeof row === 'string' ? (
            <Show when={foldOf().get(row)}>
              {(fold) => <More fold={fold()} open={isOpen(fold(), open())} onToggle={() => toggle(fold())} />}
            </Show>
          ) : (
            <Row job={row} />
          )
        }
      </PagedList>
      <Show when={costs()}>
        <Costs onClose={() => setCosts(false)} />
      </Show>
      <Confirm
        open={pruning()}
        title="Clear finished jobs?"
        description="Removes the rows and logs of jobs that succeeded or were cancelled more than a day ago. What they did stays."
        action="Clear"
        danger
        onClose={() => setPruning(false)}
        onConfirm={async () => {
          const done = await attempt(() => api.jobs.prune({ statuses: ['succeeded', 'cancelled'], older_than_days: 1 }))
          if (done)
            say({
              text: done.removed
                ? `${plural(
                    Object.values(done.removed).reduce((a, b) => a + b, 0),
                    'job',
                  )} cleared`
                : 'Jobs are being cleared',
            })
          setPruning(false)
        }}
      />
    </>
  )
}

/** Seconds that a job has taken; null before it began. */
export const tookSeconds = (job: Pick<Job, 'started_at' | 'completed_at'>) =>
  job.started_at && job.completed_at ? (Date.parse(job.completed_at) - Date.parse(job.started_at)) / 1000 : null

function More(props: { fold: Fold; open: boolean; onToggle: () => void }) {
  return (
    <li class="flex h-13 items-center pl-9 sm:h-9">
      <button
        type="button"
        data-row
        aria-expanded={props.open}
        class="ring-inside h-6 rounded-sm px-1 text-xs text-faint hover:text-ink"
        onClick={props.onToggle}
      >
        {props.open ? 'Fold' : `and ${plural(props.fold.rest.length, 'more', 'more')} like it`}
      </button>
    </li>
  )
}

function Row(props: { job: Job }) {
  const job = () => props.job
  const progress = () => running[job().id]?.progress ?? job().progress
  const active = () => ['queued', 'running', 'waiting'].includes(job().status)
  const line = () => {
    if (job().error) return job().error?.message ?? ''
    if (active()) return jobLine({ progress: progress() })
    const { steps_completed } = progress()
    return steps_completed > 0 ? `${number(steps_completed)} done` : ''
  }
  return (
    <li class="group relative h-13 rounded-md hover:bg-hover sm:h-9">
      <a
        href={`/jobs/${job().id}`}
        data-row
        class="ring-inside grid h-full grid-cols-[1.5rem_minmax(0,1fr)_auto] items-center gap-x-2 rounded-md px-2 py-1 sm:grid-cols-[1.5rem_minmax(9rem,15rem)_minmax(0,1fr)_auto]"
      >
        <StatusMark status={job().status} word={false} />
        <span class="truncate text-sm font-medium">{jobTitle(job().type)}</span>
        <span
          class="min-w-0 truncate text-xs max-sm:col-span-2 max-sm:col-start-2 max-sm:row-start-2"
          classList={{ 'text-bad': job().error !== null, 'text-dim': job().error === null }}
        >
          <Show when={job().status === 'running'}>
            <span class="mr-2 inline-block w-24 align-middle">
              <Progress done={progress().steps_completed} total={progress().steps_total} label={jobTitle(job().type)} />
            </span>
            <span class="mr-2 text-ink">{percent(progress().steps_completed, progress().steps_total)}</span>
          </Show>
          <Safe text={line()} />
          <Show when={job().attempt > 1}>
            <span class="text-faint">
              {' '}
              · attempt {job().attempt} of {job().max_attempts}
            </span>
          </Show>
        </span>
        <span class="text-right text-xs text-faint max-sm:row-start-1 sm:w-32" title={full(job().created_at)}>
          <Show when={tookSeconds(job())}>{(seconds) => <>{duration(seconds())} · </>}</Show>
          {ago(job().created_at, Date.now())}
        </span>
      </a>
      <div class="absolute top-1/2 right-2 -translate-y-1/2 bg-hover opacity-0 group-focus-within:opacity-100 group-hover:opacity-100">
        <Show when={active()}>
          <Button size="sm" onClick={() => void attempt(() => api.jobs.cancel({ id: job().id }))}>
            Cancel
          </Button>
        </Show>
        <Show when={job().status === 'failed' || job().status === 'cancelled'}>
          <Button size="sm" onClick={() => void attempt(() => api.jobs.retry({ id: job().id }))}>
            Retry
          </Button>
        </Show>
      </div>
    </li>
  )
}
