/** Where a conversation is scrolled to: its end while that grows, until the reader goes up; else what is read stays. */
import { type Accessor, createComputed, createEffect, createSignal, on, onCleanup } from 'solid-js'

type Boxes = { scroller: Accessor<HTMLElement | undefined>; content: Accessor<HTMLElement | undefined> }

/** Pixels from the end that are at the end. */
const close = 40

export function makeScrolling({ scroller, content }: Boxes) {
  const [following, setFollowing] = createSignal(true)
  /** How far down it was when that was last looked at. */
  let top = 0
  const toEnd = () => {
    const box = scroller()
    if (!box || !following()) return
    box.scrollTo({ top: box.scrollHeight })
    top = box.scrollTop
  }
  createEffect(() => {
    const watcher = new ResizeObserver(toEnd)
    for (const box of [scroller(), content()]) if (box) watcher.observe(box)
    onCleanup(() => watcher.disconnect())
  })

  return {
    /** Is the end kept in sight? */
    following,
    follow: setFollowing,
    /** Brings the end into sight where it is followed. */
    toEnd,
    /**
     * After a scroll event: pixels that are out of sight above and below. Only what has gone up was scrolled by the
     * reader; what grew below is not in sight yet. `newest`: is what ends here what is followed?
     */
    look(newest: () => boolean) {
      const box = scroller()
      if (!box) return { above: 0, below: 0 }
      const { scrollTop, scrollHeight, clientHeight } = box
      const below = scrollHeight - scrollTop - clientHeight
      if (below < close) setFollowing(newest())
      else if (scrollTop < top) setFollowing(false)
      top = scrollTop
      return { above: scrollTop, below }
    },
    /**
     * At the very top browsers do not hold on to what is seen when something comes above it. `first`: what comes first;
     * `place`: another one is read where it changes.
     */
    holdAtTop(first: Accessor<unknown>, place: Accessor<unknown>) {
      let heightBefore = 0
      createComputed(
        on([first, place], ([, now], before) => {
          const box = scroller()
          const above = before?.[0] && now === before[1] && !following() && box?.scrollTop === 0
          heightBefore = above ? box.scrollHeight : 0
        }),
      )
      createEffect(
        on(first, () => {
          const box = scroller()
          if (box && heightBefore > 0) box.scrollTop = box.scrollHeight - heightBefore
        }),
      )
    },
  }
}
