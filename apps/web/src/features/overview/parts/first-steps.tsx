import Check from 'lucide-solid/icons/check'
import X from 'lucide-solid/icons/x'
import { For, Show } from 'solid-js'
import { go } from '../../../lib/layout.ts'
import { useRead } from '../../../lib/queries.ts'
import { stored } from '../../../lib/stored.ts'
import { focusMain } from '../../../shell/regions.ts'
import { Button, IconButton } from '../../../ui/button.tsx'
import { openImport } from '../../imports/state.ts'
import { openAddFolder } from '../../roots/state.ts'

const [dismissed, setDismissed] = stored('cairn.first-steps', false, (value) => value === true)

type Step = { title: string; detail: string; action: string; done: boolean; run: () => void }

/** What has been set up so far. */
export function useSetUp() {
  const roots = useRead('roots', 'list', () => ({ limit: 200 }))
  const sites = useRead('browser', 'listSites', () => ({ limit: 200 }))
  const threads = useRead('threads', 'list', () => ({ limit: 12 }))
  const all = (): Step[] => [
    {
      title: 'Add a folder',
      detail: 'Code, notes, documents. Indexed here and followed as they change.',
      action: 'Add folder',
      done: (roots.data?.items.length ?? 0) > 0,
      run: openAddFolder,
    },
    {
      title: 'Bring your history',
      detail: 'What you read in Chrome, Edge, Brave, Chromium or Firefox.',
      action: 'Import',
      done: (sites.data?.total.visits ?? 0) > 0,
      run: () => openImport(),
    },
    {
      title: 'Ask something',
      detail: 'Answers come with the places they were drawn from.',
      action: 'Ask',
      done: (threads.data?.items.length ?? 0) > 0,
      run: () => {
        go({ kind: 'thread', thread: null, message: null })
        focusMain()
      },
    },
  ]
  const known = () => !roots.isPending && !sites.isPending && !threads.isPending
  const done = () => all().filter((step) => step.done).length
  return { all, known, done, hidden: () => dismissed() || done() === 3 }
}

/** Three steps to a workspace that knows something. They tick themselves off. */
export function FirstSteps(props: { steps: ReturnType<typeof useSetUp> }) {
  const next = () => props.steps.all().findIndex((step) => !step.done)
  return (
    <section aria-label="First steps" class="relative rounded-xl bg-side p-1.5 ring-1 ring-line">
      <ol class="grid gap-1.5 @2xl:grid-cols-3">
        <For each={[0, 1, 2]}>{(at) => <StepCard step={props.steps.all()[at] as Step} at={at} next={next()} />}</For>
      </ol>
      <div class="absolute top-2.5 right-2.5">
        <IconButton label="Hide these steps" square="sm" side="left" onClick={() => setDismissed(true)}>
          <X size={14} />
        </IconButton>
      </div>
    </section>
  )
}

function StepCard(props: { step: Step; at: number; next: number }) {
  const current = () => props.at === props.next
  return (
    <li class="flex flex-col rounded-lg p-3.5" classList={{ 'bg-canvas ring-1 ring-line': current() }}>
      <span
        class="mb-2 inline-flex size-5.5 items-center justify-center rounded-full text-xs font-semibold"
        classList={{
          'bg-good-soft text-good': props.step.done,
          'bg-accent-soft text-accent-ink': !props.step.done,
        }}
      >
        <Show when={props.step.done} fallback={props.at + 1}>
          <Check size={13} />
        </Show>
      </span>
      <p class="text-sm font-medium" classList={{ 'text-dim': props.step.done }}>
        {props.step.title}
        <Show when={props.step.done}>
          <span class="sr-only"> (done)</span>
        </Show>
      </p>
      <p class="mt-0.5 mb-3 text-sm text-dim">{props.step.detail}</p>
      <Show when={!props.step.done}>
        <Button class="mt-auto self-start" look={current() ? 'primary' : 'plain'} onClick={() => props.step.run()}>
          {props.step.action}
        </Button>
      </Show>
    </li>
  )
}
