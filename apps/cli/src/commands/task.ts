import { openTaskStatuses, type Task, taskStatuses, type TaskStatus } from '@cairn/api/tasks'
import type { Command } from 'commander'
import { type Context, makeContext, UsageError, whole } from '../context.ts'
import { coloured, day, oneLine, pc, speaker } from '../text.ts'

const priorities = ['low', 'medium', 'high', 'urgent'] as const

type Common = { json?: boolean; workspace?: string }
type AddOptions = Common & {
  due?: string
  priority?: string
  project?: string
  tag?: string[]
  assignee?: string
  note?: string
}
type ListOptions = Common & {
  status?: string[]
  all?: boolean
  project?: string
  assignee?: string
  tag?: string
  due?: boolean
  limit: number
}

/** `cairn task add|list|done`: what is to be done. */
export function addTask(program: Command): void {
  const task = program.command('task').description('what is to be done: add, list, done')

  task
    .command('add')
    .argument('<words...>', 'title; a date in it becomes the time it is due: "Call Anna tomorrow 9:00"')
    .description('write a task down')
    .option('--due <when>', 'in words or as a date; then the title is taken as it is')
    .option('--priority <priority>', priorities.join(', '))
    .option('--project <name>', 'body of work that it belongs to')
    .option('--tag <tag...>', 'one or more words')
    .option('--assignee <who>', 'me, person:<id> or agent:<name>')
    .option('--note <text>', 'more about it')
    .action(async (words: string[], _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<AddOptions>()
      const context = makeContext(options)
      const made = await context.api.tasks.create({
        ...(await titleAndDue(context, words.join(' '), options.due)),
        ...(options.priority && { priority: priorityOf(options.priority) }),
        ...(options.project && { project: options.project }),
        ...(options.tag && { tags: options.tag }),
        ...(options.assignee && { assignee: options.assignee }),
        ...(options.note && { description: options.note }),
      })
      context.print(made, () => lineOf(made))
    })

  task
    .command('list')
    .description('open tasks, newest first')
    .option('--status <status...>', taskStatuses.join(', '))
    .option('--all', 'closed ones, too')
    .option('--due', 'only those with a time they are due, soonest first')
    .option('--project <name>', 'of one body of work')
    .option('--assignee <who>', 'me, none, person:<id> or agent:<name>')
    .option('--tag <tag>', 'with this tag')
    .option('--limit <n>', 'how many', whole, 50)
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<ListOptions>()
      const context = makeContext(options)
      const status = options.status ?? (options.all ? undefined : [...openTaskStatuses])
      const { items, next_cursor } = await context.api.tasks.list({
        limit: options.limit,
        ...(status && { status: status as TaskStatus[] }),
        ...(options.due && { order: 'due' as const }),
        ...(options.project && { project: options.project }),
        ...(options.assignee && { assignee: options.assignee }),
        ...(options.tag && { tag: options.tag }),
      })
      context.print({ items, next_cursor }, () => (items.length > 0 ? items.map(lineOf) : 'Nothing to do.'))
    })

  task
    .command('done')
    .argument('<ids...>', 'as `cairn task list` prints them')
    .description('mark tasks as completed')
    .action(async (ids: string[], _options: unknown, command: Command) => {
      const context = makeContext(command.optsWithGlobals())
      const { items } = await context.api.tasks.change({ ids, status: 'completed' })
      context.print({ items }, () => items.map(lineOf))
    })
}

async function titleAndDue({ api }: Context, words: string, due: string | undefined) {
  const read = await api.tasks.date({ text: due ?? words, ...speaker })
  if (due !== undefined) {
    if (read.due_at === null) throw new UsageError(`"${due}" holds no date. Try "tomorrow 9:00" or "2026-12-01 14:00".`)
    return { title: words, due_at: read.due_at }
  }
  // A title that is nothing but a date stays a title.
  return read.due_at === null || read.title === '' ? { title: words } : { title: read.title, due_at: read.due_at }
}

function priorityOf(word: string): number {
  const priority = (priorities as readonly string[]).indexOf(word)
  if (priority < 0) throw new UsageError(`A priority is one of ${priorities.join(', ')}.`)
  return priority
}

function lineOf(task: Task): string {
  const due = task.due_at === null ? '' : `due ${day(task.due_at)}`
  const parts = [
    pc.dim(task.id),
    coloured(task.status),
    oneLine(task.title, 100),
    task.priority === 1 ? '' : (priorities[task.priority] ?? ''),
    due,
    task.project === null ? '' : oneLine(task.project, 40),
    task.tags.map((tag) => `#${oneLine(tag, 50)}`).join(' '),
  ]
  return parts.filter(Boolean).join('  ')
}
