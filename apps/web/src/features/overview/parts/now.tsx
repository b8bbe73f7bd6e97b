import CircleAlert from 'lucide-solid/icons/circle-alert'
import { For, Show } from 'solid-js'
import { duration, number, plural } from '../../../lib/format.ts'
import { useRead } from '../../../lib/queries.ts'
import { jobLine, jobTitle, runningJobs } from '../../../lib/running.ts'
import { percent, Progress } from '../../../ui/progress.tsx'
import { Safe } from '../../../ui/safe.tsx'

const joined = (...parts: (string | number | false | null | undefined)[]) => parts.filter(Boolean).join(' · ')

/** What is being done at this moment, and what needs a look. Nothing at all when all is quiet. */
export function Now(props: { pending: number; failedJobs: number }) {
  const roots = useRead('roots', 'list', () => ({ limit: 200 }))
  const scanning = () => roots.data?.items.filter((root) => root.scan !== null) ?? []
  const scans = () => new Set(scanning().map((root) => root.scan?.job_id))
  const others = () => runningJobs().filter((job) => !scans().has(job.job_id))
  const waiting = () => props.pending > 0 && others().length === 0 && scanning().length === 0
  const busy = () => scanning().length > 0 || others().length > 0 || waiting()
  return (
    <Show when={busy() || props.failedJobs > 0}>
      <section aria-label="Going on now" class="flex flex-col gap-2">
        <For each={scanning()}>
          {(root) => (
            <Show when={root.scan}>
              {(scan) => (
                <Line
                  title={`Looking through ${root.name}`}
                  href="/settings/folders"
                  done={scan().files_done}
                  total={scan().files_total}
                  note={joined(
                    `${number(scan().files_done)} of ${number(scan().files_total)} files`,
                    scan().rate >= 1 && `${number(Math.round(scan().rate))} a second`,
                    scan().eta_seconds && `${duration(scan().eta_seconds ?? 0)} left`,
                  )}
                />
              )}
            </Show>
          )}
        </For>
        <For each={others()}>
          {(job) => (
            <Line
              title={jobTitle(job.type)}
              href={`/jobs/${job.job_id}`}
              done={job.progress.steps_completed}
              total={job.progress.steps_total}
              note={joined(
                jobLine(job),
                job.progress.steps_total &&
                  `${number(job.progress.steps_completed)} of ${number(job.progress.steps_total)}`,
                job.progress.eta_seconds && `${duration(job.progress.eta_seconds)} left`,
              )}
            />
          )}
        </For>
        <Show when={waiting()}>
          <Line
            title="Indexing"
            href="/settings/folders"
            done={0}
            total={null}
            note={`${plural(props.pending, 'source')} waiting`}
          />
        </Show>
        <Show when={props.failedJobs > 0}>
          <a
            href="/jobs?status=failed"
            class="flex items-center gap-2 rounded-lg px-3 py-2 text-sm ring-1 ring-line hover:bg-hover"
          >
            <CircleAlert size={15} class="text-bad" />
            {plural(props.failedJobs, 'job')} failed
            <span class="ml-auto text-xs text-accent-ink">Look</span>
          </a>
        </Show>
      </section>
    </Show>
  )
}

function Line(props: { title: string; href: string; done: number; total: number | null; note: string }) {
  return (
    <a href={props.href} class="block rounded-lg px-3 pt-2 pb-2.5 ring-1 ring-line hover:bg-hover">
      <p class="flex items-baseline gap-3">
        <Safe text={props.title} class="truncate text-sm font-medium" />
        <Safe text={props.note} class="ml-auto min-w-0 truncate text-xs text-dim" />
        <span class="w-10 shrink-0 text-right text-xs font-medium">{percent(props.done, props.total)}</span>
      </p>
      <Progress class="mt-2" done={props.done} total={props.total} label={props.title} />
    </a>
  )
}
