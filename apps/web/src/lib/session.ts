/** Who is here and in which workspace. */
import { createEffect } from 'solid-js'
import { enterWorkspace } from './layout.ts'
import { useRead } from './queries.ts'
import { readStored, write } from './stored.ts'

const last = 'cairn.workspace'

/** Enters the workspace that was open last at once, and the real one as soon as it is known. */
export function openWorkspace(): void {
  const before = readStored(last, 'default', (value) => (typeof value === 'string' ? value : 'default'))
  enterWorkspace(before)
  const list = useRead('workspaces', 'list', () => ({}))
  createEffect(() => {
    const current = list.data?.items[0]
    if (!current || current.id === readStored(last, '', String)) return
    write(last, current.id)
    enterWorkspace(current.id)
  })
}

/** The workspace that this page shows. */
export function useWorkspace() {
  const list = useRead('workspaces', 'list', () => ({}))
  return () => list.data?.items[0]
}
