import type { Commit, Repo } from '@cairn/api/repos'
import X from 'lucide-solid/icons/x'
import { createEffect, createMemo, Show } from 'solid-js'
import { ago, full } from '../../../lib/format.ts'
import { go } from '../../../lib/layout.ts'
import { usePages, useRead } from '../../../lib/queries.ts'
import { IconButton } from '../../../ui/button.tsx'
import { Empty } from '../../../ui/empty.tsx'
import { PagedList } from '../../../ui/paged-list.tsx'
import { KindIcon } from '../../../ui/place-icon.tsx'
import { Safe } from '../../../ui/safe.tsx'
import { placeOf } from '../state.ts'

/** The commits of a branch, newest first; more are read as they come into sight. */
export function Log(props: { repo: Repo; branch: string }) {
  const pages = usePages('repos', 'log', () => ({
    repo_id: props.repo.id,
    limit: 60,
    ...(props.branch && { ref: props.branch }),
  }))
  const idOf = useCommitIds(() => props.repo, pages.items)
  return (
    <>
      <Show when={props.branch}>
        {(branch) => (
          <div class="flex items-center border-b border-line px-4 py-1.5">
            <span class="inline-flex h-7 max-w-full items-center gap-1 rounded-full bg-accent-soft pr-1 pl-2.5 text-xs text-accent-ink">
              <Safe text={branch()} class="min-w-0 truncate" />
              <IconButton
                label="What is checked out"
                square="sm"
                class="size-5!"
                onClick={() => go({ kind: 'repo', id: props.repo.id, part: 'log', ref: '' }, { replace: true })}
              >
                <X size={12} />
              </IconButton>
            </span>
          </div>
        )}
      </Show>
      <PagedList
        pages={pages}
        rows={pages.items()}
        height={rowHeight}
        empty={<Empty title="No commit yet">The first one will be here as soon as it is made.</Empty>}
      >
        {(commit) => <CommitRow commit={commit} id={idOf(commit.sha)} />}
      </PagedList>
    </>
  )
}

/**
 * Under which id a commit was indexed, by its name in git. Both lists run from new to old: the index is read on for as
 * long as it has not come to the oldest commit that is shown.
 */
function useCommitIds(repo: () => Repo, shown: () => readonly Commit[]) {
  const roots = useRead('roots', 'list', () => ({ limit: 200 }))
  const events = usePages('git', 'events', () => {
    const at = placeOf(repo(), roots.data?.items ?? [])
    return at && { root: at.root.id, repository: at.folder, limit: 200 }
  })
  const ids = createMemo(() => {
    const commits = events.items().filter(({ type }) => type === 'commit' || type === 'merge')
    return new Map(commits.map(({ sha, id }) => [sha, id]))
  })
  createEffect(() => {
    const reached = events.items().at(-1)
    if (!reached || !events.query.hasNextPage || events.query.isFetchingNextPage) return
    if (shown().some(({ sha, committed_at }) => !ids().has(sha) && committed_at <= reached.at)) events.more()
  })
  return (sha: string) => ids().get(sha)
}

/** Pixels; its class says the same. */
const rowHeight = 48

function CommitRow(props: { commit: Commit; id: string | undefined }) {
  return (
    <li class="h-12">
      <Show
        when={props.id}
        fallback={
          <div class="px-3 py-1.5" title="Not indexed yet">
            <CommitLines commit={props.commit} />
          </div>
        }
      >
        {(id) => (
          <a href={`/source/commit/${id()}`} data-row class="ring-inside block rounded-md px-3 py-1.5 hover:bg-hover">
            <CommitLines commit={props.commit} />
          </a>
        )}
      </Show>
    </li>
  )
}

function CommitLines(props: { commit: Commit }) {
  return (
    <>
      <p class="flex items-center gap-2.5 text-sm">
        <KindIcon kind="commit" />
        <Safe text={props.commit.subject || props.commit.sha.slice(0, 10)} class="min-w-0 flex-1 truncate" />
        <span class="shrink-0 text-xs text-faint" title={full(props.commit.committed_at)}>
          {ago(props.commit.committed_at, Date.now())}
        </span>
      </p>
      <p class="flex gap-3 pl-6 text-xs text-dim">
        <span class="shrink-0 font-mono">{props.commit.sha.slice(0, 7)}</span>
        <Safe text={props.commit.author} class="min-w-0 truncate" />
        <Show when={props.commit.parents.length > 1}>
          <span class="shrink-0">merge</span>
        </Show>
      </p>
    </>
  )
}
