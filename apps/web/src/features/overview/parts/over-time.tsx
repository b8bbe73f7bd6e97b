import { type ActivitySpan, activitySpans } from '@cairn/api/overview'
import { createMemo, For, Show } from 'solid-js'
import { dayStart, locales, month, number, plural, shortDate, zone } from '../../../lib/format.ts'
import { useRead } from '../../../lib/queries.ts'
import { stored } from '../../../lib/stored.ts'
import { Chip } from '../../../ui/chip.tsx'
import { TimeChart } from '../../../ui/time-chart.tsx'

const spans: Record<ActivitySpan, { step: string; words: string }> = {
  day: { step: 'Day', words: '30 days' },
  week: { step: 'Week from', words: '26 weeks' },
  month: { step: 'Month', words: '12 months' },
}
const kinds: Record<string, { title: string; one: string; many: string; colour: string }> = {
  visits: { title: 'Visits', one: 'visit', many: 'visits', colour: 'var(--color-kind-visit)' },
  messages: { title: 'Messages', one: 'message', many: 'messages', colour: 'var(--color-kind-message)' },
  memories: { title: 'Memories', one: 'memory', many: 'memories', colour: 'var(--color-kind-memory)' },
  tasks_done: { title: 'Tasks done', one: 'task', many: 'tasks', colour: 'var(--color-kind-task)' },
  documents: { title: 'Documents', one: 'document', many: 'documents', colour: 'var(--color-kind-file)' },
  commits: { title: 'Commits', one: 'commit', many: 'commits', colour: 'var(--color-kind-commit)' },
}
const plain = (kind: string) => {
  const title = kind.replaceAll('_', ' ')
  return { title, one: title, many: title, colour: 'var(--color-kind-other)' }
}

const isSpan = (value: unknown): value is ActivitySpan => activitySpans.includes(value as ActivitySpan)
const [span, setSpan] = stored<ActivitySpan>('cairn.over-time', 'day', (value) => (isSpan(value) ? value : 'day'))
const [asTable, setAsTable] = stored('cairn.over-time.table', false, (value) => value === true)

/** What the person's language says; Monday where the browser does not know. */
const week_start = (() => {
  const locale = new Intl.Locale(locales[0] ?? 'en') as Intl.Locale & {
    getWeekInfo?: () => { firstDay: number }
    weekInfo?: { firstDay: number }
  }
  return (locale.getWeekInfo?.() ?? locale.weekInfo)?.firstDay ?? 1
})()

/** What came in and was done, as small charts. Nothing at all while there is nothing to chart. */
export function OverTime() {
  const activity = useRead('overview', 'activity', () => ({ by: span(), time_zone: zone, week_start }), { keep: true })
  const shown = createMemo(() => activity.data?.kinds.filter((kind) => (activity.data?.total[kind] ?? 0) > 0) ?? [])
  const by = () => activity.data?.by ?? span()
  const dateOf = (day: string) => {
    const at = Date.parse(dayStart(day) ?? '')
    return by() === 'month' ? month(at) : shortDate(at, Date.now())
  }
  const barsOf = (kind: string) => {
    const { one, many } = kinds[kind] ?? plain(kind)
    return (activity.data?.items ?? []).map(({ day, counts }) => {
      const value = counts[kind] ?? 0
      return { key: day, value, date: dateOf(day), text: plural(value, one, many) }
    })
  }
  return (
    // Kept while another span holds nothing: the choice must not vanish with it.
    <Show when={shown().length > 0 || span() !== 'day'}>
      <section aria-label="Over time" class="border-t border-line pt-5">
        <div class="mb-4 flex flex-wrap items-center gap-1.5 px-2">
          <h2 class="mr-auto text-sm font-semibold">Over time</h2>
          <For each={activitySpans}>
            {(one) => (
              <Chip pressed={span() === one} onClick={() => setSpan(one)}>
                {spans[one].words}
              </Chip>
            )}
          </For>
          <span class="mx-1 h-4 w-px bg-line" />
          <Chip pressed={asTable()} onClick={() => setAsTable(!asTable())}>
            As tables
          </Chip>
        </div>
        <div class="grid items-start gap-x-6 gap-y-6 @2xl:grid-cols-2 @4xl:grid-cols-3">
          <For each={shown()} fallback={<p class="px-2 text-sm text-dim">Nothing in {spans[span()].words}.</p>}>
            {(kind) => (
              <TimeChart
                title={(kinds[kind] ?? plain(kind)).title}
                total={number(activity.data?.total[kind] ?? 0)}
                bars={barsOf(kind)}
                step={spans[by()].step}
                colour={(kinds[kind] ?? plain(kind)).colour}
                asTable={asTable()}
              />
            )}
          </For>
        </div>
      </section>
    </Show>
  )
}
