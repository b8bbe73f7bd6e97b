/**
 * Repos: working copies that a person registered for work, with what may be done to them; their status, log, branches.
 * Table: repos. Events: repo.registered, repo.removed.
 * Invariant: a registered repository lies below a root, and commands are argument arrays that its owner wrote down.
 */
import { repos as operations } from '@cairn/api/repos'
import { type Feature, handle } from '../../../kernel/feature.ts'
import type { Git } from '../../capture/git/index.ts'
import type { Roots } from '../../ground/roots/index.ts'
import type { Workspaces } from '../../ground/workspaces/service.ts'
import { eraseModule } from './erase-store.ts'
import { portableRepos } from './portable.ts'
import { makeRepoService } from './service.ts'

export function makeRepos(roots: Roots, git: Git, workspaces: Pick<Workspaces, 'isPersonal'>) {
  const service = makeRepoService({ roots, git, workspaces })
  const feature: Feature = {
    name: 'repos',
    tables: ['repos'],
    erase: eraseModule,
    operations: handle(operations, {
      list: (call) => service.list(call, call.input),
      create: async (call) => {
        const found = await service.inspect(call, call.input)
        return call.write((tx) => service.create(tx, found))
      },
      remove: (call) => call.write((tx) => service.remove(tx, call.input.id)),
      status: (call) => service.status(call, call.input.repo_id),
      log: (call) => service.log(call, call.input),
      branches: (call) => service.branches(call, call.input),
    }),
    portable: [portableRepos(service)],
    refer: {
      repo: async (scope, ids) => {
        const rows = ids.length > 0 ? await service.byIds(scope, ids) : []
        return rows.map(({ id, name, root_path }) => ({ id, title: name, uri: root_path }))
      },
    },
    counts: async (scope) => ({ repos: await service.count(scope) }),
  }
  return { ...service, feature }
}
