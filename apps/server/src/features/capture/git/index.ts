/**
 * Git: the repositories below the roots, what happened in them, where each stands.
 * Tables: git_repository, git_events. Passages: `commit`. Jobs: git.scan, git.forget. Events: git.committed, git.moved,
 * git.repositories_changed, git.forgotten.
 * Invariant: repositories are read, never written, and nothing that one names (hook, filter, monitor, program, transport)
 * is ever run.
 */
import { git as operations } from '@cairn/api/git'
import { type Feature, handle } from '../../../kernel/feature.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import { tallied } from '../../../kernel/tallies.ts'
import type { Capture } from '../../ground/capture/index.ts'
import type { Roots } from '../../ground/roots/index.ts'
import type { Files } from '../files/index.ts'
import { eraseModule } from './erase-store.ts'
import { makeGitFollowing } from './follow.ts'
import { gitJobs } from './jobs.ts'
import { commitPassages } from './passages.ts'
import { makeRunGit } from './run.ts'
import { makeGitService } from './service.ts'

export type Git = ReturnType<typeof makeGit>

export function makeGit(
  kernel: Pick<Kernel, 'clock' | 'config' | 'log' | 'scope'>,
  roots: Roots,
  files: Files,
  capture: Pick<Capture, 'rules'>,
) {
  const runGit = makeRunGit(kernel.config.searchPath)
  const service = makeGitService({ clock: kernel.clock, roots, locate: files.locate, runGit })
  const following = makeGitFollowing({ kernel, roots, files, service })
  files.annotateWith(service.annotate)

  const feature: Feature = {
    name: 'git',
    tables: ['git_repository', 'git_events'],
    erase: eraseModule,
    operations: handle(operations, {
      events: (call) => service.events(call, call.input),
      repositories: (call) => service.list(call, call.input),
    }),
    jobs: gitJobs({ service, following, roots, capture }),
    passages: [commitPassages(roots)],
    refer: {
      commit: async (scope, ids) => {
        const rows = ids.length > 0 ? await service.eventsByIds(scope, ids) : []
        return rows.map((row) => ({
          id: row.id,
          title: row.message?.split('\n')[0]?.slice(0, 200) ?? row.ref ?? '',
          uri: `commit:${row.sha ?? row.id}`,
        }))
      },
    },
    tallies: ['commits'],
    counts: async (scope) => ({ repositories: await service.count(scope), commits: await tallied(scope, 'commits') }),
    listens: {
      'capture.resumed': (event) => {
        if (event.data.target !== 'site') void following.resume(event.workspace, event.data.root)
      },
      // A folder with a `.git` came or went, or a root was scanned for the first time.
      'files.changed': (event) => {
        if (Number(event.data.repositories) > 0) void following.look(event.workspace, event.subject, false)
      },
    },
    async start() {
      await following.start()
      return () => following.stop()
    },
  }
  return { ...service, feature }
}
