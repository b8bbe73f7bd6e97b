/** The quiet line at the bottom: where you are, what is going on, what can answer. */
import Box from 'lucide-solid/icons/box'
import GitBranch from 'lucide-solid/icons/git-branch'
import Sparkles from 'lucide-solid/icons/sparkles'
import type { ComponentProps, JSX } from 'solid-js'
import { createEffect, Show } from 'solid-js'
import { runCommand } from '../lib/commands.ts'
import { number, plural } from '../lib/format.ts'
import { panels, place, setPanels } from '../lib/layout.ts'
import { lineState, setSidecar, sidecar } from '../lib/online.ts'
import { useRead } from '../lib/queries.ts'
import { jobTitle, overallShare, runningJobs } from '../lib/running.ts'
import { useWorkspace } from '../lib/session.ts'
import { CaptureCell } from '../features/capture/cell.tsx'
import { Hinted } from '../ui/button.tsx'
import { Safe } from '../ui/safe.tsx'

const cell = 'flex h-full min-w-0 items-center gap-1.5 px-2 text-xs text-dim hover:bg-hover hover:text-ink ring-inside'

export function StatusBar() {
  const workspace = useWorkspace()
  const overview = useRead('overview', 'get', () => ({}))
  createEffect(() => overview.data && sidecar() === null && setSidecar(overview.data.sidecar))
  return (
    <footer
      data-region="status"
      aria-label="Status"
      class="flex h-6 shrink-0 items-stretch justify-between gap-2 overflow-hidden border-t border-line bg-side px-1 max-md:hidden"
    >
      <div class="flex min-w-0 items-stretch">
        <Show when={workspace()}>
          {(one) => (
            <span class="flex items-center gap-1.5 px-2 text-xs text-dim">
              <Box size={12} class="shrink-0" />
              <Safe text={one().name} class="truncate" />
            </span>
          )}
        </Show>
        <Branch />
      </div>
      <div class="flex min-w-0 items-stretch">
        <Working pending={overview.data?.index.pending ?? 0} failed={overview.data?.jobs.failed ?? 0} />
        <CaptureCell cell={Cell} />
        <Ai />
        <Model />
        <Line />
      </div>
    </footer>
  )
}

function Cell(props: ComponentProps<'button'> & { hint: string; children: JSX.Element }) {
  return (
    <Hinted label={props.hint} side="top">
      {(trigger) => (
        <button {...trigger} type="button" class={cell} onClick={props.onClick} aria-label={props['aria-label']}>
          {props.children}
        </button>
      )}
    </Hinted>
  )
}

/** The branch of the repository that the open file lies in, else of the first one there is. */
function Branch() {
  const roots = useRead('roots', 'list', () => ({ limit: 200 }))
  const repositories = useRead('git', 'repositories', () => ({ limit: 200 }))
  const standing = () => {
    const here = place()
    const all = repositories.data?.items.filter((one) => one.standing) ?? []
    if (here.kind !== 'file') return all[0]?.standing ?? null
    const root = roots.data?.items.find((one) => here.uri.startsWith(`${one.name}/`))
    const path = root ? here.uri.slice(root.name.length + 1) : ''
    const inside = all
      .filter((one) => one.root === root?.id && (one.path === '' || path.startsWith(`${one.path}/`)))
      .sort((a, b) => b.path.length - a.path.length)
    return inside[0]?.standing ?? null
  }
  const detail = () => {
    const { ahead = 0, behind = 0, dirty = false } = standing() ?? {}
    const parts = [dirty && 'uncommitted changes', ahead && `${ahead} ahead`, behind && `${behind} behind`].filter(
      Boolean,
    )
    return parts.length > 0 ? parts.join(', ') : 'nothing uncommitted'
  }
  return (
    <Show when={standing()}>
      {(one) => (
        <Cell hint={`Branch: ${detail()}`} onClick={() => runCommand('go.files')}>
          <GitBranch size={12} class="shrink-0" />
          <Safe text={one().branch ?? one().head?.slice(0, 8) ?? 'no commit yet'} class="max-w-40 truncate" />
          <Show when={one().dirty}>
            <span aria-hidden="true">•</span>
          </Show>
        </Cell>
      )}
    </Show>
  )
}

/** Running jobs with their share done; else what waits for the index; else what failed. */
function Working(props: { pending: number; failed: number }) {
  const first = () => runningJobs()[0]
  const share = () => overallShare()
  const toggle = () => setPanels({ bottomOpen: !panels().bottomOpen })
  return (
    <Show
      when={first()}
      fallback={
        <Show when={props.pending > 0}>
          <Cell hint="Waiting to be indexed" onClick={toggle}>
            <span class="size-1.5 animate-breathe rounded-full bg-accent" />
            {number(props.pending)} to index
          </Cell>
        </Show>
      }
    >
      {(job) => (
        <Cell hint={`${plural(runningJobs().length, 'running job')}. Show or hide them.`} onClick={toggle}>
          <span class="size-1.5 shrink-0 animate-breathe rounded-full bg-accent" />
          <span class="max-w-60 truncate">{jobTitle(job().type)}</span>
          <Show when={share() !== null}>
            <span class="w-8 text-right">{Math.floor((share() ?? 0) * 100)} %</span>
            <span class="h-1 w-14 overflow-hidden rounded-full bg-selected">
              <span class="block h-full rounded-full bg-accent" style={{ width: `${(share() ?? 0) * 100}%` }} />
            </span>
          </Show>
        </Cell>
      )}
    </Show>
  )
}

/** Says something only when the AI process is not there. */
function Ai() {
  const away = () => sidecar() === 'down' || sidecar() === 'starting'
  return (
    <Show when={away()}>
      <Cell hint="What needs no model goes on working" onClick={() => runCommand('settings.models')}>
        <span class="size-1.5 animate-breathe rounded-full bg-warn" />
        {sidecar() === 'starting' ? 'AI is starting' : 'AI is restarting'}
      </Cell>
    </Show>
  )
}

function Model() {
  const routes = useRead('models', 'routes', () => ({}))
  const model = () => routes.data?.chat[0]?.model
  return (
    <Show when={routes.data}>
      <Cell
        hint={
          model()
            ? 'The model that writes answers'
            : 'Answers are quoted from your sources, without a model. Click to add one.'
        }
        onClick={() => runCommand('settings.models')}
      >
        <Sparkles size={12} class="shrink-0" />
        <Safe text={model() ?? 'extract only'} class="max-w-44 truncate" />
      </Cell>
    </Show>
  )
}

function Line() {
  const state = () => lineState()
  return (
    <span class="flex items-center gap-1.5 px-2 text-xs text-dim" role="status">
      <span
        class="size-1.5 rounded-full"
        classList={{ 'bg-good': state() === 'open', 'bg-warn animate-breathe': state() !== 'open' }}
      />
      {state() === 'open' ? 'Live' : 'Reconnecting…'}
    </span>
  )
}
