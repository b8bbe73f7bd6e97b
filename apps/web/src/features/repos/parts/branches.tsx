import type { Branch, Repo } from '@cairn/api/repos'
import GitBranch from 'lucide-solid/icons/git-branch'
import { Show } from 'solid-js'
import { ago, full } from '../../../lib/format.ts'
import { placeUrl } from '../../../lib/places.ts'
import { usePages } from '../../../lib/queries.ts'
import { Empty } from '../../../ui/empty.tsx'
import { PagedList } from '../../../ui/paged-list.tsx'
import { Safe } from '../../../ui/safe.tsx'
import { Distance } from './standing.tsx'

/** Branches, the newest commit first; each opens its log. */
export function Branches(props: { repo: Repo }) {
  const pages = usePages('repos', 'branches', () => ({ repo_id: props.repo.id, limit: 100 }))
  return (
    <PagedList
      pages={pages}
      rows={pages.items()}
      empty={<Empty title="No branch yet">The first commit makes the first one.</Empty>}
    >
      {(branch) => <BranchRow repo={props.repo} branch={branch} />}
    </PagedList>
  )
}

function BranchRow(props: { repo: Repo; branch: Branch }) {
  const branch = () => props.branch
  return (
    <li>
      <a
        href={placeUrl({ kind: 'repo', id: props.repo.id, part: 'log', ref: branch().name })}
        data-row
        class="ring-inside block rounded-md px-3 py-1.5 hover:bg-hover"
      >
        <p class="flex items-center gap-2.5 text-sm">
          <GitBranch size={14} class={`shrink-0 ${branch().current ? 'text-accent-ink' : 'text-faint'}`} />
          <Safe text={branch().name} class="min-w-0 truncate" />
          <Show when={branch().current}>
            <span class="shrink-0 rounded-full bg-accent-soft px-2 text-xs text-accent-ink">checked out</span>
          </Show>
          <Show when={branch().remote}>
            <span class="shrink-0 text-xs text-faint">remote</span>
          </Show>
          <span class="ml-auto shrink-0 text-xs text-faint" title={full(branch().committed_at)}>
            {ago(branch().committed_at, Date.now())}
          </span>
        </p>
        <p class="flex gap-3 pl-6 text-xs text-dim">
          <span class="shrink-0 font-mono">{branch().sha.slice(0, 7)}</span>
          <Safe text={branch().subject} class="min-w-0 truncate" />
          <span class="flex shrink-0 gap-3">
            <Distance ahead={branch().ahead} behind={branch().behind} />
          </span>
        </p>
      </a>
    </li>
  )
}
