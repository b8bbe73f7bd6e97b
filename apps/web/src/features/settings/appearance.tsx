import Monitor from 'lucide-solid/icons/monitor'
import Moon from 'lucide-solid/icons/moon'
import Sun from 'lucide-solid/icons/sun'
import { For, type JSX } from 'solid-js'
import { setTheme, type Theme, theme } from '../../lib/theme.ts'
import { Section } from './parts/section.tsx'

const themes: { id: Theme; title: string; icon: () => JSX.Element }[] = [
  { id: 'system', title: 'As the system', icon: () => <Monitor size={18} /> },
  { id: 'light', title: 'Light', icon: () => <Sun size={18} /> },
  { id: 'dark', title: 'Dark', icon: () => <Moon size={18} /> },
]

export default function AppearanceSettings() {
  return (
    <Section first title="Appearance" note="Kept in this browser.">
      <fieldset class="grid max-w-md grid-cols-3 gap-2">
        <legend class="sr-only">Theme</legend>
        <For each={themes}>
          {(one) => (
            <label class="flex h-20 flex-col items-center justify-center gap-2 rounded-lg text-sm text-dim ring-1 ring-line ring-inset hover:bg-hover has-checked:bg-accent-soft has-checked:text-accent-ink has-checked:ring-2 has-checked:ring-accent has-focus-visible:outline-2 has-focus-visible:outline-accent">
              <input
                type="radio"
                name="theme"
                class="sr-only"
                value={one.id}
                checked={theme() === one.id}
                onChange={() => setTheme(one.id)}
              />
              {one.icon()}
              {one.title}
            </label>
          )}
        </For>
      </fieldset>
    </Section>
  )
}
