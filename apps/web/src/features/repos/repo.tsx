/** One repository: where it stands, what changed, its log, its branches. */
import type { Repo } from '@cairn/api/repos'
import Trash from 'lucide-solid/icons/trash'
import { createEffect, For, Show } from 'solid-js'
import { close, nameTab } from '../../lib/layout.ts'
import { placeUrl, type RepoPart } from '../../lib/places.ts'
import { useRead } from '../../lib/queries.ts'
import { isLeaving } from '../../lib/undo.ts'
import type { ViewOf } from '../../shell/view.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Empty, Failure, Waiting } from '../../ui/empty.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { Safe } from '../../ui/safe.tsx'
import { Branches } from './parts/branches.tsx'
import { Changes } from './parts/changes.tsx'
import { Log } from './parts/log.tsx'
import { StandingLine } from './parts/standing.tsx'
import { removeRepo, useRepos } from './state.ts'

const parts: { id: RepoPart; title: string }[] = [
  { id: 'status', title: 'Changes' },
  { id: 'log', title: 'Log' },
  { id: 'branches', title: 'Branches' },
]

export default function RepoPage(props: ViewOf<'repo'>) {
  const repos = useRepos()
  const repo = () => repos.registered.items().find(({ id }) => id === props.place.id && !isLeaving(id))
  createEffect(() => {
    const name = repo()?.name
    if (name) nameTab(props.tabKey, name)
  })
  return (
    <Show when={!repos.registered.query.isError} fallback={<Failure error={repos.registered.query.error} />}>
      <Show
        when={repo()}
        fallback={
          <Show when={!repos.waiting()} fallback={<Waiting />}>
            <Gone />
          </Show>
        }
      >
        {(one) => <Detail repo={one()} place={props.place} tabKey={props.tabKey} />}
      </Show>
    </Show>
  )
}

function Gone() {
  return (
    <Empty
      title={<h1>This repository is not registered</h1>}
      action={
        <ButtonLink href="/repos" look="primary">
          All repositories
        </ButtonLink>
      }
    >
      It was taken off the list, or never stood on it.
    </Empty>
  )
}

type DetailProps = { repo: Repo; place: ViewOf<'repo'>['place']; tabKey: string }

function Detail(props: DetailProps) {
  const status = useRead('repos', 'status', () => ({ repo_id: props.repo.id }))
  const remove = () => {
    removeRepo(props.repo)
    close(props.tabKey)
  }
  return (
    <>
      <PageHead
        title={<Safe text={props.repo.name} />}
        note={<Show when={status.data}>{(one) => <StandingLine standing={one()} />}</Show>}
      >
        <Button size="sm" look="quiet" onClick={remove}>
          <Trash size={13} />
          Remove
        </Button>
      </PageHead>
      <nav aria-label="Parts of the repository" class="flex gap-px border-b border-line px-2 py-1.5">
        <For each={parts}>
          {(part) => (
            <a
              href={placeUrl({ kind: 'repo', id: props.repo.id, part: part.id, ref: '' })}
              aria-current={props.place.part === part.id ? 'page' : undefined}
              class="ring-inside flex h-7 items-center rounded-md px-2.5 text-sm text-dim hover:bg-hover hover:text-ink aria-[current]:bg-selected aria-[current]:text-ink"
            >
              {part.title}
            </a>
          )}
        </For>
      </nav>
      <Show when={!status.isError} fallback={<Failure error={status.error} />}>
        <Show when={props.place.part === 'status'}>
          <Show when={status.data} fallback={<Waiting />}>
            {(one) => <Changes repo={props.repo} status={one()} />}
          </Show>
        </Show>
        <Show when={props.place.part === 'log'}>
          <Log repo={props.repo} branch={props.place.ref} />
        </Show>
        <Show when={props.place.part === 'branches'}>
          <Branches repo={props.repo} />
        </Show>
      </Show>
    </>
  )
}
