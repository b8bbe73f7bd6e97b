import type { Neighbour, Neighbours } from '@cairn/api/browser'
import { createMemo, For, Show } from 'solid-js'
import { plain } from '../../../lib/escape.ts'

type Named = Pick<Neighbour, 'site' | 'url' | 'title'>
type FlowProps = {
  around: Neighbours
  nameOf: (one: Named) => string
  onChoose: (one: Neighbour) => void
}

const [width, line, middle, edge, most] = [1_000, 22, 90, 300, 7]
const short = (text: string, signs: number) => {
  const words = [...plain(text).replace(/^https?:\/\/(www\.)?/, '')]
  return words.length > signs ? `${words.slice(0, signs - 1).join('')}…` : words.join('')
}

/** The strongest ways in and out, drawn. The lists below say the same and more, so readers are told of those. */
export function Flow(props: FlowProps) {
  const sides = createMemo(() => [props.around.came_from.slice(0, most), props.around.went_to.slice(0, most)] as const)
  const rows = () => Math.max(sides()[0].length, sides()[1].length)
  const height = () => Math.max(rows() * line, 44)
  const top = createMemo(() => Math.max(1, ...sides().flatMap((side) => side.map(({ visits }) => visits))))
  const at = (side: readonly Neighbour[], row: number) =>
    height() / 2 + (row - (side.length - 1) / 2) * Math.min(line, height() / Math.max(side.length, 1))
  const path = (y: number, out: boolean) => {
    const [start, end] = out ? [width / 2 + middle, width - edge] : [edge, width / 2 - middle]
    const [from, to] = out ? [height() / 2, y] : [y, height() / 2]
    const half = (start + end) / 2
    return `M${start} ${from} C${half} ${from} ${half} ${to} ${end} ${to}`
  }
  return (
    <Show when={rows() > 0}>
      <div class="border-b border-line px-4 py-3 max-md:hidden" aria-hidden="true">
        <svg viewBox={`0 0 ${width} ${height()}`} class="mx-auto block w-full max-w-250 text-[13px]">
          <For each={[false, true]}>
            {(out) => (
              <For each={sides()[out ? 1 : 0]}>
                {(one, row) => {
                  const y = () => at(sides()[out ? 1 : 0], row())
                  return (
                    <g class="group/way cursor-pointer" onClick={() => props.onChoose(one)}>
                      <path
                        d={path(y(), out)}
                        fill="none"
                        stroke="var(--color-kind-visit)"
                        stroke-opacity="0.45"
                        stroke-width={1 + 9 * Math.sqrt(one.visits / top())}
                        class="group-hover/way:[stroke-opacity:1]"
                      />
                      <text
                        x={out ? width - edge + 8 : edge - 8}
                        y={y() + 4}
                        text-anchor={out ? 'start' : 'end'}
                        fill="currentColor"
                        class="group-hover/way:underline"
                      >
                        {short(props.nameOf(one), 40)}
                      </text>
                    </g>
                  )
                }}
              </For>
            )}
          </For>
          <text x={width / 2} y={height() / 2 + 4} text-anchor="middle" fill="currentColor" class="font-semibold">
            {short(props.nameOf(props.around), 24)}
          </text>
        </svg>
      </div>
    </Show>
  )
}
