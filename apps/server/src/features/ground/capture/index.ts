/**
 * Capture: what is taken in, and where it was told to stop. Tables: capture_pause, capture_text. Jobs: capture.resume.
 * Events: capture.paused, capture.resumed, capture.changed; none names a site.
 * Invariant: whatever takes something in by itself (visits, tabs, files, commits) asks `rules` here first, and only here.
 */
import { capture as operations } from '@cairn/api/capture'
import { type Feature, handle } from '../../../kernel/feature.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import type { Roots } from '../roots/index.ts'
import { eraseModule } from './erase-store.ts'
import { resumeJob } from './jobs.ts'
import { makeCaptureService } from './service.ts'
import { portableCapture } from './portable.ts'

export type Capture = ReturnType<typeof makeCapture>
export type { CaptureRules } from './rules.ts'

export function makeCapture(kernel: Pick<Kernel, 'clock'>, roots: Pick<Roots, 'all' | 'row'>) {
  const service = makeCaptureService({ clock: kernel.clock, roots })
  const feature: Feature = {
    name: 'capture',
    tables: ['capture_pause', 'capture_text'],
    erase: eraseModule,
    operations: handle(operations, {
      get: (call) => service.status(call),
      pause: (call) => call.write((tx) => service.pause(tx, call.input)),
      resume: (call) => call.write((tx) => service.resume(tx, call.input)),
      setPageText: (call) => call.write((tx) => service.setPageText(tx, call.input)),
    }),
    portable: portableCapture,
    jobs: [resumeJob(kernel.clock)],
  }
  return { ...service, feature }
}
