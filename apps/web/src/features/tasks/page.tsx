/** The board: tasks by status, moved by hand or by keys, as narrow as one likes. */
import type { Task, TaskStatus } from '@cairn/api/tasks'
import Ban from 'lucide-solid/icons/ban'
import Plus from 'lucide-solid/icons/plus'
import SquareKanban from 'lucide-solid/icons/square-kanban'
import Trash from 'lucide-solid/icons/trash'
import { createEffect, createMemo, createSignal, For, Show } from 'solid-js'
import { api, type Input } from '../../lib/api.ts'
import { go } from '../../lib/layout.ts'
import type { Place } from '../../lib/places.ts'
import { readAgain, usePages, useRead } from '../../lib/queries.ts'
import { isLeaving } from '../../lib/undo.ts'
import type { ViewOf } from '../../shell/view.ts'
import { Button } from '../../ui/button.tsx'
import { Empty, Failure, Waiting } from '../../ui/empty.tsx'
import type { MenuItem } from '../../ui/menu.tsx'
import { attempt } from '../../ui/notices.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { nearEnd } from '../../ui/paged-list.tsx'
import { Safe } from '../../ui/safe.tsx'
import { Bulk } from './parts/bulk.tsx'
import { Card } from './parts/card.tsx'
import { Filters } from './parts/filters.tsx'
import { makeNear } from '../../ui/near.ts'
import { neighbourCard, spotAt, spotBeside } from './parts/walk.ts'
import { cancelTask, openNewTask, removeTask } from './state.ts'
import { columns, isOpen, type Lane, laneOf, lanesOf, statusTitle } from './words.ts'

type TasksPlace = Extract<Place, { kind: 'tasks' }>
type Spot = Pick<Input<'tasks', 'move'>, 'before' | 'after' | 'to'>

