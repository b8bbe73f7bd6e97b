/**
 * Tasks: what is to be done, by a person or by an agent, and where it stands on the board.
 * Tables: tasks, task_events, task_suggestion. Passages: `task`. Jobs: tasks.detach, tasks.find, tasks.purge.
 * Events: task.created, task.changed, task.cancelled, task.removed, task.noted, task.suggested, task.suggestion_dismissed,
 * tasks.changed; none carries content.
 * Invariant: what is suggested is no task until a person says so, a cancelled or removed task has no job that goes on, and a task never hangs below itself.
 */
import { openTaskStatuses, tasks as operations } from '@cairn/api/tasks'
import { type Feature, handle } from '../../../kernel/feature.ts'
import { seenVersion } from '../../../kernel/gate/etag.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import type { Message } from '@cairn/api/threads'
import type { Tx } from '../../../kernel/scope.ts'
import type { Capture } from '../../ground/capture/index.ts'
import type { Models } from '../../ground/models/index.ts'
import { tallied } from '../../../kernel/tallies.ts'
import type { Workspaces } from '../../ground/workspaces/service.ts'
import type { Threads } from '../threads/index.ts'
import { dateReader, type Speaker } from './dates.ts'
import { eraseModule } from './erase-store.ts'
import { mayHoldTask } from './finding.ts'
import { detachJob, findJob } from './jobs.ts'
import { taskPassages } from './passages.ts'
import { makePurge } from './purge.ts'
import { makeTaskService } from './service.ts'
import { countTasks, hasTasksOf, tasksByIds } from './store.ts'
import { makeSuggestions } from './suggestions.ts'
import { deleteOfThread } from './suggestions-store.ts'
import { portableTasks } from './portable.ts'

const none: Record<string, number> = {}

export type Tasks = ReturnType<typeof makeTasks>

type Needs = { workspaces: Workspaces; threads: Threads; models: Models; capture: Pick<Capture, 'rules'> }

export function makeTasks(
  kernel: Pick<Kernel, 'clock' | 'jobs' | 'config'>,
  { workspaces, threads, models, capture }: Needs,
) {
  const home = kernel.config.timeZone
  const service = makeTaskService({ jobs: kernel.jobs, threads, workspaces })
  const purging = makePurge({ jobs: kernel.jobs, threads, stopJobs: service.stopJobs })
  const suggestions = makeSuggestions(service)
  const feature: Feature = {
    name: 'tasks',
    tables: ['tasks', 'task_events', 'task_suggestion'],
    erase: eraseModule,
    operations: handle(operations, {
      list: (call) => service.list(call, call.input),
      create: (call) => call.write((tx) => service.create(tx, call.input)),
      date: async (call) => {
        const { text, zone = home, languages } = call.input
        const read = await dateReader({ zone, languages })
        return read(text, kernel.clock.now())
      },
      change: (call) => {
        const { ids, ...change } = call.input
        return call.write((tx) => service.change(tx, ids, change))
      },
      listSuggestions: (call) => suggestions.list(call, call.input),
      acceptSuggestion: (call) => {
        const { id, ...given } = call.input
        return call.write((tx) => suggestions.accept(tx, id, given))
      },
      dismissSuggestion: (call) => call.write((tx) => suggestions.dismiss(tx, call.input.id)),
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
        return purge ? purging.purge(call, id, seen) : call.write((tx) => service.cancel(tx, id, seen))
      },
      events: (call) => service.events(call, call.input.task_id, call.input),
      addEvent: (call) => {
        const { task_id, ...entry } = call.input
        return call.write((tx) => service.addEvent(tx, task_id, entry))
      },
    }),
    jobs: [detachJob, purging.purgeJob, findJob({ suggestions, threads, models, capture, home })],
    portable: portableTasks,
    passages: [taskPassages],
    refer: {
      task: async (scope, ids) => {
        const rows = ids.length > 0 ? await tasksByIds(scope, ids) : []
        return rows.map(({ id, title }) => ({ id, title, uri: `task:${id}` }))
      },
    },
    forget: async (tx, { kind, id }) => {
      if (kind !== 'thread') return {}
      // What is to be done stays to be done; what was only suggested goes.
      if (await hasTasksOf(tx, id)) await tx.enqueue({ type: 'tasks.detach', input: { thread: id } })
      const gone = await deleteOfThread(tx, id)
      return gone > 0 ? { task_suggestions: gone } : none
    },
    tallies: ['tasks_done'],
    counts: async (scope) => ({
      tasks: await tallied(scope, 'tasks'),
      open_tasks: await countTasks(scope, openTaskStatuses),
    }),
  }
  /** Looks for things to do in what a person said, in a job of its own; nothing to do for what only asks. */
  async function look(tx: Tx, message: Pick<Message, 'id' | 'content'>, { zone, languages }: Partial<Speaker>) {
    if (!mayHoldTask(message.content)) return
    const input = { message_id: message.id, ...(zone !== undefined && { zone }), ...(languages && { languages }) }
    await tx.enqueue({ type: 'tasks.find', input, unique: message.id, priority: 0 })
  }
  return { ...service, look, feature }
}
