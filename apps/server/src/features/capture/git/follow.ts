/** Follows the repositories below the roots in this process: finds them, watches their refs, asks for scans. */

import { system } from '../../../kernel/jobs/settling.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import type { Roots } from '../../ground/roots/index.ts'
import type { Files } from '../files/index.ts'
import type { makeGitService } from './service.ts'
import type { RepositoryRow } from './store.ts'
import { watchRefs } from './watch.ts'

export type FollowParts = {
  kernel: Pick<Kernel, 'log' | 'scope'>
  roots: Pick<Roots, 'byId' | 'everywhere'>
  files: Pick<Files, 'repositories'>
  service: ReturnType<typeof makeGitService>
}
const rescanEvery = 600_000

export function makeGitFollowing({ kernel, roots, files, service }: FollowParts) {
  const watches = new Map<string, { root: string; stop: () => void }>()
  const stopping = new AbortController()
  let rescans: NodeJS.Timeout | undefined
  let tail = Promise.resolve()

  const scopeOf = (workspace: string) => kernel.scope({ workspace, principal: system, signal: stopping.signal })

  /** Looks for repositories below a root, one root after the other; scans those that are new, or all. */
  function look(workspace: string, root: string, all: boolean): Promise<void> {
    tail = tail
      .then(() => lookNow(workspace, root, all))
      .catch((error: unknown) => {
        if (!stopping.signal.aborted) kernel.log.warn({ err: error }, 'Repositories of a folder cannot be looked for')
      })
    return tail
  }

  async function lookNow(workspace: string, id: string, all: boolean): Promise<void> {
    if (stopping.signal.aborted) return
    const scope = scopeOf(workspace)
    const root = await roots.byId(scope, id)
    if (!root) return unwatch(id)
    const found = await service.discover(scope, root, await files.repositories(scope, id))
    const present = new Set(found.map((row) => row.id))
    for (const [repository, watching] of watches) {
      if (watching.root === id && !present.has(repository)) stopWatching(repository)
    }
    const due = found.filter((row) => all || row.state !== 'ready' || !watches.has(row.id))
    for (const row of due) await scope.write((tx) => service.requestScan(tx, row.id))
  }

  /** Watches a repository's refs from now on. */
  function watch(row: RepositoryRow, gitDir: Parameters<typeof watchRefs>[0]): void {
    if (stopping.signal.aborted) return
    stopWatching(row.id)
    const moved = () => {
      const asked = scopeOf(row.workspace).write((tx) => service.requestScan(tx, row.id))
      asked.catch((error: unknown) => {
        if (!stopping.signal.aborted) kernel.log.warn({ err: error }, 'A scan of a repository cannot be asked for')
      })
    }
    watches.set(row.id, { root: row.root, stop: watchRefs(gitDir, moved) })
  }

  function stopWatching(repository: string): void {
    watches.get(repository)?.stop()
    watches.delete(repository)
  }

  function unwatch(root: string): void {
    for (const [repository, watching] of watches) if (watching.root === root) stopWatching(repository)
  }

  async function lookAtAll(): Promise<void> {
    for (const { workspace, id } of await roots.everywhere()) await look(workspace, id, true)
  }

  /** Looks at the repositories of a root again, or at all of a workspace: capture goes on. */
  async function resume(workspace: string, root: unknown): Promise<void> {
    const all = (await roots.everywhere()).filter((one) => one.workspace === workspace)
    for (const { id } of all) if (root === undefined || id === root) await look(workspace, id, true)
  }

  return {
    look,
    resume: (workspace: string, root: unknown) =>
      resume(workspace, root).catch((error: unknown) => {
        kernel.log.warn({ err: error }, 'Repositories cannot be looked at again')
      }),
    watch,
    unwatch,
    start() {
      rescans = setInterval(() => void lookAtAll().catch(() => undefined), rescanEvery).unref()
      return lookAtAll()
    },
    async stop() {
      stopping.abort()
      clearInterval(rescans)
      for (const repository of watches.keys()) stopWatching(repository)
      await tail
    },
  }
}
