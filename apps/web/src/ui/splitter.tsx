/** The edge of a panel, inside its (positioned) box: dragged, moved by arrow keys, put back by a double click. Widths are pixels. */
type SplitterProps = {
  label: string
  value: number
  min: number
  max: number
  /** Which side the panel that grows is on. */
  panel: 'left' | 'right'
  onChange: (value: number) => void
  onReset: () => void
}

export function Splitter(props: SplitterProps) {
  const sign = () => (props.panel === 'left' ? 1 : -1)
  const set = (value: number) => props.onChange(Math.round(Math.max(props.min, Math.min(props.max, value))))
  const drag = (event: PointerEvent & { currentTarget: HTMLElement }) => {
    if (event.button !== 0) return
    const handle = event.currentTarget
    const from = event.clientX
    const start = props.value
    handle.setPointerCapture(event.pointerId)
    const moveTo = (next: PointerEvent) => set(start + sign() * (next.clientX - from))
    const end = () => {
      handle.removeEventListener('pointermove', moveTo)
      handle.removeEventListener('pointerup', end)
      handle.removeEventListener('pointercancel', end)
    }
    handle.addEventListener('pointermove', moveTo)
    handle.addEventListener('pointerup', end)
    handle.addEventListener('pointercancel', end)
    event.preventDefault()
  }
  const press = (event: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowLeft: -16, ArrowRight: 16 }
    const step = steps[event.key]
    if (event.key === 'Home') set(props.min)
    else if (event.key === 'End') set(props.max)
    else if (event.key === 'Enter') props.onReset()
    else if (step) set(props.value + sign() * step)
    else return
    event.preventDefault()
  }
  return (
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label={props.label}
      aria-valuenow={props.value}
      aria-valuemin={props.min}
      aria-valuemax={props.max}
      tabindex="0"
      class="group absolute inset-y-0 z-20 w-[7px] cursor-col-resize touch-none"
      classList={{ '-right-[4px]': props.panel === 'left', '-left-[4px]': props.panel === 'right' }}
      onPointerDown={drag}
      onKeyDown={press}
      onDblClick={() => props.onReset()}
    >
      <div class="absolute inset-y-0 left-[3px] w-px bg-line transition-colors group-hover:bg-accent group-focus-visible:bg-accent group-active:bg-accent" />
    </div>
  )
}
