import X from 'lucide-solid/icons/x'
import { createEffect, For, onCleanup, onMount } from 'solid-js'
import { plain } from '../lib/escape.ts'
import { close, closeAllBut, keepTab, move, showTab, tabs } from '../lib/layout.ts'
import { parsePlace } from '../lib/places.ts'
import type { Tab } from '../lib/tabs.ts'
import { PlaceIcon } from '../ui/place-icon.tsx'
import { Safe } from '../ui/safe.tsx'
import { focusMain } from './regions.ts'

export const panelId = (key: string) => `panel-${encodeURIComponent(key)}`
const tabId = (key: string) => `tab-${encodeURIComponent(key)}`

/** The open tabs: arrow keys walk, Delete closes, a double click keeps, dragging moves. */
export function TabStrip() {
  let strip: HTMLDivElement | undefined
  /** The whole of the active tab is in sight, its close button with it. */
  const reveal = () =>
    strip
      ?.querySelector('[data-tab]:has([aria-selected="true"])')
      ?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  createEffect(() => {
    if (tabs().active) queueMicrotask(reveal)
  })
  onMount(() => {
    // The strip grows and shrinks with the window and the panels beside it.
    const sizes = new ResizeObserver(reveal)
    if (strip) sizes.observe(strip)
    onCleanup(() => sizes.disconnect())
  })
  const press = (event: KeyboardEvent) => {
    const all = tabs().open
    const at = all.findIndex((tab) => tab.key === tabs().active)
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: all.length - 1 }[event.key]
    const next = to === undefined ? undefined : all[(to + all.length) % all.length]
    const active = tabs().active
    if (next) {
      showTab(next.key)
      document.getElementById(tabId(next.key))?.focus()
    } else if ((event.key === 'Delete' || event.key === 'Backspace') && active) {
      close(active)
      queueMicrotask(() => strip?.querySelector<HTMLElement>('[aria-selected="true"]')?.focus())
    } else if (event.key === 'Enter' || event.key === ' ' || event.key === 'ArrowDown') focusMain()
    else return
    event.preventDefault()
  }
  const drop = (event: DragEvent) => {
    const key = event.dataTransfer?.getData('text/cairn-tab')
    const over = (event.target as Element).closest<HTMLElement>('[data-tab]')?.dataset.tab
    if (!key) return
    event.preventDefault()
    const to = tabs().open.findIndex((tab) => tab.key === over)
    move(key, to < 0 ? tabs().open.length : to)
  }
  return (
    <div
      ref={strip}
      role="tablist"
      aria-label="Open tabs"
      data-region="tabs"
      class="flex h-full min-w-0 flex-1 items-stretch overflow-x-auto [scrollbar-width:none]"
      onKeyDown={press}
      onDragOver={(event) => event.dataTransfer?.types.includes('text/cairn-tab') && event.preventDefault()}
      onDrop={drop}
    >
      <For each={tabs().open}>{(tab) => <TabHandle tab={tab} />}</For>
    </div>
  )
}

function TabHandle(props: { tab: Tab }) {
  const active = () => tabs().active === props.tab.key
  return (
    <div
      role="presentation"
      data-tab={props.tab.key}
      draggable="true"
      class="group relative flex max-w-52 min-w-0 shrink-0 items-center border-r border-line pr-1.5"
      classList={{ 'bg-canvas': active(), 'hover:bg-hover/60': !active() }}
      onDragStart={(event) => event.dataTransfer?.setData('text/cairn-tab', props.tab.key)}
      onAuxClick={(event) => event.button === 1 && close(props.tab.key)}
    >
      <div
        role="tab"
        id={tabId(props.tab.key)}
        aria-selected={active()}
        aria-controls={active() ? panelId(props.tab.key) : undefined}
        tabindex={active() ? 0 : -1}
        title={plain(props.tab.title)}
        class="ring-inside flex h-full min-w-0 flex-1 items-center gap-2 pl-3 text-sm select-none"
        classList={{ 'text-ink': active(), 'text-dim': !active(), italic: props.tab.passing }}
        onClick={(event) => (event.altKey ? closeAllBut(props.tab.key) : showTab(props.tab.key))}
        onDblClick={() => keepTab(props.tab.key)}
      >
        <PlaceIcon place={parsePlace(props.tab.url)} />
        <Safe text={props.tab.title} class="min-w-0 truncate" />
      </div>
      <button
        type="button"
        tabindex="-1"
        aria-hidden="true"
        class="ml-1 inline-flex size-5 shrink-0 items-center justify-center rounded-sm text-faint opacity-0 group-hover:opacity-100 hover:bg-selected hover:text-ink"
        classList={{ 'opacity-100': active() }}
        onClick={() => close(props.tab.key)}
      >
        <X size={13} />
      </button>
      <span class="absolute inset-x-0 top-0 h-0.5 bg-accent" classList={{ hidden: !active() }} />
    </div>
  )
}
