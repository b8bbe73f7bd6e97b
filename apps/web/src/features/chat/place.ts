/** Where in a conversation one reads: at what a link leads to, until the reader goes elsewhere. */
import { type Accessor, batch, createComputed, createMemo, createSignal, on, untrack } from 'solid-js'

type Link = {
  thread: string | null
  message: string | null
  /** Rises when the same link is followed again. */
  visit: number
}

/** The ends of a conversation, as places to go to. */
export const start = 'start' as const
export const end = 'end' as const

export function makePlace(given: Accessor<Link>) {
  const link = createMemo(given, undefined, {
    equals: (a, b) => a.thread === b.thread && a.message === b.message && a.visit === b.visit,
  })
  const [gone, setGone] = createSignal<{ from: Link; to: string | null }>()
  /** A message, the start, or null: the newest turn. */
  const place = createMemo(() => {
    const [from, away] = [link(), gone()]
    return away?.from === from ? away.to : from.message
  })
  /** What is still to be brought into sight: that is done once, as soon as it is there. */
  const [goal, setGoal] = createSignal(untrack(place))
  // A link that changes because the reader leaves leads nowhere.
  createComputed(on(link, (from) => gone()?.from !== from && setGoal(place()), { defer: true }))

  /** Reads from there, and leaves what is in sight where it is. */
  const stand = (to: string | null) => {
    setGoal(null)
    setGone({ from: untrack(link), to })
  }
  return {
    place,
    goal,
    reached: () => setGoal(null),
    stand: (to: string | null) => batch(() => stand(to)),
    goTo: (to: string) =>
      batch(() => {
        stand(to === end ? null : to)
        setGoal(to)
      }),
    /** Goes to what is there already. */
    turnTo: setGoal,
  }
}
