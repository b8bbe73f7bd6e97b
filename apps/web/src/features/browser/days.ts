/** The visits of the days in sight, read day by day and kept; a day whose number has changed is read again. */
import type { Day, Visit } from '@cairn/api/browser'
import { createMemo, createSignal } from 'solid-js'
import { createStore, produce, reconcile } from 'solid-js/store'
import { api } from '../../lib/api.ts'
import { dayStart, zone } from '../../lib/format.ts'
import { onEvent } from '../../lib/online.ts'
import { layOut } from './timeline.ts'

type Held = { items: Visit[]; cursor: string | null; whole: boolean; visits: number }
export type Period = { site: string; from: string; to: string }

const most = 366
/** Reads this many visits of a day at once. */
const step = 200

/** Everything about one view of the timeline: `site`, and days from and to (both inclusive, may be empty). */
export function makeDays(period: Period) {
  const [days, setDays] = createSignal<readonly Day[] | null>(null)
  const [failure, setFailure] = createSignal<unknown>(null)
  const [held, setHeld] = createStore<Record<string, Held>>({})
  const reading = new Set<string>()
  const site = period.site ? { site: period.site } : {}

  /** Reads the number of visits of every day, newest first, a year at a time. */
  const readDays = async () => {
    const all: Day[] = []
    let to = period.to ? dayStart(period.to, 1) : null
    try {
      while (true) {
        const { items } = await api.browser.listDays({
          limit: most,
          time_zone: zone,
          ...site,
          ...(to && { to }),
        })
        const inside = items.filter(({ day }) => !period.from || day >= period.from)
        all.push(...inside)
        const last = items.at(-1)
        if (items.length < most || inside.length < items.length || !last) break
        to = dayStart(last.day)
      }
    } catch (error) {
      setFailure(error)
      return
    }
    setFailure(null)
    setDays(all)
    for (const { day, visits } of all) if (held[day] && held[day].visits !== visits) forget(day)
  }
  const forget = (day: string) => setHeld(produce((store) => void delete store[day]))

  const read = async (day: string, upTo: number) => {
    const has = held[day]
    if (reading.has(day) || has?.whole || (has && has.items.length > upTo)) return
    const from = dayStart(day)
    const to = dayStart(day, 1)
    if (!from || !to) return
    reading.add(day)
    try {
      const page = await api.browser.listHistory({
        from,
        to,
        limit: step,
        ...site,
        ...(has?.cursor && { cursor: has.cursor }),
      })
      const visits = days()?.find((one) => one.day === day)?.visits ?? 0
      setHeld(
        day,
        reconcile({
          items: [...(has?.items ?? []), ...page.items],
          cursor: page.next_cursor,
          whole: page.next_cursor === null,
          visits,
        }),
      )
    } catch {
      // Asked for again as soon as it is in sight again.
    }
    reading.delete(day)
    if ((held[day]?.items.length ?? 0) <= upTo && held[day]?.cursor) await read(day, upTo)
  }
  const timeline = createMemo(() =>
    layOut(
      (days() ?? []).map(({ day, visits }) => ({ day, visits: held[day]?.whole ? held[day].items.length : visits })),
    ),
  )
  const leave = follow(() => void readDays())
  void readDays()
  return { days, failure, timeline, visit: (day: string, at: number) => held[day]?.items[at], read, readDays, leave }
}

/** Runs an action a moment after visits came or went, not more than once a second. */
function follow(action: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const end = onEvent(({ type }) => {
    if (!/^(visit|history|browser|import|page)/.test(type)) return
    timer ??= setTimeout(() => {
      timer = undefined
      action()
    }, 1_000)
  })
  return () => {
    clearTimeout(timer)
    end()
  }
}
