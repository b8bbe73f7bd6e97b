import type { ChangeState, Repo, RepoStatus } from '@cairn/api/repos'
import CircleCheck from 'lucide-solid/icons/circle-check'
import { createMemo, For, Show } from 'solid-js'
import { number } from '../../../lib/format.ts'
import { baseName, folderName, placeUrl } from '../../../lib/places.ts'
import { useRead } from '../../../lib/queries.ts'
import { walkList } from '../../../ui/arrows.ts'
import { Empty } from '../../../ui/empty.tsx'
import { KindIcon } from '../../../ui/place-icon.tsx'
import { Safe } from '../../../ui/safe.tsx'
import { placeOf } from '../state.ts'

type Change = { path: string; from: string | null; state: ChangeState }

const looks: Record<ChangeState, { word: string; tone: string }> = {
  added: { word: 'added', tone: 'text-good' },
  modified: { word: 'modified', tone: 'text-warn' },
  deleted: { word: 'deleted', tone: 'text-bad' },
  renamed: { word: 'renamed', tone: 'text-accent-ink' },
  copied: { word: 'copied', tone: 'text-accent-ink' },
  type_changed: { word: 'of another type', tone: 'text-warn' },
  untracked: { word: 'new', tone: 'text-good' },
  conflicted: { word: 'in conflict', tone: 'text-bad' },
}

/** What changed since the last commit: what is staged, and what is not. A file may stand in both. */
export function Changes(props: { repo: Repo; status: RepoStatus }) {
  const roots = useRead('roots', 'list', () => ({ limit: 200 }))
  const groups = createMemo(() => {
    const { changes } = props.status
    const of = (side: 'staged' | 'unstaged', fits: (state: ChangeState) => boolean): Change[] =>
      changes.flatMap(({ path, from, [side]: state }) => (state !== null && fits(state) ? [{ path, from, state }] : []))
    const told = (state: ChangeState) => state !== 'conflicted' && state !== 'untracked'
    const conflicts = changes.filter((one) => one.staged === 'conflicted' || one.unstaged === 'conflicted')
    return [
      { title: 'In conflict', rows: conflicts.map(({ path, from }) => ({ path, from, state: 'conflicted' as const })) },
      { title: 'Staged', rows: of('staged', told) },
      { title: 'Not staged', rows: of('unstaged', told) },
      { title: 'Not tracked', rows: of('unstaged', (state) => state === 'untracked') },
    ].filter(({ rows }) => rows.length > 0)
  })
  const href = (change: Change) => {
    const at = placeOf(props.repo, roots.data?.items ?? [])
    if (!at || change.state === 'deleted' || change.path.endsWith('/')) return null
    const uri = [at.root.name, at.folder, change.path].filter(Boolean).join('/')
    return placeUrl({ kind: 'file', uri, lines: null })
  }
  return (
    <div class="min-h-0 flex-1 overflow-y-auto px-2 py-3" onKeyDown={walkList}>
      <For
        each={groups()}
        fallback={
          <Empty icon={<CircleCheck size={28} />} title="Nothing is uncommitted">
            Files that change will be here, as soon as they are saved.
          </Empty>
        }
      >
        {(group) => (
          <section class="mb-4" aria-label={group.title}>
            <h2 class="px-3 pb-1 text-xs font-semibold text-dim">
              {group.title} <span class="font-normal text-faint">{number(group.rows.length)}</span>
            </h2>
            <ul>
              <For each={group.rows}>
                {(change) => (
                  <li>
                    <Show
                      when={href(change)}
                      fallback={
                        <div class="flex h-8 items-center gap-2.5 px-3 text-sm">
                          <Line change={change} />
                        </div>
                      }
                    >
                      {(to) => (
                        <a
                          href={to()}
                          data-row
                          class="ring-inside flex h-8 items-center gap-2.5 rounded-md px-3 text-sm hover:bg-hover"
                        >
                          <Line change={change} />
                        </a>
                      )}
                    </Show>
                  </li>
                )}
              </For>
            </ul>
          </section>
        )}
      </For>
      <Show when={props.status.changes_total > props.status.changes.length}>
        <p class="px-3 text-xs text-dim">
          The first {number(props.status.changes.length)} of {number(props.status.changes_total)} changes.
        </p>
      </Show>
    </div>
  )
}

function Line(props: { change: Change }) {
  const look = () => looks[props.change.state]
  const path = () => props.change.path.replace(/\/$/, '')
  return (
    <>
      <KindIcon kind={props.change.path.endsWith('/') ? 'other' : 'file'} name={path()} />
      <span class="min-w-0 shrink truncate">
        <Safe text={props.change.path.endsWith('/') ? `${baseName(path())}/` : baseName(path())} />
      </span>
      <span class="min-w-0 flex-1 truncate text-xs text-faint">
        <Safe text={folderName(path())} />
        <Show when={props.change.from}>
          {(from) => (
            <>
              {' '}
              was <Safe text={from()} />
            </>
          )}
        </Show>
      </span>
      <span class={`shrink-0 text-xs ${look().tone}`}>{look().word}</span>
    </>
  )
}
