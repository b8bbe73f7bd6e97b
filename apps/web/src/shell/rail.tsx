import Keyboard from 'lucide-solid/icons/keyboard'
import { type ComponentProps, For, Show } from 'solid-js'
import { runCommand, hintOf } from '../lib/commands.ts'
import { go, panels, place, setPanels, showTab, tabs } from '../lib/layout.ts'
import { type Place, placeKey, placeUrl } from '../lib/places.ts'
import { Hinted } from '../ui/button.tsx'
import { CairnMark } from '../ui/cairn.tsx'
import { narrow } from './narrow.ts'
import { type Section, sections, settingsSection, toggleSide } from './sections.tsx'

/** Opens a section: its page, its side panel, or both. */
export function openSection(section: Section): void {
  if (section.panel && !section.place) return toggleSide(section.panel)
  if (section.panel && !narrow()) setPanels({ side: section.panel })
  if (narrow()) setPanels({ sideOpen: false })
  if (!section.place) return
  // A page that is open already is shown as it was left, not started anew.
  const open = tabs().open.find((tab) => tab.key === placeKey(section.place as Place))
  if (open) showTab(open.key)
  else go(section.place, { keep: true })
}

export function Rail() {
  return (
    <nav
      aria-label="Sections"
      data-region="rail"
      class="flex shrink-0 items-center gap-1 border-line max-md:gap-0 bg-side max-md:order-last max-md:h-13 max-md:justify-around max-md:border-t max-md:px-1 md:w-12 md:flex-col md:border-r md:py-2"
    >
      <a
        href="/"
        tabindex="-1"
        aria-hidden="true"
        class="mb-2 inline-flex size-9 items-center justify-center text-accent max-md:hidden"
      >
        <CairnMark size={24} />
      </a>
      <For each={sections}>{(section) => <RailButton section={section} />}</For>
      <div class="flex-1 max-md:hidden" />
      <Hinted label="Keyboard shortcuts" hint={hintOf('help.shortcuts')} side="right">
        {(trigger) => (
          <button
            {...trigger}
            type="button"
            aria-label="Keyboard shortcuts"
            class={`${button} max-md:hidden`}
            onClick={() => runCommand('help.shortcuts')}
          >
            <Keyboard size={18} />
          </button>
        )}
      </Hinted>
      <RailButton section={settingsSection} />
    </nav>
  )
}

const button =
  'relative inline-flex size-9 items-center justify-center rounded-lg text-dim transition-colors duration-75 hover:bg-hover hover:text-ink max-md:h-11 max-md:w-auto max-md:min-w-0 max-md:flex-1'

function RailButton(props: { section: Section }) {
  const current = () => props.section.kinds.includes(place().kind)
  const open = () => props.section.panel !== null && panels().sideOpen && panels().side === props.section.panel
  const look = () => ({ 'bg-selected text-ink': current(), 'bg-hover text-ink': open() && !current() })
  const inside = () => (
    <>
      <span
        class="absolute rounded-full bg-accent max-md:top-0 max-md:h-0.5 max-md:w-5 md:-left-1.5 md:h-4 md:w-0.5"
        classList={{ hidden: !current() }}
      />
      {props.section.icon(19)}
    </>
  )
  return (
    <Hinted label={props.section.title} hint={hintOf(`go.${props.section.id}`)} side={narrow() ? 'top' : 'right'}>
      {(trigger) => (
        <Show
          when={props.section.place}
          fallback={
            <button
              {...trigger}
              type="button"
              aria-label={props.section.title}
              aria-expanded={open()}
              class={button}
              classList={look()}
              onClick={() => openSection(props.section)}
            >
              {inside()}
            </button>
          }
        >
          {(to) => (
            <a
              {...(trigger as ComponentProps<'a'>)}
              href={placeUrl(to())}
              aria-label={props.section.title}
              aria-current={current() ? 'page' : undefined}
              class={button}
              classList={look()}
              onClick={(event) => {
                if (event.ctrlKey || event.metaKey || event.shiftKey) return
                event.preventDefault()
                openSection(props.section)
              }}
            >
              {inside()}
            </a>
          )}
        </Show>
      )}
    </Hinted>
  )
}
