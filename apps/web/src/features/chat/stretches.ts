/** A long conversation in stretches of turns, of which those in sight are drawn. */
import type { PathMessage } from '@cairn/api/threads'
import { type Accessor, createSignal, type Setter } from 'solid-js'

const turnsOf = 20
/** Pixels that a turn is taken to be high that was never in sight. */
export const usualTurn = 110

export type Stretch = { id: string; keys: Accessor<readonly string[]>; set: Setter<readonly string[]> }

/** Which stretch a turn stands in; the same for ever, however many turns there are before it. */
const stretchOf = (turn: number) => String(Math.floor(turn / turnsOf))

/** Where the turns of these stretches stand among messages, the last first. */
export function placesOf(stretches: ReadonlySet<string>, items: readonly Pick<PathMessage, 'turn'>[]) {
  const numbers = [...stretches].map(Number)
  if (numbers.length === 0) return [0, 1] as const
  const [oldest, newest] = [Math.min(...numbers) * turnsOf, (Math.max(...numbers) + 1) * turnsOf]
  return [firstBefore(newest, items), firstBefore(oldest, items)] as const
}

/** The first message with a turn before this one. */
function firstBefore(turn: number, items: readonly Pick<PathMessage, 'turn'>[]): number {
  let [low, high] = [0, items.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((items[middle] as Pick<PathMessage, 'turn'>).turn < turn) high = middle
    else low = middle + 1
  }
  return low
}

/** Keys in their stretches, which stay the same ones; a turn that is not stored yet stands with the one before it. */
export function stretchesOf(
  keys: readonly string[],
  stored: ReadonlyMap<string, Pick<PathMessage, 'turn'>>,
  before: readonly Stretch[],
): Stretch[] {
  const known = new Map(before.map((stretch) => [stretch.id, stretch]))
  const inside = new Map<string, string[]>()
  let id = stretchOf(1)
  for (const key of keys) {
    const turn = stored.get(key)?.turn
    if (turn !== undefined) id = stretchOf(turn)
    const there = inside.get(id)
    if (there) there.push(key)
    else inside.set(id, [key])
  }
  return [...inside].map(([id, all]) => {
    const stretch = known.get(id) ?? makeStretch(id)
    const had = stretch.keys()
    if (had.length !== all.length || all.some((key, at) => key !== had[at])) stretch.set(all)
    return stretch
  })
}

function makeStretch(id: string): Stretch {
  const [keys, set] = createSignal<readonly string[]>([])
  return { id, keys, set }
}
