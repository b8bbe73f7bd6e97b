/** Rules of imports. */
import { fail } from '@cairn/api/errors'
import type { BrowserName, HistorySource } from '@cairn/api/imports'
import type { Scope } from '../../../kernel/scope.ts'
import { bookmarksJob } from './bookmarks/job.ts'
import { historyJob } from './job.ts'
import { locate } from './locate.ts'
import { findProfiles, type System } from './places.ts'
import { sound } from './problem.ts'

export type ImportParts = {
  mode: string
  system: System
  workspaces: { isPersonal(scope: Pick<Scope, 'workspace' | 'db'>): Promise<boolean> }
}

export function makeImportService({ mode, system, workspaces }: ImportParts) {
  /** On a server for several people nobody names paths of its disk. */
  function assertLocal(operation: string): void {
    if (mode !== 'local') throw fail('CALLER_NOT_ALLOWED', { operation, callers: 'people on their own machine' })
  }

  /** Asks for the import of a history. PROFILE_NOT_READABLE for what can be seen at once; the rest ends the job. */
  async function history(scope: Scope, input: { source: HistorySource; path?: string }): Promise<{ job_id: string }> {
    assertLocal('imports.history')
    if (!(await workspaces.isPersonal(scope))) throw fail('WORKSPACE_NOT_PERSONAL')
    const { file } = sound(await locate(system, input.source, input.path))
    const job_id = await scope.write((tx) => tx.enqueue({ ...historyJob, input: { source: input.source, file } }))
    return { job_id }
  }

  /** Asks for the import of a profile's bookmarks. PROFILE_NOT_READABLE for what can be seen at once. */
  async function bookmarks(scope: Scope, input: { source: BrowserName; path?: string }): Promise<{ job_id: string }> {
    assertLocal('imports.bookmarks')
    if (!(await workspaces.isPersonal(scope))) throw fail('WORKSPACE_NOT_PERSONAL')
    const { file } = sound(await locate(system, input.source, input.path, 'bookmarks'))
    const job_id = await scope.write((tx) => tx.enqueue({ ...bookmarksJob, input: { source: input.source, file } }))
    return { job_id }
  }

  /** The browser profiles on this machine, by browser. */
  async function profiles() {
    assertLocal('imports.profiles')
    return { items: await findProfiles(system, 'history') }
  }

  return { history, bookmarks, profiles }
}
