/** Settings: one page, its sections beside it. */
import { type Component, For } from 'solid-js'
import { lazily } from '../../ui/lazily.tsx'
import { Dynamic } from 'solid-js/web'
import type { ViewOf } from '../../shell/view.ts'

const sections: { id: string; title: string; view: Component }[] = [
  { id: 'models', title: 'Models', view: lazily(() => import('./models.tsx')) },
  { id: 'keys', title: 'API keys', view: lazily(() => import('./keys.tsx')) },
  { id: 'folders', title: 'Folders', view: lazily(() => import('./folders.tsx')) },
  { id: 'privacy', title: 'Privacy', view: lazily(() => import('./privacy.tsx')) },
  { id: 'bundles', title: 'Export and import', view: lazily(() => import('../bundles/settings.tsx')) },
  { id: 'names', title: 'Names', view: lazily(() => import('./names.tsx')) },
  { id: 'shortcuts', title: 'Shortcuts', view: lazily(() => import('./shortcuts.tsx')) },
  { id: 'appearance', title: 'Appearance', view: lazily(() => import('./appearance.tsx')) },
  { id: 'about', title: 'About', view: lazily(() => import('./about.tsx')) },
]

export default function SettingsPage(props: ViewOf<'settings'>) {
  const current = () => sections.find((one) => one.id === props.place.section) ?? sections[0]
  return (
    <div class="flex min-h-0 flex-1 max-md:flex-col">
      <nav aria-label="Settings" class="shrink-0 border-line max-md:border-b md:w-48 md:border-r">
        <h1 class="px-4 pt-4 pb-2 text-sm font-semibold max-md:hidden">Settings</h1>
        <ul class="flex gap-px px-2 max-md:overflow-x-auto max-md:py-1.5 md:flex-col">
          <For each={sections}>
            {(section) => (
              <li>
                <a
                  href={`/settings/${section.id}`}
                  aria-current={current() === section ? 'page' : undefined}
                  class="ring-inside flex h-7.5 items-center rounded-md px-2.5 text-sm whitespace-nowrap text-dim hover:bg-hover hover:text-ink aria-[current]:bg-selected aria-[current]:text-ink"
                >
                  {section.title}
                </a>
              </li>
            )}
          </For>
        </ul>
      </nav>
      <div class="min-h-0 min-w-0 flex-1 overflow-y-auto">
        <div class="mx-auto max-w-180 px-5 py-6">
          <Dynamic component={current()?.view} />
        </div>
      </div>
    </div>
  )
}
