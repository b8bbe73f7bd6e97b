import { shape } from '@cairn/api/shapes'
import type { Clock } from '../../../kernel/clock.ts'
import { job } from '../../../kernel/jobs/definition.ts'
import { told } from './service.ts'
import { deleteOver } from './store.ts'

/** Ends pauses whose time is up, and says so. What is asked in between knows that they are over without it. */
export const resumeJob = (clock: Clock) =>
  job({
    type: 'capture.resume',
    input: shape({}),
    quiet: true,
    upkeep: true,
    run: ({ scope }) =>
      scope.write(async (tx) => {
        const over = await deleteOver(tx, clock.now())
        for (const which of over) tx.event({ type: 'capture.resumed', subject: tx.workspace, data: told(which) })
        return { resumed: over.length }
      }),
  })
