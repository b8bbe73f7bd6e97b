/** Which of many things that scroll together are in sight, or about to be. */
import { batch, createSignal, onCleanup, onMount } from 'solid-js'

/** Pixels beyond the edges that count as in sight: what a key goes to next is there already. */
const margin = 800

/** `near(id, element)` says so of what it is told of, `ids` of which all; `root` is what scrolls. */
export function makeNear(root: () => HTMLElement | undefined) {
  const told = new Map<Element, (near: boolean) => void>()
  const [ids, setIds] = createSignal(new Set<string>(), { equals: false })
  let observer: IntersectionObserver | undefined
  onCleanup(() => observer?.disconnect())
  const observed = () => {
    const scrolls = root() ?? null
    // What scrolls may be another by now: it goes while there is nothing in it.
    if (observer?.root === scrolls) return observer
    observer?.disconnect()
    observer = new IntersectionObserver(
      (entries) => {
        batch(() => {
          for (const { target, isIntersecting } of entries) told.get(target)?.(isIntersecting)
        })
      },
      { root: scrolls, rootMargin: `${margin}px` },
    )
    return observer
  }

  /** Inside of a component: follows one element as long as that lives. */
  function near(id: string, element: () => HTMLElement | undefined): () => boolean {
    const [is, set] = createSignal(false)
    const tell = (now: boolean) => {
      set(now)
      setIds((before) => {
        if (now) before.add(id)
        else before.delete(id)
        return before
      })
    }
    onMount(() => {
      const one = element()
      if (!one) return
      told.set(one, tell)
      observed().observe(one)
      onCleanup(() => {
        told.delete(one)
        observer?.unobserve(one)
        tell(false)
      })
    })
    return is
  }
  return { near, ids }
}
export type Near = ReturnType<typeof makeNear>['near']
