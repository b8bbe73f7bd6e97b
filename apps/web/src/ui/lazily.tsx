import { type Component, createMemo, createRoot, createSignal, type JSX, untrack } from 'solid-js'
import { Button } from './button.tsx'

type Lazily<P extends object> = Component<P> & { preload: () => void }

/**
 * A component that is loaded when it is first shown. Unlike Solid's own `lazy` it also arrives where the one who asked
 * first is gone by then, and says so when it cannot be loaded: after an upgrade its file may be another one.
 */
export function lazily<P extends object>(load: () => Promise<{ default: Component<P> }>): Lazily<P> {
  const [loaded, setLoaded] = createRoot(() => createSignal<Component<P> | 'failed' | null>(null))
  let loading: Promise<void> | undefined
  const start = () => {
    loading ??= load().then(
      (module) => void setLoaded(() => module.default),
      () => {
        loading = undefined
        setLoaded('failed')
      },
    )
  }
  const Shown = (props: P): JSX.Element => {
    start()
    const content = createMemo(() => {
      const found = loaded()
      if (found === 'failed') return <Gone />
      return found ? untrack(() => found(props)) : <span hidden aria-busy="true" />
    })
    return <>{content()}</>
  }
  return Object.assign(Shown, { preload: start })
}

function Gone() {
  return (
    <div class="m-4 flex items-center gap-3 text-sm text-dim" role="alert">
      This part of the workbench could not be loaded. It may have been updated meanwhile.
      <Button size="sm" onClick={() => location.reload()}>
        Reload
      </Button>
    </div>
  )
}
