/** How far a job of bundles is; `children` show how it ended well. */
import { createMemo, type JSX, Match, Switch } from 'solid-js'
import { api } from '../../../lib/api.ts'
import { number } from '../../../lib/format.ts'
import { running } from '../../../lib/online.ts'
import { useRead } from '../../../lib/queries.ts'
import { jobLine } from '../../../lib/running.ts'
import { Button } from '../../../ui/button.tsx'
import { attempt } from '../../../ui/notices.tsx'
import { Progress } from '../../../ui/progress.tsx'

export function BundleJob(props: { job: string; label: string; children: (result: never) => JSX.Element }) {
  const job = useRead('jobs', 'get', () => ({ id: props.job }))
  const live = () => running[props.job]
  const progress = createMemo(() => live()?.progress ?? job.data?.progress)
  const result = () => (job.data?.status === 'succeeded' ? job.data.result : null)
  return (
    <div class="mt-3 text-sm" aria-live="polite">
      <Switch
        fallback={
          <div class="flex items-center gap-3 text-xs text-dim">
            <div class="min-w-0 flex-1">
              <Progress
                done={progress()?.steps_completed ?? 0}
                total={progress()?.steps_total ?? null}
                label={props.label}
              />
              <p class="mt-1 flex justify-between">
                <span>{live() ? jobLine({ progress: live()?.progress as never }) : 'Waiting to start…'}</span>
                <span>{number(progress()?.steps_completed ?? 0)} rows</span>
              </p>
            </div>
            <Button size="sm" onClick={() => void attempt(() => api.jobs.cancel({ id: props.job }))}>
              Cancel
            </Button>
          </div>
        }
      >
        <Match when={result()}>{(done) => props.children(done() as never)}</Match>
        <Match when={job.data?.status === 'failed' && job.data}>
          {(failed) => (
            <p role="alert" class="text-bad">
              {failed().error?.message ?? 'It failed.'}
            </p>
          )}
        </Match>
        <Match when={job.data?.status === 'cancelled'}>
          <p class="text-dim">Cancelled. What came in by then is kept.</p>
        </Match>
      </Switch>
    </div>
  )
}
