/**
 * Tasks: what is to be done, by a person or by an agent, and where it stands on the board.
 * Tables: tasks, task_events. Passages: `task`. Jobs: tasks.detach.
 * Events: task.created, task.changed, task.cancelled, task.removed, task.noted, tasks.changed; none carries content.
 * Invariant: a cancelled or removed task has no job that goes on, and a task never hangs below itself.
 */
import { openTaskStatuses, tasks as operations } from '@cairn/api/tasks'
import { type Feature, handle } from '../../../kernel/feature.ts'
import { seenVersion } from '../../../kernel/gate/etag.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import { tallied } from '../../../kernel/tallies.ts'
import type { Workspaces } from '../../ground/workspaces/service.ts'
import type { Threads } from '../threads/index.ts'
import { readDate } from './dates.ts'
import { eraseModule } from './erase-store.ts'
import { detachJob } from './jobs.ts'
import { taskPassages } from './passages.ts'
import { makeTaskService } from './service.ts'
import { countTasks, hasTasksOf, tasksByIds } from './store.ts'
import { portableTasks } from './portable.ts'

export type Tasks = ReturnType<typeof makeTasks>

export function makeTasks(kernel: Pick<Kernel, 'clock' | 'jobs'>, workspaces: Workspaces, threads: Threads) {
  const service = makeTaskService({ jobs: kernel.jobs, threads, workspaces })
  const feature: Feature = {
    name: 'tasks',
    tables: ['tasks', 'task_events'],
    erase: eraseModule,
    operations: handle(operations, {
      list: (call) => service.list(call, call.input),
      create: (call) => call.write((tx) => service.create(tx, call.input)),
      date: async (call) => readDate(call.input.text, call.input.zone, kernel.clock.now()),
      change: (call) => {
        const { ids, ...change } = call.input
        return call.write((tx) => service.change(tx, ids, change))
      },
      get: (call) => service.get(call, call.input.id),
      update: (call) => {
        const { id, ...patch } = call.input
        return call.write((tx) => service.update(tx, id, patch, seenVersion(call)))
      },
      move: (call) => {
        const { id, ...spot } = call.input
        return call.write((tx) => service.move(tx, id, spot))
      },
      remove: (call) => {
        const { id, purge } = call.input
        const seen = seenVersion(call)
        return call.write<Awaited<ReturnType<typeof service.cancel | typeof service.purge>>>((tx) =>
          purge ? service.purge(tx, id, seen) : service.cancel(tx, id, seen),
        )
      },
      events: (call) => service.events(call, call.input.task_id, call.input),
      addEvent: (call) => {
        const { task_id, ...entry } = call.input
        return call.write((tx) => service.addEvent(tx, task_id, entry))
      },
    }),
    jobs: [detachJob],
    portable: portableTasks,
    passages: [taskPassages],
    refer: {
      task: async (scope, ids) => {
        const rows = ids.length > 0 ? await tasksByIds(scope, ids) : []
        return rows.map(({ id, title }) => ({ id, title, uri: `task:${id}` }))
      },
    },
    forget: async (tx, { kind, id }) => {
      // What is to be done stays to be done.
      if (kind === 'thread' && (await hasTasksOf(tx, id))) {
        await tx.enqueue({ type: 'tasks.detach', input: { thread: id } })
      }
      return {}
    },
    tallies: ['tasks_done'],
    counts: async (scope) => ({
      tasks: await tallied(scope, 'tasks'),
      open_tasks: await countTasks(scope, openTaskStatuses),
    }),
  }
  return { ...service, feature }
}
