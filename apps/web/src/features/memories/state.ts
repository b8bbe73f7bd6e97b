import type { Memory } from '@cairn/api/memories'
import { createRoot, createSignal } from 'solid-js'

/** What the dialog begins with; with `memory` it changes that one. */
export type Remembering = { key?: string; value?: string; source?: string; memory?: Memory }
const [remembering, setRemembering] = createRoot(() => createSignal<Remembering | null>(null))
export { remembering }
export const openRemember = (start: Remembering = {}) => setRemembering(start)
export const closeRemember = () => setRemembering(null)
