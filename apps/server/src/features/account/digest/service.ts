import type { Digest, StaleBranch } from '@cairn/api/digest'
import { CairnError } from '@cairn/api/errors'
import type { Repo } from '@cairn/api/repos'
import { openTaskStatuses } from '@cairn/api/tasks'
import { type Clock, iso } from '../../../kernel/clock.ts'
import type { Jobs } from '../../../kernel/jobs/jobs.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { dateAt, dayStart, offsetIn } from '../../../kernel/zones.ts'
import type { makeRepos } from '../../act/repos/index.ts'
import type { makeTasks } from '../../remember/tasks/index.ts'
import type { makeJobsFeature } from '../jobs/index.ts'

export type DigestParts = {
  clock: Clock
  quiet: Jobs['quiet']
  jobs: Pick<ReturnType<typeof makeJobsFeature>, 'list'>
  tasks: Pick<ReturnType<typeof makeTasks>, 'list'>
  repos: Pick<ReturnType<typeof makeRepos>, 'list' | 'branches'>
}

const day = 86_400_000
/** Days after today that are soon. */
const soon = 3
/** Repositories and branches of each that are looked at: git is asked for every one. */
const most = { repositories: 50, branches: 100 }
const atOnce = 4

export function makeDigestService({ clock, quiet, jobs, tasks, repos }: DigestParts) {
  async function get(scope: Scope, input: { since?: string; time_zone?: string; limit?: number }): Promise<Digest> {
    const { limit = 10, time_zone = 'UTC' } = input
    const offset = offsetIn(time_zone, '/time_zone')
    const now = clock.now()
    const since = input.since ?? iso(now - day)
    const due = { status: [...openTaskStatuses], order: 'due', limit } as const
    const soonEnds = dayStart(dateAt(now, offset) + (soon + 1) * day, offset)
    const made = { from: since, limit }
    const [overdue, dueSoon, failed, done, branches] = await Promise.all([
      tasks.list(scope, { ...due, due_to: iso(now) }),
      tasks.list(scope, { ...due, due_from: iso(now), due_to: iso(soonEnds) }),
      jobs.list(scope, { ...made, status: ['failed'] }),
      jobs.list(scope, { ...made, status: ['succeeded'], without: quiet() }),
      stale(scope, now - day),
    ])
    return {
      ...{ at: iso(now), since },
      ...{ overdue: first(overdue), due_soon: first(dueSoon), failed_jobs: first(failed), results: first(done) },
      stale_branches: { items: branches.stale.slice(0, limit), more: branches.stale.length > limit },
      unread: branches.unread,
    }
  }

  async function stale(scope: Scope, before: number) {
    const { items } = await repos.list(scope, { limit: most.repositories })
    const found: StaleBranch[] = []
    const unread: Digest['unread'] = []
    const left = [...items]
    const look = async () => {
      for (let repo = left.shift(); repo; repo = left.shift()) {
        try {
          found.push(...(await staleIn(scope, repo, before)))
        } catch (error) {
          if (!(error instanceof CairnError)) throw error
          unread.push({ repo_id: repo.id, repo: repo.name, code: error.code })
        }
      }
    }
    await Promise.all(Array.from({ length: atOnce }, look))
    found.sort((one, other) => (one.branch.committed_at < other.branch.committed_at ? 1 : -1))
    return { stale: found, unread }
  }

  async function staleIn(scope: Scope, { id, name }: Repo, before: number): Promise<StaleBranch[]> {
    const { items } = await repos.branches(scope, { repo_id: id, limit: most.branches })
    return items
      .filter((branch) => !branch.remote && Date.parse(branch.committed_at) < before)
      .filter((branch) => (branch.upstream === null ? !branch.current : (branch.ahead ?? 0) > 0))
      .map((branch) => ({ repo_id: id, repo: name, branch }))
  }

  return { get }
}

const first = <T>({ items, next_cursor }: { items: T[]; next_cursor: string | null }) => ({
  items,
  more: next_cursor !== null,
})
