import { createComputed, createSignal, type JSX, Show } from 'solid-js'
import type { Near } from './near.ts'

type WhenNearProps = {
  /** Names it among all that `near` follows. */
  id: string
  near: Near
  /** Pixels that it is taken to be high before it was in sight. */
  usual: number
  /** Drawn wherever it stands. */
  always: boolean
  class?: string
  children: JSX.Element
}

/** A part of something long: out of sight it is only as high as it was. */
export function WhenNear(props: WhenNearProps) {
  let element: HTMLDivElement | undefined
  const near = props.near(props.id, () => element)
  const drawn = () => near() || props.always
  const [height, setHeight] = createSignal<number | null>(null)
  // Before what is drawn goes.
  createComputed((before: boolean) => {
    const is = drawn()
    if (before && !is && element) setHeight(element.offsetHeight)
    return is
  }, false)
  return (
    <div ref={element} role="none" class={props.class}>
      {/* An element of its own: browsers do not hold on to what is seen inside of one whose height is set anew. */}
      <Show when={drawn()} fallback={<div style={{ height: `${height() ?? props.usual}px` }} />}>
        {props.children}
      </Show>
    </div>
  )
}

/** Splits rows into parts of this many, by number: a part stays the same one while rows come and go. */
export function partsOf<T>(rows: readonly T[], size: number) {
  return {
    parts: Array.from({ length: Math.ceil(rows.length / size) }, (_, at) => at),
    rowsOf: (part: number) => rows.slice(part * size, (part + 1) * size),
  }
}