export default function TasksPage(props: ViewOf<'tasks'>) {
  const person = useRead('users', 'me', () => ({}))
  const me = () => person.data?.id
  const filters = () => {
    const { q, project, assignee } = props.place
    return { ...(q.trim() && { q: q.trim() }), ...(project && { project }), ...(assignee && { assignee }) }
  }
  const lists = columns.map(({ status }) => ({
    status,
    ...usePages('tasks', 'list', () => ({ status: [status], order: 'board' as const, limit: 60, ...filters() })),
  }))
  const all = createMemo(() => lists.flatMap((list) => list.items()).filter((task) => !isLeaving(task.id)))
  /** A lane that was there stays the same one, so that its cards are not made anew. */
  const lanes = createMemo<Lane[]>((before) => {
    const known = new Map(before.map((lane) => [`${lane.key} ${lane.title}`, lane]))
    return lanesOf(all(), props.place.lanes, me()).map((lane) => known.get(`${lane.key} ${lane.title}`) ?? lane)
  }, [])
  let board: HTMLDivElement | undefined
  const { near, ids: nearIds } = makeNear(() => board)
  createEffect(() => {
    const ids = nearIds()
    for (const list of lists) {
      const places = list.items().flatMap(({ id }, at) => (ids.has(id) ? [at] : []))
      list.see([places[0] ?? 0, (places.at(-1) ?? 0) + 1])
    }
  })
  const filtered = () => Object.keys(filters()).length > 0
  const change = (by: Partial<TasksPlace>) => go({ ...props.place, ...by }, { replace: true })

  const [chosen, setChosen] = createSignal<ReadonlySet<string>>(new Set())
  const chosenIds = createMemo(() => all().flatMap(({ id }) => (chosen().has(id) ? [id] : [])))
  const choose = (id: string) => {
    const next = new Set(chosen())
    if (!next.delete(id)) next.add(id)
    setChosen(next)
  }

  const [told, setTold] = createSignal('')
  const [dragged, setDragged] = createSignal<string | null>(null)
  const taskOf = (id: string | null | undefined) => all().find((task) => task.id === id)

  /** Moves a task; a lane of another project or person gives it that one, too. */
  const move = async (task: Task, status: TaskStatus, spot: Spot, lane: string | null = null) => {
    const by = props.place.lanes
    const crosses = lane !== null && laneOf(task, by) !== lane
    const done = await attempt(async () => {
      if (crosses) await api.tasks.change({ ids: [task.id], [by]: lane || null })
      return api.tasks.move({ id: task.id, status, ...spot })
    })
    if (!done) return
    await readAgain('tasks')
    setTold(`${task.title}: ${statusTitle(status)}`)
  }
  /** A card that has just come, or stands out of sight, is drawn a few frames later. */
  const focusCard = (id: string, frames = 20): void =>
    void requestAnimationFrame(() => {
      const link = document.querySelector<HTMLElement>(`[data-task="${id}"]`)
      if (link || frames === 0) return link?.focus()
      document.querySelector(`[data-card="${id}"]`)?.scrollIntoView({ block: 'nearest' })
      focusCard(id, frames - 1)
    })

  const onKeyDown = (event: KeyboardEvent & { currentTarget: HTMLElement }) => {
    const link = (event.target as HTMLElement).closest<HTMLElement>('[data-task]')
    const task = taskOf(link?.dataset.task)
    if (!link || !task || event.ctrlKey || event.metaKey || event.altKey) return
    const act = (action: () => void) => {
      event.preventDefault()
      action()
    }
    if (event.key === 'x') return act(() => choose(task.id))
    if (event.key === 'Delete') return act(() => void cancelTask(task))
    const arrows = ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight'] as const
    const arrow = arrows.find((one) => one === event.key)
    if (!arrow) return
    if (!event.shiftKey) {
      const next = neighbourCard(event.currentTarget, link, arrow)
      return next && act(() => next.focus())
    }
    const at = columns.findIndex(({ status }) => status === task.status)
    const aside = arrow === 'ArrowLeft' ? columns[at - 1] : arrow === 'ArrowRight' ? columns[at + 1] : null
    const spot = aside ? {} : spotBeside(link, arrow)
    if (aside === undefined || spot === null) return event.preventDefault()
    act(() => void move(task, aside?.status ?? task.status, spot).then(() => focusCard(task.id)))
  }

  const menuOf = (task: Task): MenuItem[] => [
    ...columns
      .filter(({ status }) => status !== task.status && status !== 'cancelled')
      .map(({ status, title }) => ({ label: `Move to ${title}`, run: () => void move(task, status, {}) })),
    ...(isOpen(task)
      ? [{ label: 'Cancel', icon: () => <Ban size={14} />, apart: true, run: () => void cancelTask(task) }]
      : []),
    { label: 'Remove', icon: () => <Trash size={14} />, danger: true, run: () => removeTask(task) },
  ]

  const first = () => lists[0]?.query
  return (
    <>
      <PageHead title="Tasks">
        <Button look="primary" size="sm" onClick={() => openNewTask(newFrom(props.place))}>
          <Plus size={14} />
          New task
        </Button>
      </PageHead>
      <Filters place={props.place} tasks={all()} me={me()} onChange={change} />
      <p id="board-keys" class="sr-only">
        Arrow keys walk over the board, Shift with an arrow key moves the task, x chooses it, Delete cancels it.
      </p>
      <p role="status" class="sr-only">
        {told()}
      </p>
      <Show when={!first()?.isError} fallback={<Failure error={first()?.error} />}>
        <Show when={!first()?.isPending} fallback={<Waiting />}>
          <Show when={all().length > 0} fallback={<Nothing filtered={filtered()} words={props.place.q} />}>
            {/* biome-ignore lint/a11y/noStaticElementInteractions: the keys are those of the cards inside */}
            <div
              ref={board}
              class="min-h-0 flex-1 overflow-auto"
              onKeyDown={onKeyDown}
              onScroll={(event) => {
                if (nearEnd(event.currentTarget)) for (const list of lists) list.more()
              }}
            >
              <div class="min-w-[86rem] px-3 pb-6">
                <div class={`sticky top-0 z-10 bg-canvas ${grid}`}>
                  <For each={lists}>
                    {(list) => (
                      <h2 class="flex items-baseline gap-2 px-2 py-2 text-xs font-semibold text-dim">
                        {statusTitle(list.status)}
                        <span class="font-normal text-faint">
                          {list.items().length}
                          {list.query.hasNextPage ? '+' : ''}
                        </span>
                      </h2>
                    )}
                  </For>
                </div>
                <For each={lanes()}>
                  {(lane) => (
                    <section aria-label={lane.title || 'All tasks'}>
                      <Show when={props.place.lanes}>
                        <h3 class="sticky left-3 w-fit max-w-80 truncate px-2 pt-3 pb-1.5 text-xs font-semibold">
                          <Safe text={lane.title} />
                        </h3>
                      </Show>
                      <div class={grid} data-lane>
                        <For each={lists}>
                          {(list) => (
                            <Cell
                              lane={lane}
                              status={list.status}
                              tasks={list
                                .items()
                                .filter((task) => !isLeaving(task.id) && laneOf(task, props.place.lanes) === lane.key)}
                              onDrop={(spot) => {
                                const task = taskOf(dragged())
                                setDragged(null)
                                if (task) void move(task, list.status, spot, props.place.lanes ? lane.key : null)
                              }}
                              dragged={dragged()}
                              card={(task) => (
                                <Card
                                  task={task}
                                  me={me()}
                                  near={near}
                                  selected={chosen().has(task.id)}
                                  menu={menuOf(task)}
                                  onSelect={() => choose(task.id)}
                                  onDragStart={(event) => {
                                    setDragged(task.id)
                                    event.dataTransfer?.setData('text/plain', task.title)
                                  }}
                                />
                              )}
                            />
                          )}
                        </For>
                      </div>
                    </section>
                  )}
                </For>
              </div>
            </div>
          </Show>
        </Show>
      </Show>
      <Show when={chosenIds().length > 0}>
        <Bulk ids={chosenIds().slice(0, 200)} onDone={() => setChosen(new Set<string>())} />
      </Show>
    </>
  )
}

