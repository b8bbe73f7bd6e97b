/** Signals that are kept in this browser's storage, and follow what other windows store there. */
import { type Accessor, createRoot, createSignal } from 'solid-js'

/** `restore` checks what was stored; the fallback serves where nothing was, or nothing can be. */
export function stored<T>(
  name: string,
  fallback: T,
  restore: (value: unknown) => T,
): [Accessor<T>, (value: T) => void] {
  return createRoot(() => {
    const [value, setValue] = createSignal<T>(readStored(name, fallback, restore), { equals: false })
    addEventListener('storage', (change) => {
      if (change.key === name) setValue(() => readStored(name, fallback, restore))
    })
    return [
      value,
      (next: T) => {
        setValue(() => next)
        write(name, next)
      },
    ]
  })
}

/** What is stored under a name, checked by `restore`; the fallback where nothing is, or it is broken. */
export function readStored<T>(name: string, fallback: T, restore: (value: unknown) => T): T {
  try {
    const text = localStorage.getItem(name)
    return text === null ? fallback : restore(JSON.parse(text))
  } catch {
    return fallback
  }
}

/** Keeps a value; a full or closed storage only means that it is not kept. */
export function write(name: string, value: unknown): void {
  try {
    localStorage.setItem(name, JSON.stringify(value))
  } catch {
    // Private windows and full disks: the workbench works without.
  }
}
