/** The ledger's own housekeeping. */
import { shape } from '@cairn/api/shapes'
import { job } from '../../../kernel/jobs/definition.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import { pruneOld } from './service.ts'

export const pruneJob = ({ clock, jobs }: Pick<Kernel, 'clock' | 'jobs'>) =>
  job({
    type: 'jobs.prune',
    input: shape({}),
    quiet: true,
    schedule: { cron: '17 3 * * *', input: {} },
    run: (context) => pruneOld(context, clock.now(), jobs.quiet()),
  })
