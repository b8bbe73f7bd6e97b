/** Small bars over time. Each can be pointed at and chosen. */
import { createMemo, For } from 'solid-js'

export type Bar = { key: string; value: number; label: string }
type BarsProps = {
  bars: readonly Bar[]
  label: string
  height?: number
  onChoose: (key: string) => void
  colour?: string
}

export function Bars(props: BarsProps) {
  const top = createMemo(() => Math.max(1, ...props.bars.map((bar) => bar.value)))
  const height = () => props.height ?? 40
  // Square root: a day of import does not flatten all the others.
  const tall = (value: number) => (value === 0 ? 1 : Math.max(2, Math.sqrt(value / top()) * height()))
  return (
    <div class="flex items-end gap-px" style={{ height: `${height()}px` }} role="group" aria-label={props.label}>
      <For each={props.bars}>
        {(bar) => (
          <button
            type="button"
            class="group/bar flex h-full min-w-0 flex-1 items-end"
            aria-label={bar.label}
            title={bar.label}
            tabindex="-1"
            onClick={() => props.onChoose(bar.key)}
          >
            <span
              class="w-full rounded-t-[1.5px] opacity-65 group-hover/bar:opacity-100"
              style={{ height: `${tall(bar.value)}px`, background: props.colour ?? 'var(--color-accent)' }}
            />
          </button>
        )}
      </For>
    </div>
  )
}

export type Part = { key: string; value: number; colour: string }

/** Shares of a whole in one line. */
export function Shares(props: { parts: readonly Part[]; label: string }) {
  const total = createMemo(() => props.parts.reduce((sum, part) => sum + part.value, 0))
  return (
    <div class="flex h-2 gap-px overflow-hidden rounded-full bg-selected" role="img" aria-label={props.label}>
      <For each={props.parts}>
        {(part) => <span style={{ width: `${(part.value / Math.max(1, total())) * 100}%`, background: part.colour }} />}
      </For>
    </div>
  )
}
