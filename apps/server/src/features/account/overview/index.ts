/**
 * Overview: the shape of a workspace's memory, out of every feature's `counts`, and how it grew, out of their `tallies`.
 * Tables: none. Events: none. Invariant: storage is measured at most every five minutes, unless somebody asks for it.
 */
import { overview as api } from '@cairn/api/overview'
import { iso } from '../../../kernel/clock.ts'
import { type Feature, handle } from '../../../kernel/feature.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { readActivity } from './activity.ts'
import { measureStorage } from './storage.ts'

const storageLives = 300_000

/** `features` are all features built before. */
export function makeOverviewFeature(kernel: Kernel, features: readonly Feature[]): { feature: Feature } {
  let measured: { at: number; parts: Record<string, number> } | undefined
  const kinds = features.flatMap(({ tallies }) => tallies ?? [])

  async function storage(exact: boolean) {
    const now = kernel.clock.now()
    if (exact || !measured || now - measured.at > storageLives)
      measured = { at: now, parts: await measureStorage(kernel) }
    return measured
  }

  async function counts(scope: Scope): Promise<Record<string, number>> {
    const all = await Promise.all(features.map(async (feature) => (await feature.counts?.(scope)) ?? {}))
    return Object.assign({}, ...all) as Record<string, number>
  }

  const feature: Feature = {
    name: 'overview',
    tables: [],
    operations: handle(api, {
      get: async (call) => {
        const [found, { at, parts }, index, jobs] = await Promise.all([
          counts(call),
          storage(call.input.exact ?? false),
          kernel.passages.health(call),
          kernel.jobs.counts(call),
        ])
        return {
          counts: found,
          storage: parts,
          storage_at: iso(at),
          jobs,
          index,
          sidecar: kernel.sidecar.status().state,
          version: kernel.version,
        }
      },
      activity: (call) => readActivity(call, kernel.clock, kinds, call.input),
    }),
  }
  return { feature }
}
