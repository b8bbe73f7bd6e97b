/** Bars over time with what they stand for: pointed at, gone through by arrow keys, or read as a table. */
import { createMemo, createSignal, createUniqueId, For, Show } from 'solid-js'

export type TimeBar = { key: string; value: number; date: string; text: string }
type TimeChartProps = {
  title: string
  /** All bars together. */
  total: string
  /** The oldest first. */
  bars: readonly TimeBar[]
  /** What one bar is: `Day`. */
  step: string
  colour: string
  /** The table is for everybody, and takes the place of the bars. */
  asTable: boolean
}

const height = 56

export function TimeChart(props: TimeChartProps) {
  const [at, setAt] = createSignal<number | null>(null)
  const table = createUniqueId()
  const top = createMemo(() => Math.max(1, ...props.bars.map((bar) => bar.value)))
  // Square root: a day of import does not flatten all the others.
  const tall = (value: number) => (value === 0 ? 1 : Math.max(2, Math.sqrt(value / top()) * height))
  const pointed = () => {
    const bar = props.bars[at() ?? -1]
    return bar && `${bar.date}: ${bar.text}`
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const last = props.bars.length - 1
    const to: Record<string, number> = {
      ArrowLeft: Math.max(0, (at() ?? last + 1) - 1),
      ArrowRight: Math.min(last, (at() ?? last - 1) + 1),
      Home: 0,
      End: last,
    }
    const next = to[event.key]
    if (next === undefined) return
    event.preventDefault()
    setAt(next)
  }
  const onPointerMove = (event: PointerEvent & { currentTarget: SVGSVGElement }) => {
    const { left, width } = event.currentTarget.getBoundingClientRect()
    setAt(Math.min(props.bars.length - 1, Math.floor(((event.clientX - left) / width) * props.bars.length)))
  }
  return (
    <figure class="relative min-w-0 px-2">
      <figcaption class="text-xs font-semibold text-dim">{props.title}</figcaption>
      <p class="mt-0.5 mb-2 flex items-baseline gap-3">
        <span class="text-lg font-semibold">{props.total}</span>
        <span class="ml-auto truncate text-xs text-dim" aria-live="polite">
          {pointed()}
        </span>
      </p>
      <Show when={!props.asTable}>
        <svg
          role="img"
          tabindex="0"
          aria-label={`${props.title}: ${props.total}. Arrow keys go through the bars.`}
          aria-describedby={table}
          class="block w-full rounded-xs"
          height={height}
          viewBox={`0 0 ${props.bars.length * 10} ${height}`}
          preserveAspectRatio="none"
          onKeyDown={onKeyDown}
          onPointerMove={onPointerMove}
          onPointerLeave={() => setAt(null)}
          onBlur={() => setAt(null)}
        >
          <For each={props.bars}>
            {(bar, index) => (
              <rect
                x={index() * 10 + 0.5}
                y={height - tall(bar.value)}
                width="9"
                height={tall(bar.value)}
                fill={props.colour}
                fill-opacity={at() === index() ? 1 : 0.6}
              />
            )}
          </For>
        </svg>
        <p class="mt-1 flex justify-between text-2xs text-faint" aria-hidden="true">
          <span>{props.bars[0]?.date}</span>
          <span>{props.bars.at(-1)?.date}</span>
        </p>
      </Show>
      <table id={table} class={props.asTable ? 'w-full text-sm' : 'sr-only'}>
        <caption class="sr-only">
          {props.title} by {props.step.toLowerCase()}, newest first, without those that have none
        </caption>
        <thead>
          <tr class="text-left text-xs text-faint">
            <th class="font-normal">{props.step}</th>
            <th class="text-right font-normal">{props.title}</th>
          </tr>
        </thead>
        <tbody>
          <For each={props.bars.filter((bar) => bar.value > 0).toReversed()}>
            {(bar) => (
              <tr>
                <th class="h-6 text-left font-normal text-dim">{bar.date}</th>
                <td class="text-right">{bar.text}</td>
              </tr>
            )}
          </For>
        </tbody>
      </table>
    </figure>
  )
}
