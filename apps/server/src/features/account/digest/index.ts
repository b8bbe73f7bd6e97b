/**
 * Digest: what waits for a person, and what was done while they were away, out of tasks, jobs and repositories.
 * Tables: none. Events: none. Invariant: a repository that cannot be read is named, and holds up nothing else.
 */
import { digest as operations } from '@cairn/api/digest'
import { type Feature, handle } from '../../../kernel/feature.ts'
import { type DigestParts, makeDigestService } from './service.ts'

export function makeDigestFeature(parts: DigestParts): { feature: Feature } {
  const { get } = makeDigestService(parts)
  return {
    feature: { name: 'digest', tables: [], operations: handle(operations, { get: (call) => get(call, call.input) }) },
  }
}
