/** Light, dark, or as the system says. `public/theme.js` applies it before the first paint. */
import { createRoot, createSignal } from 'solid-js'

export type Theme = 'system' | 'light' | 'dark'

const read = (): Theme => {
  const chosen = document.documentElement.dataset.theme
  return chosen === 'light' || chosen === 'dark' ? chosen : 'system'
}
const [theme, set] = createRoot(() => createSignal<Theme>(read()))
export { theme }

export function setTheme(next: Theme): void {
  set(next)
  if (next === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = next
  try {
    if (next === 'system') localStorage.removeItem('cairn.theme')
    else localStorage.setItem('cairn.theme', next)
  } catch {
    // Not kept, still applied.
  }
}

const prefersDark = matchMedia('(prefers-color-scheme: dark)')
export const isDark = () => (theme() === 'system' ? prefersDark.matches : theme() === 'dark')
