import { ContextMenu } from '@kobalte/core/context-menu'
import { DropdownMenu } from '@kobalte/core/dropdown-menu'
import { type ComponentProps, For, type JSX, Show } from 'solid-js'
import { Kbd } from './kbd.tsx'

export type MenuItem = {
  label: string
  icon?: () => JSX.Element
  /** A binding to show beside it. */
  keys?: string
  danger?: boolean
  disabled?: boolean
  /** A line above it. */
  apart?: boolean
  run: () => void
}

const content = 'z-50 min-w-44 rounded-lg bg-raised p-1 shadow-float'
const item =
  'flex h-7 select-none items-center gap-2 rounded-sm px-2 text-sm outline-none data-[highlighted]:bg-hover data-[disabled]:opacity-50'

type Parts = Pick<typeof DropdownMenu, 'Item' | 'Separator'>
function Items(props: { items: readonly MenuItem[]; parts: Parts }) {
  return (
    <For each={props.items}>
      {(one) => (
        <>
          <Show when={one.apart}>
            <props.parts.Separator class="my-1 border-t border-line" />
          </Show>
          <props.parts.Item
            class={`${item} ${one.danger ? 'text-bad' : 'text-ink'}`}
            disabled={one.disabled}
            onSelect={one.run}
          >
            <span class="inline-flex w-4 justify-center text-faint">{one.icon?.()}</span>
            <span class="flex-1">{one.label}</span>
            <Show when={one.keys}>{(keys) => <Kbd binding={keys()} />}</Show>
          </props.parts.Item>
        </>
      )}
    </For>
  )
}

type MenuProps = {
  items: readonly MenuItem[]
  label: string
  class?: string
  /** Left out of the order of keys: what it offers can be reached elsewhere. */
  mouseOnly?: boolean
  children: JSX.Element
}

/** A button that opens a menu. */
export function Menu(props: MenuProps) {
  return (
    <DropdownMenu gutter={4}>
      <DropdownMenu.Trigger
        aria-label={props.label}
        tabIndex={props.mouseOnly ? -1 : undefined}
        class={
          props.class ??
          'inline-flex size-6 items-center justify-center rounded-sm text-dim hover:bg-hover hover:text-ink'
        }
      >
        {props.children}
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content class={content}>
          <Items items={props.items} parts={DropdownMenu} />
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu>
  )
}

type AreaProps = ComponentProps<'div'> & { items: readonly MenuItem[] }

/** An area whose right click (or menu key) opens a menu. */
export function MenuArea(props: AreaProps) {
  return (
    <ContextMenu>
      <ContextMenu.Trigger class={props.class}>{props.children}</ContextMenu.Trigger>
      <ContextMenu.Portal>
        <ContextMenu.Content class={content}>
          <Items items={props.items} parts={ContextMenu} />
        </ContextMenu.Content>
      </ContextMenu.Portal>
    </ContextMenu>
  )
}
