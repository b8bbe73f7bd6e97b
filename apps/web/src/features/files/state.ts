/** Which folders of the tree are open. Kept in this browser. */
import { createMemo, createRoot, createSignal } from 'solid-js'
import { stored } from '../../lib/stored.ts'

const [kept, setOpened] = stored<readonly string[] | null>('cairn.tree', null, (value) =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string').slice(0, 2_000) : null,
)
const opened = createRoot(() => createMemo(() => new Set(kept() ?? [])))

/** Someone who has never touched the tree sees into the first folder. */
export function openFirst(root: string): void {
  if (kept() === null) setOpened([keyOf(root, '')])
}

const keyOf = (root: string, path: string) => `${root}:${path}`
export const isOpen = (root: string, path: string) => opened().has(keyOf(root, path))

export function setFolder(root: string, path: string, open: boolean): void {
  const key = keyOf(root, path)
  if (open === opened().has(key)) return
  setOpened(open ? [...opened(), key] : [...opened()].filter((one) => one !== key))
}

/** Opens every folder on the way to a file. */
export function reveal(root: string, path: string): void {
  const parts = path.split('/').slice(0, -1)
  const keys = ['', ...parts.map((_, at) => parts.slice(0, at + 1).join('/'))].map((folder) => keyOf(root, folder))
  const missing = keys.filter((key) => !opened().has(key))
  if (missing.length > 0) setOpened([...opened(), ...missing])
}

export const closeAllFolders = () => setOpened([])

/** The row of the tree that had the focus last. */
const [roving, setRoving] = createRoot(() => createSignal<string | null>(null))
export { roving, setRoving }
