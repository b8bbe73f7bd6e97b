/**
 * A removal that can be taken back: it is hidden at once and done a few seconds later, or when the page is left. The
 * core deletes for good, so the only honest undo is not to have done it yet.
 */
import { createRoot, createSignal } from 'solid-js'

const wait = 6_000
const [hidden, setHidden] = createRoot(() => createSignal<ReadonlySet<string>>(new Set()))
const waiting = new Map<string, () => void>()

/** Is this id on its way out? Lists leave it out. */
export const isLeaving = (id: string) => hidden().has(id)

const show = (id: string) => {
  const rest = new Set(hidden())
  rest.delete(id)
  setHidden(rest)
}

/** Hides an id and removes it later; the answer takes it back. `remove` must do its own telling of failures. */
export function removeLater(id: string, remove: () => Promise<unknown>): () => void {
  setHidden(new Set([...hidden(), id]))
  const act = () => {
    clearTimeout(timer)
    waiting.delete(id)
    void remove().finally(() => setTimeout(() => show(id), 1_500))
  }
  const timer = setTimeout(act, wait)
  waiting.set(id, act)
  return () => {
    clearTimeout(timer)
    waiting.delete(id)
    show(id)
  }
}

addEventListener('pagehide', () => {
  for (const act of waiting.values()) act()
})
