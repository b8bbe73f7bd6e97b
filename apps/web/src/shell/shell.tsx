/** The frame of the workbench: rail, side panel, tabs and editor, ask panel, jobs, status bar. */
import PanelRight from 'lucide-solid/icons/panel-right'
import Search from 'lucide-solid/icons/search'
import { createEffect, on, onCleanup, Show } from 'solid-js'
import { lazily } from '../ui/lazily.tsx'
import { hintOf, runCommand } from '../lib/commands.ts'
import { address, clampAsk, clampSide, panels, setPanels } from '../lib/layout.ts'
import { IconButton } from '../ui/button.tsx'
import { Splitter } from '../ui/splitter.tsx'
import { useCoreCommands } from './core-commands.tsx'
import { Dialogs } from './dialogs.tsx'
import { EditorArea, preloadViews } from './editor-area.tsx'
import { JobsPanel } from './jobs-panel.tsx'
import { narrow, snug } from './narrow.ts'
import { paletteOpen } from './palette-state.ts'
import { Rail } from './rail.tsx'
import { SidePanel } from './side-panel.tsx'
import { StatusBar } from './status-bar.tsx'
import { TabStrip } from './tab-strip.tsx'
import { helpOpen } from './help-state.ts'

const Palette = lazily(() => import('./palette.tsx'))
const Help = lazily(() => import('./help.tsx'))
const AskPanel = lazily(() => import('../features/chat/panel.tsx'))

export function Shell() {
  useCoreCommands()
  // What is wanted next is fetched once the page has come to rest.
  const rest = setTimeout(() => {
    Palette.preload()
    AskPanel.preload()
    preloadViews()
  }, 400)
  onCleanup(() => clearTimeout(rest))
  // On a phone the panel lies over the page: going somewhere uncovers it.
  createEffect(on(address, () => narrow() && setPanels({ sideOpen: false }), { defer: true }))
  return (
    <div class="flex h-full flex-col">
      <div class="flex min-h-0 flex-1 max-md:flex-col">
        <Rail />
        <Show when={panels().sideOpen}>
          <SideColumn />
        </Show>
        <main class="flex min-w-0 flex-1 flex-col max-md:min-h-0">
          <div class="flex h-9 shrink-0 items-stretch border-b border-line bg-side">
            <TabStrip />
            <div class="flex items-center gap-1 px-1.5">
              <button
                type="button"
                class="flex h-6.5 items-center gap-2 rounded-md bg-inset px-2 text-xs text-dim ring-1 ring-inset ring-line hover:text-ink max-sm:hidden"
                onClick={() => runCommand('palette.open')}
              >
                <Search size={13} />
                Go to anything
                <span class="font-mono text-2xs text-faint">{hintOf('palette.open')}</span>
              </button>
              <IconButton
                label="Go to anything"
                hint={hintOf('palette.open')}
                class="sm:hidden"
                onClick={() => runCommand('palette.open')}
              >
                <Search size={16} />
              </IconButton>
              <Show when={!narrow()}>
                <IconButton
                  label="Ask panel"
                  hint={hintOf('view.ask')}
                  pressed={panels().askOpen}
                  onClick={() => runCommand('view.ask')}
                >
                  <PanelRight size={16} />
                </IconButton>
              </Show>
            </div>
          </div>
          <EditorArea />
          <Show when={panels().bottomOpen}>
            <JobsPanel />
          </Show>
        </main>
        <Show when={panels().askOpen && !narrow()}>
          <AskColumn />
        </Show>
      </div>
      <StatusBar />
      <Show when={paletteOpen()}>
        <Palette />
      </Show>
      <Show when={helpOpen()}>
        <Help />
      </Show>
      <Dialogs />
    </div>
  )
}

function SideColumn() {
  return (
    <div
      class="flex min-h-0 shrink-0 flex-col bg-side max-md:absolute max-md:inset-x-0 max-md:top-0 max-md:bottom-13 max-md:z-30"
      style={narrow() ? {} : { width: `${panels().sideWidth}px` }}
    >
      <SidePanel>
        <Show when={!narrow()}>
          <Splitter
            label="Width of the side panel"
            panel="left"
            value={panels().sideWidth}
            min={180}
            max={560}
            onChange={(width) => setPanels({ sideWidth: clampSide(width) })}
            onReset={() => setPanels({ sideWidth: 264 })}
          />
        </Show>
      </SidePanel>
    </div>
  )
}

function AskColumn() {
  return (
    <aside
      aria-label="Ask"
      data-region="ask"
      class="flex min-h-0 max-w-[calc(100vw-3rem)] shrink-0 flex-col bg-canvas"
      classList={{ 'absolute right-0 top-0 bottom-6 z-30 shadow-float': snug(), relative: !snug() }}
      style={{ width: `${panels().askWidth}px` }}
    >
      <AskPanel />
      <Show when={!snug()}>
        <Splitter
          label="Width of the ask panel"
          panel="right"
          value={panels().askWidth}
          min={300}
          max={760}
          onChange={(width) => setPanels({ askWidth: clampAsk(width) })}
          onReset={() => setPanels({ askWidth: 400 })}
        />
      </Show>
    </aside>
  )
}