const grid = 'grid grid-cols-6 gap-2'

/** What a new task has in common with what is on show. */
const newFrom = ({ project }: TasksPlace) => (project ? { project } : {})

type CellProps = {
  lane: Lane
  status: TaskStatus
  tasks: Task[]
  dragged: string | null
  card: (task: Task) => ReturnType<typeof Card>
  onDrop: (spot: Spot) => void
}

/** One column of one lane; a card that is let go over it stands where it was let go. */
function Cell(props: CellProps) {
  const [over, setOver] = createSignal(false)
  return (
    <ul
      data-cell
      aria-label={[props.lane.title, statusTitle(props.status)].filter(Boolean).join(', ')}
      class="flex min-h-16 flex-col gap-1.5 rounded-lg bg-side p-1.5"
      classList={{ 'ring-1 ring-accent ring-inset': over() }}
      onDragOver={(event) => {
        if (props.dragged === null) return
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false)
      }}
      onDrop={(event) => {
        event.preventDefault()
        setOver(false)
        props.onDrop(spotAt(event.currentTarget, event.clientY, props.dragged))
      }}
    >
      <For each={props.tasks}>{(task) => props.card(task)}</For>
    </ul>
  )
}

function Nothing(props: { filtered: boolean; words: string }) {
  return (
    <Show
      when={props.filtered}
      fallback={
        <Empty
          icon={<SquareKanban size={28} />}
          title="Nothing to do yet"
          action={
            <Button look="primary" onClick={() => openNewTask()}>
              New task
            </Button>
          }
        >
          What is to be done stands here, by whom and until when. Type it as you would say it: “Call Anna tomorrow
          9:00”.
        </Empty>
      }
    >
      <Empty
        title={
          <Show when={props.words} fallback="No task fits">
            No task fits “<Safe text={props.words} />”
          </Show>
        }
        action={<Button onClick={() => openNewTask({ title: props.words })}>Make it a task</Button>}
      />
    </Show>
  )
}
