/**
 * Search: finding passages of every feature, opening what was found, and the state of the index.
 * Tables: none of its own; passages belong to the kernel. Events: none.
 * Invariant: a hit belongs to the caller's workspace and can be opened at its place.
 */
import { search as operations } from '@cairn/api/search'
import { type Feature, handle } from '../../../kernel/feature.ts'
import type { Kernel } from '../../../kernel/kernel.ts'

type Parts = Pick<Kernel, 'passages' | 'sidecar' | 'scope' | 'log' | 'database'>

export function makeSearch(kernel: Parts, workspaces: { all(): Promise<readonly string[]> }) {
  const { passages } = kernel

  /** Takes up what the index has left to do: after a start, when the sidecar is back, when a model was chosen. */
  const wake = async () => {
    await passages.wake(kernel.scope, await workspaces.all())
  }
  const wakeLater = () => {
    wake().catch((error: unknown) => kernel.log.warn({ err: error }, 'the index could not be woken'))
  }

  const feature: Feature = {
    name: 'search',
    tables: [],
    operations: handle(operations, {
      query: (call) => passages.search(call, call.input),
      rebuild: async (call) => ({ job_id: await passages.rebuild(call, call.input.kinds) }),
      status: (call) => passages.status(call),
      open: (call) => passages.open(call, call.input),
    }),
    counts: passages.counts,
    listens: { 'routes.changed': wakeLater },
    async start() {
      await wake()
      const stop = kernel.sidecar.onChange(({ state }) => {
        if (state === 'up') wakeLater()
      })
      return async () => stop()
    },
  }
  return { wake, feature }
}
