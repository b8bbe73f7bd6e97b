import type { GitRepository } from '@cairn/api/git'
import type { Repo } from '@cairn/api/repos'
import type { Root } from '@cairn/api/roots'
import { createEffect, createMemo, createRoot, createSignal } from 'solid-js'
import { api } from '../../lib/api.ts'
import { usePages, useRead } from '../../lib/queries.ts'
import { removeLater } from '../../lib/undo.ts'
import { attempt, say } from '../../ui/notices.tsx'

const [registering, setRegistering] = createRoot(() => createSignal(false))
export { registering }
export const openRegister = () => setRegistering(true)
export const closeRegister = () => setRegistering(false)

/** A repository that was found below a folder, with its absolute path. */
export type Found = GitRepository & { folder: string; name: string }

/** The registered repositories (all: they are registered by hand), and those found below the folders that are not. */
export function useRepos() {
  const registered = usePages('repos', 'list', () => ({ limit: 200 }))
  const repositories = usePages('git', 'repositories', () => ({ limit: 200 }))
  const roots = useRead('roots', 'list', () => ({ limit: 200 }))
  createEffect(() => registered.query.hasNextPage && registered.more())
  const found = createMemo<Found[]>(() => {
    const known = new Set(registered.items().map((repo) => repo.path))
    return repositories.items().flatMap((one) => {
      const root = roots.data?.items.find(({ id }) => id === one.root)
      if (!root) return []
      const folder = below(root, one.path)
      return known.has(folder) ? [] : [{ ...one, folder, name: one.path.split('/').at(-1) || root.name }]
    })
  })
  const waiting = () => registered.query.isPending || repositories.query.isPending || roots.isPending
  return { registered, repositories, roots, found, waiting }
}

/** Absolute path of a folder below a root, in the way of the core's system. */
function below(root: Root, path: string): string {
  if (path === '') return root.path
  const separator = root.path.includes('\\') ? '\\' : '/'
  return root.path.replace(/[\\/]$/, '') + separator + path.replaceAll('/', separator)
}

/** Where a repository lies: its root and the folder below it (empty is the root itself). */
export function placeOf(repo: Repo, roots: readonly Root[]): { root: Root; folder: string } | null {
  const root = roots.find(({ id }) => id === repo.root)
  if (!root) return null
  return { root, folder: repo.path.slice(root.path.length).replaceAll('\\', '/').replace(/^\//, '') }
}

/** Takes it off the list, for a few seconds with a way back. */
export function removeRepo(repo: Repo): void {
  const undo = removeLater(repo.id, () => attempt(() => api.repos.remove({ id: repo.id })))
  say({
    text: `Removed “${repo.name}”`,
    detail: 'Its files and history stay as they are.',
    action: { label: 'Undo', run: undo },
  })
}
