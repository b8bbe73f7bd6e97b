import X from 'lucide-solid/icons/x'
import { For, Show } from 'solid-js'
import { api } from '../lib/api.ts'
import { duration, number } from '../lib/format.ts'
import { setPanels } from '../lib/layout.ts'
import { jobLine, jobTitle, runningJobs } from '../lib/running.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { attempt } from '../ui/notices.tsx'
import { percent, Progress } from '../ui/progress.tsx'
import { Safe } from '../ui/safe.tsx'

/** The bottom panel: what runs now, each with its progress and a way to stop it. */
export function JobsPanel() {
  return (
    <section aria-label="Running jobs" class="flex max-h-60 shrink-0 flex-col border-t border-line bg-side">
      <div class="flex h-8 items-center gap-2 px-3">
        <h2 class="flex-1 text-xs font-semibold text-dim">Running jobs</h2>
        <a href="/jobs" class="rounded-sm px-1.5 text-xs text-accent-ink hover:underline">
          All jobs
        </a>
        <IconButton label="Close" square="sm" side="left" onClick={() => setPanels({ bottomOpen: false })}>
          <X size={14} />
        </IconButton>
      </div>
      <ul class="min-h-0 overflow-y-auto px-1 pb-2">
        <For
          each={runningJobs()}
          fallback={
            <li class="px-2 py-3 text-sm text-dim">Nothing is running. Long work shows up here while it lasts.</li>
          }
        >
          {(job) => (
            <li class="flex items-center gap-3 rounded-md px-2 py-1.5 hover:bg-hover">
              <a href={`/jobs/${job.job_id}`} class="w-56 shrink-0 truncate text-sm text-ink max-sm:w-32">
                {jobTitle(job.type)}
              </a>
              <div class="min-w-0 flex-1">
                <Progress
                  done={job.progress.steps_completed}
                  total={job.progress.steps_total}
                  label={jobTitle(job.type)}
                />
                <p class="mt-1 truncate text-xs text-dim">
                  <Safe text={jobLine(job)} />
                </p>
              </div>
              <p class="w-40 shrink-0 text-right text-xs text-dim max-sm:hidden">
                {number(job.progress.steps_completed)}
                <Show when={job.progress.steps_total}>{(total) => <> of {number(total())}</>}</Show>{' '}
                <span class="text-ink">{percent(job.progress.steps_completed, job.progress.steps_total)}</span>
                <Show when={job.progress.eta_seconds}>{(left) => <> · {duration(left())}</>}</Show>
              </p>
              <Button size="sm" look="quiet" onClick={() => void attempt(() => api.jobs.cancel({ id: job.job_id }))}>
                Cancel
              </Button>
            </li>
          )}
        </For>
      </ul>
    </section>
  )
}
