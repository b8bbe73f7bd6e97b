import type { GitEvent } from '@cairn/api/git'
import { For, type JSX, Show } from 'solid-js'
import { ago } from '../../../lib/format.ts'
import { useRead } from '../../../lib/queries.ts'
import { isLeaving } from '../../../lib/undo.ts'
import { KindIcon } from '../../../ui/place-icon.tsx'
import { Safe } from '../../../ui/safe.tsx'
import { SiteMark } from '../../browser/parts/site-mark.tsx'
import { openImport } from '../../imports/state.ts'
import { openAddFolder } from '../../roots/state.ts'

const shown = 6

/** What came last: threads, pages, commits. */
export function Recent() {
  const threads = useRead('threads', 'list', () => ({ limit: 12 }))
  const pages = useRead('browser', 'listHistory', () => ({ limit: 40 }))
  const commits = useRead('git', 'events', () => ({ limit: 20, type: 'commit' as const }))
  const seen = () => {
    const urls = new Set<string>()
    return (pages.data?.items ?? []).filter((visit) => !urls.has(visit.url) && urls.add(visit.url)).slice(0, shown)
  }
  return (
    <div class="grid gap-x-6 gap-y-8 @2xl:grid-cols-2 @4xl:grid-cols-3">
      <Column
        title="Threads"
        href="/ask"
        empty="Each question you ask starts a thread. They stay and can be searched."
        waiting={threads.isPending}
        count={threads.data?.items.length ?? 0}
      >
        <For each={threads.data?.items.filter((thread) => !isLeaving(thread.id)).slice(0, shown)}>
          {(thread) => (
            <Line
              href={`/ask/${thread.id}`}
              time={thread.updated_at}
              icon={<KindIcon kind="thread" />}
              text={thread.title || 'Untitled thread'}
            />
          )}
        </For>
      </Column>
      <Column
        title="Pages"
        href="/history"
        empty={
          <>
            Pages you read will be here. <Action onClick={() => openImport()}>Import your history</Action>
          </>
        }
        waiting={pages.isPending}
        count={pages.data?.items.length ?? 0}
      >
        <For each={seen()}>
          {(visit) => (
            <Line
              href={`/source/visit/${visit.page_id}`}
              time={visit.visited_at}
              icon={<SiteMark site={visit.site} />}
              text={visit.title || visit.url}
              note={visit.site}
            />
          )}
        </For>
      </Column>
      <Column
        title="Commits"
        empty={
          <>
            Commits of repositories in your folders will be here. <Action onClick={openAddFolder}>Add a folder</Action>
          </>
        }
        waiting={commits.isPending}
        count={commits.data?.items.length ?? 0}
      >
        <For each={commits.data?.items.slice(0, shown)}>{(commit) => <CommitLine commit={commit} />}</For>
      </Column>
    </div>
  )
}

function Action(props: { onClick: () => void; children: string }) {
  return (
    <button type="button" class="text-accent-ink underline underline-offset-2" onClick={() => props.onClick()}>
      {props.children}
    </button>
  )
}

function CommitLine(props: { commit: GitEvent }) {
  const title = () => props.commit.message?.split('\n', 1)[0] || props.commit.sha?.slice(0, 10) || ''
  return (
    <Line
      href={`/source/commit/${props.commit.id}`}
      time={props.commit.at}
      icon={<KindIcon kind="commit" />}
      text={title()}
      note={props.commit.sha?.slice(0, 7)}
    />
  )
}

type ColumnProps = {
  title: string
  href?: string
  empty: JSX.Element
  waiting: boolean
  count: number
  children: JSX.Element
}

function Column(props: ColumnProps) {
  return (
    <section class="min-w-0">
      <h2 class="mb-1 flex items-baseline px-2 text-xs font-semibold text-dim">
        {props.title}
        <Show when={props.count > 0 && props.href}>
          {(href) => (
            <a href={href()} class="ml-auto font-normal hover:text-ink hover:underline">
              All
            </a>
          )}
        </Show>
      </h2>
      <Show
        when={props.count > 0}
        fallback={<p class="px-2 py-1.5 text-sm text-pretty text-dim">{props.waiting ? '' : props.empty}</p>}
      >
        <ul>{props.children}</ul>
      </Show>
    </section>
  )
}

function Line(props: { href: string; time: string; icon: JSX.Element; text: string; note?: string }) {
  return (
    <li>
      <a href={props.href} class="ring-inside flex h-8 items-center gap-2.5 rounded-md px-2 text-sm hover:bg-hover">
        {props.icon}
        <Safe text={props.text} class="min-w-0 flex-1 truncate" />
        <Show when={props.note}>
          {(note) => <Safe text={note()} class="max-w-28 shrink-0 truncate text-xs text-faint" />}
        </Show>
        <span class="w-15 shrink-0 text-right text-xs text-faint">{ago(props.time, Date.now())}</span>
      </a>
    </li>
  )
}
