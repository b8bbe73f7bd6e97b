import type { Overview } from '@cairn/api/overview'
import { createMemo, For, type JSX, Show } from 'solid-js'
import { bytes, compact, dayKey, dayStart, number, plural, shortDate } from '../../../lib/format.ts'
import { useRead } from '../../../lib/queries.ts'
import { Bars, Shares } from '../../../ui/bars.tsx'
import { kindColour, kindName } from '../../../ui/place-icon.tsx'

const tones = [
  'var(--color-accent)',
  'var(--color-kind-message)',
  'var(--color-kind-commit)',
  'var(--color-kind-visit)',
  'var(--color-kind-memory)',
  'var(--color-kind-other)',
]
const toneOf = (at: number) => tones[Math.min(at, tones.length - 1)] ?? ''

/** The shape of what is remembered: how much of what, over time, and what it takes on the disk. */
export function Shape(props: { overview: Overview }) {
  const status = useRead('search', 'status', () => ({}))
  const kinds = createMemo(() =>
    Object.entries(status.data?.kinds ?? {})
      .map(([kind, { sources, passages }]) => ({ kind, sources, passages }))
      .filter(({ sources }) => sources > 0)
      .sort((a, b) => b.passages - a.passages),
  )
  const storage = createMemo(() =>
    Object.entries(props.overview.storage)
      .filter(([, size]) => size > 0)
      .sort(([, a], [, b]) => b - a),
  )
  const total = () => storage().reduce((sum, [, size]) => sum + size, 0)
  return (
    <Show when={kinds().length > 0 || storage().length > 0}>
      <section
        aria-label="The shape of your memory"
        class="grid gap-x-6 gap-y-8 border-t border-line pt-6 @2xl:grid-cols-2 @4xl:grid-cols-3"
      >
        <Block title="Can be found and cited" value={plural(props.overview.index.passages, 'passage')}>
          <Shares
            label="Passages by kind of source"
            parts={kinds().map(({ kind, passages }) => ({ key: kind, value: passages, colour: kindColour(kind) }))}
          />
          <Rows
            rows={kinds().map(({ kind, sources, passages }) => ({
              colour: kindColour(kind),
              name: kindName(kind, true),
              value: number(sources),
              note: `${compact(passages)} ${passages === 1 ? 'passage' : 'passages'}`,
            }))}
          />
        </Block>
        <Visits />
        <Block title="On the disk" value={bytes(total())}>
          <Shares
            label="Storage by part"
            parts={storage().map(([part, size], at) => ({ key: part, value: size, colour: toneOf(at) }))}
          />
          <Rows
            rows={storage()
              .slice(0, tones.length)
              .map(([part, size], at) => ({
                colour: toneOf(at),
                name: part.replaceAll('_', ' '),
                value: bytes(size),
              }))}
          />
        </Block>
      </section>
    </Show>
  )
}

/** Visits of the last 30 days. */
function Visits() {
  const offset = -new Date().getTimezoneOffset()
  const days = useRead('browser', 'listDays', () => ({ limit: 31, offset_minutes: offset }))
  const bars = createMemo(() => {
    const counts = new Map(days.data?.items.map(({ day, visits }) => [day, visits]))
    const newest = days.data?.items[0]?.day
    // Without visits in the last days the month before the last visit is the one to look at.
    const end = newest ? Date.parse(dayStart(newest) ?? '') + 43_200_000 : Date.now()
    return Array.from({ length: 30 }, (_, at) => {
      const day = dayKey(end - (29 - at) * 86_400_000)
      const visits = counts.get(day) ?? 0
      const date = shortDate(Date.parse(dayStart(day) ?? ''), Date.now())
      return { key: day, value: visits, label: `${date}: ${plural(visits, 'visit')}` }
    })
  })
  const sum = () => bars().reduce((all, bar) => all + bar.value, 0)
  return (
    <Show when={(days.data?.items.length ?? 0) > 0}>
      <Block title="Visits in 30 days" value={number(sum())}>
        <Bars bars={bars()} label={`${sum()} visits in 30 days`} height={72} colour="var(--color-kind-visit)" />
        <p class="mt-1.5 flex justify-between text-2xs text-faint">
          <span>{bars()[0]?.label.split(':')[0]}</span>
          <span>{bars().at(-1)?.label.split(':')[0]}</span>
        </p>
      </Block>
    </Show>
  )
}

function Block(props: { title: string; value: string; children: JSX.Element }) {
  return (
    <div class="min-w-0 px-2">
      <h2 class="text-xs font-semibold text-dim">{props.title}</h2>
      <p class="mt-0.5 mb-2.5 text-lg font-semibold">{props.value}</p>
      {props.children}
    </div>
  )
}

function Rows(props: { rows: readonly { colour: string; name: string; value: string; note?: string }[] }) {
  return (
    <ul class="mt-2.5">
      <For each={props.rows}>
        {(row) => (
          <li class="flex h-6 items-center gap-2 text-sm">
            <span class="size-2 shrink-0 rounded-sm" style={{ background: row.colour }} />
            <span class="min-w-0 flex-1 truncate text-dim">{row.name}</span>
            <Show when={row.note}>
              <span class="shrink-0 text-xs text-faint">{row.note}</span>
            </Show>
            <span class="w-16 shrink-0 text-right">{row.value}</span>
          </li>
        )}
      </For>
    </ul>
  )
}
