import { Tooltip } from '@kobalte/core/tooltip'
import { type ComponentProps, type JSX, mergeProps, Show, splitProps } from 'solid-js'

type Look = 'primary' | 'plain' | 'quiet' | 'danger'
const looks: Record<Look, string> = {
  primary: 'bg-accent text-on-accent hover:brightness-108 active:brightness-95 font-medium',
  plain: 'bg-raised text-ink ring-1 ring-inset ring-edge hover:bg-hover active:bg-selected',
  quiet: 'text-dim hover:bg-hover hover:text-ink active:bg-selected',
  danger: 'bg-bad-soft text-bad ring-1 ring-inset ring-bad/30 hover:brightness-97 font-medium',
}
const sizes = {
  sm: 'h-6 px-2 text-xs gap-1 rounded-sm',
  md: 'h-7 px-2.5 text-sm gap-1.5 rounded-md',
  lg: 'h-8 px-3.5 text-sm gap-2 rounded-md',
} as const
const base =
  'inline-flex shrink-0 items-center justify-center whitespace-nowrap select-none transition-colors duration-75 ' +
  'disabled:opacity-50 disabled:pointer-events-none'

export type ButtonLook = { look?: Look; size?: keyof typeof sizes }
const classOf = (own: ButtonLook, more?: string) =>
  `${base} ${looks[own.look ?? 'plain']} ${sizes[own.size ?? 'md']} ${more ?? ''}`

export function Button(props: ComponentProps<'button'> & ButtonLook) {
  const [own, rest] = splitProps(props, ['look', 'size', 'class'])
  return <button type="button" {...rest} class={classOf(own, own.class)} />
}

/** A link that looks like a button. */
export function ButtonLink(props: ComponentProps<'a'> & ButtonLook) {
  const [own, rest] = splitProps(props, ['look', 'size', 'class'])
  return <a {...rest} class={classOf(own, own.class)} />
}

type IconButtonProps = ComponentProps<'button'> & {
  /** Says what it does, to readers and on hovering; `hint` is its key. */
  label: string
  hint?: string
  side?: 'top' | 'right' | 'bottom' | 'left'
  square?: 'sm' | 'md' | 'lg'
  pressed?: boolean
}
const squares = { sm: 'size-5.5 rounded-sm', md: 'size-7 rounded-md', lg: 'size-8 rounded-md' }

/** A button that is only a picture: its label is read out, and shown on hovering and on focus. */
export function IconButton(given: IconButtonProps) {
  const props = mergeProps({ side: 'bottom' as const, square: 'md' as const }, given)
  const [own, rest] = splitProps(props, ['label', 'hint', 'side', 'square', 'pressed', 'class', 'children'])
  return (
    <Hinted label={own.label} hint={own.hint} side={own.side}>
      {(trigger) => (
        <button
          type="button"
          {...trigger}
          {...rest}
          aria-label={own.label}
          aria-pressed={own.pressed}
          class={`inline-flex shrink-0 items-center justify-center text-dim transition-colors duration-75 hover:bg-hover hover:text-ink aria-pressed:bg-selected aria-pressed:text-ink disabled:opacity-40 ${squares[own.square]} ${own.class ?? ''}`}
        >
          {own.children}
        </button>
      )}
    </Hinted>
  )
}

type HintedProps = {
  label: string
  hint?: string
  side?: 'top' | 'right' | 'bottom' | 'left'
  children: (trigger: ComponentProps<'button'>) => JSX.Element
}

/** Shows a label beside what is hovered or focused. */
export function Hinted(props: HintedProps) {
  return (
    <Tooltip placement={props.side ?? 'bottom'} gutter={6} openDelay={450} closeDelay={0} skipDelayDuration={300}>
      <Tooltip.Trigger as={(trigger: ComponentProps<'button'>) => props.children(trigger)} />
      <Tooltip.Portal>
        <Tooltip.Content class="z-50 flex max-w-72 items-center gap-2 rounded-md bg-raised px-2 py-1 text-xs text-ink shadow-float">
          {props.label}
          <Show when={props.hint}>{(hint) => <span class="font-mono text-2xs text-faint">{hint()}</span>}</Show>
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip>
  )
}
