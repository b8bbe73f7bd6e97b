/** Tabs: what is open in the browser, and the thread about each. */
import type { Tab } from '@cairn/api/tabs'
import Eraser from 'lucide-solid/icons/eraser'
import Link from 'lucide-solid/icons/link'
import MessageCircle from 'lucide-solid/icons/message-circle'
import PanelsTopLeft from 'lucide-solid/icons/panels-top-left'
import Unlink from 'lucide-solid/icons/unlink'
import X from 'lucide-solid/icons/x'
import { createMemo, createSignal, Show } from 'solid-js'
import { api } from '../../lib/api.ts'
import { plain, safeHref } from '../../lib/escape.ts'
import { ago, full, plural } from '../../lib/format.ts'
import { go } from '../../lib/layout.ts'
import { usePages, useRead } from '../../lib/queries.ts'
import { isLeaving, removeLater } from '../../lib/undo.ts'
import type { ViewOf } from '../../shell/view.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { Empty } from '../../ui/empty.tsx'
import { attempt, say } from '../../ui/notices.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { PagedList } from '../../ui/paged-list.tsx'
import { Safe } from '../../ui/safe.tsx'
import { SiteMark } from '../browser/parts/site-mark.tsx'
import { openErase } from '../privacy/state.ts'
import { BindDialog } from './bind-dialog.tsx'
import { tabName } from './words.ts'

/** Pixels; its class says the same. */
const rowHeight = 48

export default function TabsPage(props: ViewOf<'tabs'>) {
  const words = () => props.place.q.trim()
  const pages = usePages('tabs', 'list', () => ({ limit: 100, ...(words() && { q: words() }) }))
  const overview = useRead('overview', 'get', () => ({}))
  const tabs = createMemo(() => pages.items().filter((tab) => !isLeaving(tab.id)))
  const close = (tab: Tab) => {
    const undo = removeLater(tab.id, () => attempt(() => api.tabs.remove({ id: tab.id })))
    say({ text: `Closed “${tabName(tab)}” here`, action: { label: 'Undo', run: undo } })
  }
  return (
    <>
      <PageHead
        title="Tabs"
        note={
          <Show when={overview.data?.counts.tabs}>
            {(count) => <>{plural(count(), 'tab')}, the last changed first</>}
          </Show>
        }
      />
      <div class="border-b border-line px-4 py-2">
        <input
          type="search"
          data-autofocus
          aria-label="Find a tab"
          placeholder="Find a tab"
          class="h-8 w-full max-w-160 rounded-md bg-inset px-3 text-sm ring-1 ring-line ring-inset"
          value={props.place.q}
          onInput={(event) => go({ kind: 'tabs', q: event.currentTarget.value }, { replace: true })}
        />
      </div>
      <PagedList label="Open tabs" pages={pages} rows={tabs()} height={rowHeight} empty={<Nothing words={words()} />}>
        {(tab) => <Row tab={tab} onClose={() => close(tab)} />}
      </PagedList>
    </>
  )
}

function Nothing(props: { words: string }) {
  return (
    <Show
      when={props.words}
      fallback={
        <Empty icon={<PanelsTopLeft size={28} />} title="No tabs yet">
          What is open in your browser stands here once something tells Cairn of it, through{' '}
          <code class="font-mono text-xs">/api/browser/tabs</code>. Each tab can have a thread of its own.
        </Empty>
      }
    >
      <Empty
        title={
          <>
            No tab fits “<Safe text={props.words} />”
          </>
        }
        action={
          <Button
            look="primary"
            onClick={() => go({ kind: 'history', q: props.words, site: '', from: '', to: '' }, { keep: true })}
          >
            Search the history
          </Button>
        }
      />
    </Show>
  )
}

function Row(props: { tab: Tab; onClose: () => void }) {
  const tab = () => props.tab
  const address = () => safeHref(tab().current_url ?? '')
  const site = () => {
    const href = address()
    return href ? new URL(href).host.replace(/^www\./, '') : ''
  }
  /** Goes to the thread of the tab; one is started where there is none. */
  const discuss = async () => {
    const bound = tab().thread_id ? tab() : await attempt(() => api.tabs.bind({ id: tab().id }))
    if (bound) go({ kind: 'thread', thread: bound.thread_id, message: null }, { keep: true })
  }
  const [choosing, setChoosing] = createSignal(false)
  const release = () => void attempt(() => api.tabs.bind({ id: tab().id, thread_id: null }))
  return (
    <li class="group flex items-center gap-2 rounded-lg px-3 hover:bg-hover h-12">
      <SiteMark site={site()} />
      <div class="min-w-0 flex-1">
        <p class="flex items-baseline gap-2">
          <Show when={address()} fallback={<Safe text={tabName(tab())} class="truncate text-sm text-dim" />}>
            {(href) => (
              <a
                href={href()}
                target="_blank"
                rel="noopener noreferrer"
                data-row
                class="ring-inside min-w-0 truncate text-sm font-medium hover:underline"
              >
                <Safe text={tabName(tab())} />
              </a>
            )}
          </Show>
          <span class="shrink-0 text-xs text-faint" title={full(tab().updated_at)}>
            {ago(tab().updated_at, Date.now())}
          </span>
        </p>
        <Safe text={tab().current_url ?? ''} class="block truncate text-xs text-dim" />
      </div>
      <Button size="sm" look={tab().thread_id ? 'plain' : 'quiet'} onClick={() => void discuss()}>
        <MessageCircle size={13} />
        <span>
          {tab().thread_id ? 'Thread' : 'Start a thread'}
          <span class="sr-only"> about {tabName(tab())}</span>
        </span>
      </Button>
      <Show
        when={tab().thread_id}
        fallback={
          <IconButton label={`Choose a thread for ${tabName(tab())}`} side="left" onClick={() => setChoosing(true)}>
            <Link size={15} />
          </IconButton>
        }
      >
        <IconButton label={`Let go of the thread of ${tabName(tab())}`} side="left" onClick={release}>
          <Unlink size={15} />
        </IconButton>
      </Show>
      <IconButton
        label={`Erase ${tabName(tab())} for good`}
        side="left"
        onClick={() => openErase({ kind: 'tab', id: tab().id, name: plain(tabName(tab())) })}
      >
        <Eraser size={15} />
      </IconButton>
      <IconButton label={`Close ${tabName(tab())}`} side="left" onClick={props.onClose}>
        <X size={15} />
      </IconButton>
      <Show when={choosing()}>
        <BindDialog tab={tab()} name={plain(tabName(tab()))} onClose={() => setChoosing(false)} />
      </Show>
    </li>
  )
}
