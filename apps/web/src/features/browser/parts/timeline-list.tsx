import type { Visit } from '@cairn/api/browser'
import { createVirtualizer } from '@tanstack/solid-virtual'
import { createEffect, createMemo, For, on, onCleanup, Show } from 'solid-js'
import { dayKey, dayStart, dayTitle, plural, shortDate } from '../../../lib/format.ts'
import { isLeaving } from '../../../lib/undo.ts'
import { walkList } from '../../../ui/arrows.ts'
import { Bars } from '../../../ui/bars.tsx'
import { Empty, Failure, Waiting } from '../../../ui/empty.tsx'
import { makeDays, type Period } from '../days.ts'
import { rowAt, rowOfDay } from '../timeline.ts'
import { VisitRow, VisitSkeleton } from './visit-row.tsx'

const rowHeight = 30
const headHeight = 40

/** All visits of a period under their days. Only rows in sight exist. */
export function TimelineList(props: { period: Period; onRemove: (visit: Visit) => void }) {
  let scroller: HTMLDivElement | undefined
  const days = makeDays(props.period)
  onCleanup(days.leave)
  const timeline = days.timeline
  const virtual = createVirtualizer({
    get count() {
      return timeline().rows
    },
    getScrollElement: () => scroller ?? null,
    estimateSize: (row) => (rowAt(timeline(), row)?.at === -1 ? headHeight : rowHeight),
    overscan: 12,
    getItemKey: (row) => {
      const found = rowAt(timeline(), row)
      return found ? `${found.day}:${found.at}` : row
    },
  })
  createEffect(on(timeline, () => virtual.measure(), { defer: true }))
  // What stands in sight is read, once the scrolling has paused.
  createEffect(() => {
    const items = virtual.getVirtualItems()
    const line = timeline()
    const wanted = new Map<string, number>()
    for (const { index } of items) {
      const row = rowAt(line, index)
      if (row) wanted.set(row.day, Math.max(wanted.get(row.day) ?? 0, row.at))
    }
    const timer = setTimeout(() => {
      for (const [day, at] of wanted) void days.read(day, at)
    }, 60)
    onCleanup(() => clearTimeout(timer))
  })
  const visitsOf = (day: string) => days.days()?.find((one) => one.day === day)?.visits ?? 0
  /** The day whose heading has been scrolled away. */
  const above = () => {
    const offset = virtual.scrollOffset ?? 0
    const first = virtual.getVirtualItems().find((item) => item.end > offset + 1)
    const row = first && rowAt(timeline(), first.index)
    return row && row.at >= 0 ? row.day : null
  }
  const bars = createMemo(() => {
    const counts = new Map(days.days()?.map(({ day, visits }) => [day, visits]))
    const newest = days.days()?.[0]?.day
    const end = newest ? Date.parse(dayStart(newest) ?? '') : Date.now()
    return Array.from({ length: 90 }, (_, at) => {
      const day = dayKey(end, at - 89)
      const visits = counts.get(day) ?? 0
      return {
        key: day,
        value: visits,
        label: `${shortDate(Date.parse(dayStart(day) ?? ''), Date.now())}: ${plural(visits, 'visit')}`,
      }
    })
  })
  return (
    <Show when={!days.failure()} fallback={<Failure error={days.failure()} onRetry={() => void days.readDays()} />}>
      <Show when={days.days()} fallback={<Waiting lines={10} />}>
        <Show when={timeline().rows > 0} fallback={<Empty title="No visits in these days" />}>
          <div class="border-b border-line px-4 pt-2">
            <Bars
              bars={bars()}
              label="Visits by day, the last 90 days"
              height={32}
              colour="var(--color-kind-visit)"
              onChoose={(day) => virtual.scrollToIndex(rowOfDay(timeline(), day), { align: 'start' })}
            />
          </div>
          <div ref={scroller} class="min-h-0 flex-1 overflow-y-auto px-2" tabindex="-1" onKeyDown={walkList}>
            <Show when={above()}>
              {(day) => (
                <div class="sticky top-0 z-10 h-0" aria-hidden="true" data-day={day()}>
                  <div class="-mx-2 h-8 border-b border-line bg-canvas px-2">
                    <DayHead day={day()} count={visitsOf(day())} />
                  </div>
                </div>
              )}
            </Show>
            <div class="relative" style={{ height: `${virtual.getTotalSize()}px` }}>
              <For each={virtual.getVirtualItems()}>
                {(item) => {
                  const row = () => rowAt(timeline(), item.index)
                  const visit = () => days.visit(row()?.day ?? '', row()?.at ?? 0)
                  const before = () => days.visit(row()?.day ?? '', (row()?.at ?? 0) - 1)
                  return (
                    <div
                      class="absolute inset-x-0 top-0"
                      style={{ height: `${item.size}px`, transform: `translateY(${item.start}px)` }}
                    >
                      <Show
                        when={row()?.at !== -1}
                        fallback={<DayHead day={row()?.day ?? ''} count={visitsOf(row()?.day ?? '')} />}
                      >
                        <Show when={visit()} fallback={<VisitSkeleton />}>
                          {(one) => (
                            <div class="h-full" classList={{ 'opacity-30': isLeaving(one().id) }}>
                              <VisitRow
                                visit={one()}
                                same={before()?.site === one().site}
                                onRemove={() => props.onRemove(one())}
                              />
                            </div>
                          )}
                        </Show>
                      </Show>
                    </div>
                  )
                }}
              </For>
            </div>
          </div>
        </Show>
      </Show>
    </Show>
  )
}

function DayHead(props: { day: string; count: number }) {
  return (
    <h2 class="flex h-full items-end gap-2 px-3 pb-1.5 text-sm font-semibold">
      {dayTitle(Date.parse(dayStart(props.day) ?? ''), Date.now())}
      <span class="text-xs font-normal text-faint">{plural(props.count, 'visit')}</span>
    </h2>
  )
}
