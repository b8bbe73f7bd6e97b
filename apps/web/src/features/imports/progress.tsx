import Check from 'lucide-solid/icons/check'
import { createMemo, Match, Switch } from 'solid-js'
import { number } from '../../lib/format.ts'
import { running } from '../../lib/online.ts'
import { useRead } from '../../lib/queries.ts'
import { jobLine } from '../../lib/running.ts'
import { percent, Progress } from '../../ui/progress.tsx'

/** How far an import is, and how it ended; `said` puts its result into words. */
export function ImportProgress(props: { job: string; said: (result: never) => string }) {
  const job = useRead('jobs', 'get', () => ({ id: props.job }))
  const live = () => running[props.job]
  const progress = createMemo(() => live()?.progress ?? job.data?.progress)
  const result = () => job.data?.result
  return (
    <div class="mt-2 text-xs text-dim">
      <Switch
        fallback={
          <>
            <Progress done={progress()?.steps_completed ?? 0} total={progress()?.steps_total ?? null} label="Import" />
            <p class="mt-1 flex justify-between">
              <span>{live() ? jobLine({ progress: live()?.progress as never }) : 'Waiting to start…'}</span>
              <span>
                {number(progress()?.steps_completed ?? 0)}{' '}
                {percent(progress()?.steps_completed ?? 0, progress()?.steps_total ?? null)}
              </span>
            </p>
          </>
        }
      >
        <Match when={job.data?.status === 'succeeded' && result()}>
          {(done) => (
            <p class="flex items-center gap-1.5 text-good">
              <Check size={14} />
              {props.said(done() as never)}
            </p>
          )}
        </Match>
        <Match when={job.data?.status === 'failed' && job.data}>
          {(failed) => <p class="text-bad">{failed().error?.message ?? 'It failed.'}</p>}
        </Match>
        <Match when={job.data?.status === 'cancelled'}>
          <p>Cancelled. What was read by then is kept.</p>
        </Match>
      </Switch>
    </div>
  )
}
