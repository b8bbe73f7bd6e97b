/**
 * Privacy: erasing for good, with a receipt that proves it. Tables: privacy_delete, privacy_retention. Jobs:
 * privacy.delete, privacy.retain. Events: privacy.requested, privacy.erased, privacy.retained,
 * privacy.retention_changed; none says of what.
 * Invariants: what is erased and what the receipt counts are one transaction, so a delete that was cut off goes on where
 * it was and ends the same; what was erased is not named once it is gone, not here either.
 */
import { privacy as operations } from '@cairn/api/privacy'
import { type Feature, handle } from '../../../kernel/feature.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import { deleteJob } from './delete.ts'
import { eraseModule } from './erase-store.ts'
import { makeRetention } from './retention.ts'
import { makePrivacyService, type Workspaces } from './service.ts'

export type PrivacyKernel = Pick<Kernel, 'blobs' | 'clock' | 'config' | 'database' | 'jobs' | 'passages'>

/** `features` are all features built before. */
export function makePrivacyFeature(
  kernel: PrivacyKernel,
  workspaces: Workspaces,
  features: readonly Feature[],
): { feature: Feature } {
  const parts = [...features, { name: 'answers', erase: eraseModule, retain: eraseModule }]
  const erasers = parts.flatMap(({ name, erase }) => (erase ? [{ feature: name, module: erase.href }] : []))
  const retainers = parts.flatMap(({ name, retain }) => (retain ? [{ feature: name, module: retain.href }] : []))
  const retention = makeRetention({ ...kernel, erasers, retainers })
  const service = makePrivacyService({ clock: kernel.clock, workspaces, erasers })
  const feature: Feature = {
    name: 'privacy',
    tables: ['privacy_delete', 'privacy_retention'],
    operations: handle(operations, {
      preview: (call) => service.preview(call, call.input),
      delete: (call) => call.write((tx) => service.request(tx, call.input)),
      listReceipts: (call) => service.list(call, call.input),
      getReceipt: (call) => service.get(call, call.input.id),
      retention: (call) => retention.list(call),
      setRetention: (call) => retention.change(call, call.input.rule, call.input.days),
      applyRetention: (call) => call.write(retention.request),
    }),
    jobs: [deleteJob(kernel, erasers), retention.job],
  }
  return { feature }
}
