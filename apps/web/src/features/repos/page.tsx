/** Repositories: those that were registered for work, and those that were found below the folders. */
import type { GitRepositoryState } from '@cairn/api/git'
import type { Repo } from '@cairn/api/repos'
import GitBranch from 'lucide-solid/icons/git-branch'
import Plus from 'lucide-solid/icons/plus'
import Trash from 'lucide-solid/icons/trash'
import { createSignal, For, type JSX, Show } from 'solid-js'
import { api } from '../../lib/api.ts'
import { plural } from '../../lib/format.ts'
import { placeUrl } from '../../lib/places.ts'
import { useRead } from '../../lib/queries.ts'
import { isLeaving } from '../../lib/undo.ts'
import type { ViewOf } from '../../shell/view.ts'
import { walkList } from '../../ui/arrows.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { Empty, Failure, Waiting } from '../../ui/empty.tsx'
import { attempt } from '../../ui/notices.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { nearEnd } from '../../ui/paged-list.tsx'
import { Safe } from '../../ui/safe.tsx'
import { openAddFolder } from '../roots/state.ts'
import { StandingLine } from './parts/standing.tsx'
import { type Found, openRegister, removeRepo, useRepos } from './state.ts'

export default function ReposPage(_props: ViewOf<'repos'>) {
  const repos = useRepos()
  const registered = () => repos.registered.items().filter((repo) => !isLeaving(repo.id))
  const failure = () => repos.registered.query.error ?? repos.repositories.query.error ?? repos.roots.error
  return (
    <>
      <PageHead title="Repositories">
        <Button look="primary" size="sm" onClick={openRegister}>
          <Plus size={14} />
          Register
        </Button>
      </PageHead>
      <Show when={!failure()} fallback={<Failure error={failure()} />}>
        <Show when={!repos.waiting()} fallback={<Waiting />}>
          <div
            class="min-h-0 flex-1 overflow-y-auto px-2 py-3"
            onKeyDown={walkList}
            onScroll={(event) => nearEnd(event.currentTarget) && repos.repositories.more()}
          >
            <Show
              when={registered().length > 0}
              fallback={
                <Nothing folders={(repos.roots.data?.items.length ?? 0) > 0} found={repos.found().length > 0} />
              }
            >
              <Part title="Registered">
                <For each={registered()}>{(repo) => <RepoRow repo={repo} />}</For>
              </Part>
            </Show>
            <Show when={repos.found().length > 0}>
              <Part title="Found in your folders">
                <For each={repos.found()}>{(one) => <FoundRow found={one} />}</For>
              </Part>
            </Show>
          </div>
        </Show>
      </Show>
    </>
  )
}

function Part(props: { title: string; children: JSX.Element }) {
  return (
    <section class="mb-5" aria-label={props.title}>
      <h2 class="px-3 pb-1 text-xs font-semibold text-dim">{props.title}</h2>
      <ul>{props.children}</ul>
    </section>
  )
}

function Nothing(props: { folders: boolean; found: boolean }) {
  return (
    <Empty
      small={props.found}
      icon={<GitBranch size={28} />}
      title="No repository registered yet"
      action={
        <>
          <Show when={!props.folders}>
            <Button look="primary" onClick={openAddFolder}>
              Add a folder
            </Button>
          </Show>
          <Show when={props.folders && !props.found}>
            <Button look="primary" onClick={openRegister}>
              Register a repository
            </Button>
          </Show>
        </>
      }
    >
      Register a git repository to see what changed, its log and its branches here.{' '}
      <Show when={props.folders} fallback="It has to lie in one of your folders: add the folder first.">
        <Show when={props.found} fallback="None was found in your folders so far.">
          Those below were found in your folders.
        </Show>
      </Show>
    </Empty>
  )
}

function RepoRow(props: { repo: Repo }) {
  const repo = () => props.repo
  const status = useRead('repos', 'status', () => ({ repo_id: props.repo.id }))
  return (
    <li class="group relative rounded-lg hover:bg-hover">
      <a
        href={placeUrl({ kind: 'repo', id: repo().id, part: 'status', ref: '' })}
        data-row
        class="ring-inside block rounded-lg px-3 py-2 pr-12"
      >
        <p class="truncate text-sm font-medium">
          <Safe text={repo().name} />
        </p>
        <p class="truncate font-mono text-xs text-dim">
          <Safe text={repo().path} />
        </p>
        <Show when={!status.isError} fallback={<p class="mt-0.5 text-xs text-bad">cannot be read now</p>}>
          <p class="mt-0.5 min-h-4">
            <Show when={status.data}>{(one) => <StandingLine standing={one()} />}</Show>
          </p>
        </Show>
      </a>
      <div class="absolute top-1.5 right-2 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100">
        <IconButton label={`Remove ${repo().name} from the list`} side="left" onClick={() => removeRepo(repo())}>
          <Trash size={15} />
        </IconButton>
      </div>
    </li>
  )
}

const troubles: Partial<Record<GitRepositoryState, string>> = {
  new: 'about to be looked at',
  outside: 'its data lies outside your folders',
  foreign: 'it belongs to another user of this machine',
  damaged: 'git cannot read it',
  missing: 'not there any more',
}

function FoundRow(props: { found: Found }) {
  const [busy, setBusy] = createSignal(false)
  const one = () => props.found
  const register = async () => {
    setBusy(true)
    await attempt(() => api.repos.create({ path: one().folder }))
    setBusy(false)
  }
  return (
    <li class="flex items-center gap-3 rounded-lg px-3 py-2 hover:bg-hover">
      <div class="min-w-0 flex-1">
        <p class="truncate text-sm">
          <Safe text={one().name} />
        </p>
        <p class="truncate font-mono text-xs text-dim">
          <Safe text={one().folder} />
        </p>
        <Show
          when={one().state === 'ready'}
          fallback={<p class="mt-0.5 text-xs text-dim">{one().reason ?? troubles[one().state]}</p>}
        >
          <p class="mt-0.5 flex min-w-0 flex-wrap gap-x-3 text-xs text-dim">
            <Show when={one().standing}>{(standing) => <StandingLine standing={standing()} quiet />}</Show>
            {plural(one().commits, 'commit')}
          </p>
        </Show>
      </div>
      <Show when={one().state === 'ready'}>
        <Button
          size="sm"
          data-row
          aria-label={`Register ${one().name}`}
          disabled={busy()}
          onClick={() => void register()}
        >
          Register
        </Button>
      </Show>
    </li>
  )
}
