/** One job: how far it is, what it was asked, what it wrote down, what came of it. */
import type { JobDetail, JobLogLine } from '@cairn/api/jobs'
import Copy from 'lucide-solid/icons/copy'
import { createEffect, createMemo, createSignal, For, onCleanup, Show } from 'solid-js'
import { api } from '../../lib/api.ts'
import { clock, duration, full, number } from '../../lib/format.ts'
import { nameTab } from '../../lib/layout.ts'
import { running } from '../../lib/online.ts'
import { useRead } from '../../lib/queries.ts'
import { jobLine, jobTitle } from '../../lib/running.ts'
import type { ViewOf } from '../../shell/view.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { Failure, Waiting } from '../../ui/empty.tsx'
import { attempt } from '../../ui/notices.tsx'
import { percent, Progress } from '../../ui/progress.tsx'
import { Safe } from '../../ui/safe.tsx'
import { tookSeconds } from './page.tsx'
import { StatusMark } from './parts/status.tsx'

export default function JobPage(props: ViewOf<'job'>) {
  const query = useRead('jobs', 'get', () => ({ id: props.place.id }))
  createEffect(() => query.data && nameTab(props.tabKey, jobTitle(query.data.type)))
  return (
    <Show when={!query.isError} fallback={<Failure error={query.error} />}>
      <Show when={query.data} fallback={<Waiting />}>
        {(job) => <Detail job={job()} />}
      </Show>
    </Show>
  )
}

function Detail(props: { job: JobDetail }) {
  const job = () => props.job
  const progress = () => running[job().id]?.progress ?? job().progress
  const active = () => ['queued', 'running', 'waiting'].includes(job().status)
  const facts = createMemo(() => {
    const took = tookSeconds(job())
    const rows: [string, string | null][] = [
      ['Asked for', full(job().created_at)],
      ['Started', job().started_at && full(job().started_at as string)],
      ['Ended', job().completed_at && full(job().completed_at as string)],
      ['Took', took === null ? null : duration(took)],
      ['Attempt', `${job().attempt} of ${job().max_attempts}`],
      ['Runs for', job().agent ? `${job().agent} for ${job().person}` : job().person],
      ['Id', job().id],
    ]
    return rows.filter((row): row is [string, string] => row[1] !== null)
  })
  return (
    <div class="min-h-0 flex-1 overflow-y-auto">
      <div class="mx-auto max-w-220 px-5 py-5">
        <div class="flex flex-wrap items-center gap-3">
          <h1 class="text-xl font-semibold">{jobTitle(job().type)}</h1>
          <span class="text-sm">
            <StatusMark status={job().status} />
          </span>
          <span class="ml-auto flex gap-2">
            <Show when={active()}>
              <Button onClick={() => void attempt(() => api.jobs.cancel({ id: job().id }))}>Cancel</Button>
            </Show>
            <Show when={job().status === 'failed' || job().status === 'cancelled'}>
              <Button look="primary" onClick={() => void attempt(() => api.jobs.retry({ id: job().id }))}>
                Retry
              </Button>
            </Show>
          </span>
        </div>
        <Show when={job().status === 'running'}>
          <div class="mt-4">
            <Progress class="h-1.5" done={progress().steps_completed} total={progress().steps_total} label="Progress" />
            <p class="mt-1.5 flex justify-between gap-3 text-xs text-dim">
              <Safe text={jobLine({ progress: progress() })} class="truncate" />
              <span class="shrink-0">
                {number(progress().steps_completed)}
                <Show when={progress().steps_total}>{(total) => <> of {number(total())}</>}</Show>{' '}
                {percent(progress().steps_completed, progress().steps_total)}
                <Show when={progress().eta_seconds}>{(left) => <> · {duration(left())} left</>}</Show>
              </span>
            </p>
          </div>
        </Show>
        <Show when={job().error}>
          {(error) => (
            <div role="alert" class="mt-4 rounded-lg bg-bad-soft px-3.5 py-2.5">
              <p class="text-sm text-ink">{error().message}</p>
              <p class="mt-0.5 font-mono text-2xs text-dim">{error().code}</p>
            </div>
          )}
        </Show>
        <dl class="mt-5 grid grid-cols-1 gap-x-8 gap-y-1 text-sm sm:grid-cols-2">
          <For each={facts()}>
            {([name, value]) => (
              <div class="flex gap-3">
                <dt class="w-20 shrink-0 text-dim">{name}</dt>
                <dd class="min-w-0 break-words" classList={{ 'font-mono text-xs leading-5': name === 'Id' }}>
                  <Safe text={value} />
                </dd>
              </div>
            )}
          </For>
        </dl>
        <Log id={job().id} live={active()} updated={job().updated_at} />
        <Json title="Result" value={job().result} />
        <Json title="Input" value={job().input} />
      </div>
    </div>
  )
}

function Log(props: { id: string; live: boolean; updated: string }) {
  const [lines, setLines] = createSignal<readonly JobLogLine[]>([])
  const load = async () => {
    const response = await api.jobs.log
      .raw({ id: props.id }, { headers: { accept: 'application/json' } })
      .catch(() => null)
    if (response) setLines(((await response.json()) as { items: JobLogLine[] }).items)
  }
  createEffect(() => {
    void props.updated
    void running[props.id]?.progress.steps_completed
    const timer = setTimeout(() => void load(), 150)
    onCleanup(() => clearTimeout(timer))
  })
  const tones = { info: 'text-dim', warn: 'text-warn', error: 'text-bad' }
  return (
    <section class="mt-6">
      <h2 class="mb-1.5 text-xs font-semibold text-dim">Log</h2>
      <div
        tabindex="0"
        role="log"
        aria-label="Log"
        class="max-h-96 overflow-auto rounded-lg bg-inset px-3 py-2 font-mono text-xs leading-5 ring-1 ring-line ring-inset"
      >
        <For
          each={lines()}
          fallback={<p class="font-sans text-dim">{props.live ? 'Nothing written yet.' : 'It wrote nothing down.'}</p>}
        >
          {(line) => (
            <p class="flex gap-3">
              <span class="shrink-0 text-faint" title={full(line.at)}>
                {clock(line.at)}
              </span>
              <span class={`shrink-0 w-10 ${tones[line.level]}`}>{line.level}</span>
              <span class="min-w-0 break-words whitespace-pre-wrap">
                <Safe text={line.message} />
              </span>
            </p>
          )}
        </For>
      </div>
    </section>
  )
}

function Json(props: { title: string; value: unknown }) {
  const text = () => JSON.stringify(props.value, null, 2) ?? ''
  return (
    <Show when={props.value !== null && props.value !== undefined}>
      <section class="mt-6">
        <h2 class="mb-1.5 flex items-center justify-between text-xs font-semibold text-dim">
          {props.title}
          <IconButton
            label={`Copy ${props.title.toLowerCase()}`}
            square="sm"
            onClick={() => void navigator.clipboard.writeText(text())}
          >
            <Copy size={13} />
          </IconButton>
        </h2>
        <pre
          tabindex="0"
          class="max-h-80 overflow-auto rounded-lg bg-inset px-3 py-2 font-mono text-xs leading-5 ring-1 ring-line ring-inset"
        >
          {text()}
        </pre>
      </section>
    </Show>
  )
}
