/** Home: ask at once, see what is going on, what came in last and over time, and the shape of what is remembered. */
import { Show } from 'solid-js'
import { useRead } from '../../lib/queries.ts'
import type { ViewOf } from '../../shell/view.ts'
import { Failure } from '../../ui/empty.tsx'
import { AskBox } from './parts/ask-box.tsx'
import { FirstSteps, useSetUp } from './parts/first-steps.tsx'
import { Now } from './parts/now.tsx'
import { OverTime } from './parts/over-time.tsx'
import { Recent } from './parts/recent.tsx'
import { Shape } from './parts/shape.tsx'
import { Waits } from './parts/waits.tsx'

export function HomePage(props: ViewOf<'home'>) {
  const overview = useRead('overview', 'get', () => ({}))
  const steps = useSetUp()
  return (
    <div class="min-h-0 flex-1 overflow-y-auto">
      <div class="@container mx-auto flex max-w-270 flex-col gap-8 px-5 pt-[7vh] pb-12">
        <h1 class="sr-only">Home</h1>
        <AskBox active={props.active} empty={steps.known() && steps.done() === 0} />
        <Show
          when={!overview.isError}
          fallback={<Failure small error={overview.error} onRetry={() => void overview.refetch()} />}
        >
          <Show when={steps.known() && !steps.hidden()}>
            <FirstSteps steps={steps} />
          </Show>
          <Now pending={overview.data?.index.pending ?? 0} failedJobs={overview.data?.jobs.failed ?? 0} />
          <Waits />
          <Recent />
          <OverTime />
          <Show when={overview.data}>{(data) => <Shape overview={data()} />}</Show>
        </Show>
      </div>
    </div>
  )
}
