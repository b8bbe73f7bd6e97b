import { createRoot, createSignal } from 'solid-js'
import { close, panels, setPanels } from '../../lib/layout.ts'

/** A thread or a tab that is to be erased, and what it is called. */
export type Picked = { kind: 'thread' | 'tab'; id: string; name: string }

const [erasing, setErasing] = createRoot(() => createSignal<{ picked: Picked | null } | null>(null))
export { erasing }
/** Asks what to erase, or whether to erase what was picked. */
export const openErase = (picked: Picked | null = null) => setErasing({ picked })
export const closeErase = () => setErasing(null)

/** A thread that is being erased is not shown any longer. */
export function leaveThread(id: string): void {
  close(`thread:${id}`)
  if (panels().askThread === id) setPanels({ askThread: null })
}
