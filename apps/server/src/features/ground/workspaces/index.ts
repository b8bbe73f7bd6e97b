/**
 * Workspaces: the isolation boundary, and who is a member of which.
 * Tables: workspace, member. Events: workspace.changed.
 * Invariant: every person has exactly one personal workspace, and nobody else is ever a member of it.
 */
import { workspaces as api } from '@cairn/api/workspaces'
import { type Feature, handle } from '../../../kernel/feature.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import { makeWorkspaces } from './service.ts'

export function makeWorkspacesFeature(kernel: Kernel) {
  const workspaces = makeWorkspaces(kernel)
  const feature: Feature = {
    name: 'workspaces',
    tables: ['workspace', 'member'],
    operations: handle(api, {
      list: (call) => workspaces.list(call),
      get: (call) => workspaces.get(call, call.input.id),
      update: (call) => call.write((tx) => workspaces.update(tx, call.input.id, call.input)),
    }),
  }
  return { ...workspaces, feature }
}
