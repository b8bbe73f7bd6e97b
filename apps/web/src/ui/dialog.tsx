import { Dialog as Base } from '@kobalte/core/dialog'
import X from 'lucide-solid/icons/x'
import { createSignal, type JSX, Show } from 'solid-js'
import { Button } from './button.tsx'

type DialogProps = {
  open: boolean
  onClose: () => void
  title: string
  description?: string
  /** Tailwind width; default `max-w-lg`. */
  width?: string
  /** Holds text alone: what is below is reached by scrolling with the keys. */
  reading?: boolean
  children: JSX.Element
}

/** A window over the page: focus stays inside, Escape closes it. */
export function Dialog(props: DialogProps) {
  let body: HTMLDivElement | undefined
  /** What is asked for comes first; without anything to fill in the close button keeps the focus. */
  const focusField = (event: Event) => {
    const field = body?.querySelector<HTMLElement>('input:not([type=radio], [type=checkbox]), select, textarea')
    if (!field) return
    event.preventDefault()
    field.focus()
  }
  return (
    <Base open={props.open} onOpenChange={(open) => !open && props.onClose()}>
      <Base.Portal>
        <Base.Overlay class="fixed inset-0 z-40 bg-veil" />
        <div class="pointer-events-none fixed inset-0 z-40 flex items-start justify-center p-4 pt-[12vh]">
          <Base.Content
            onOpenAutoFocus={focusField}
            class={`pointer-events-auto flex max-h-[76vh] w-full flex-col rounded-xl bg-raised shadow-float ${props.width ?? 'max-w-lg'}`}
          >
            <div class="flex items-start gap-3 px-5 pt-4">
              <div class="min-w-0 flex-1">
                <Base.Title class="text-base font-semibold text-ink">{props.title}</Base.Title>
                <Show when={props.description}>
                  {(text) => <Base.Description class="mt-0.5 text-sm text-dim">{text()}</Base.Description>}
                </Show>
              </div>
              <Base.CloseButton
                aria-label="Close"
                class="-mt-0.5 -mr-1.5 inline-flex size-7 items-center justify-center rounded-md text-dim hover:bg-hover hover:text-ink"
              >
                <X size={16} />
              </Base.CloseButton>
            </div>
            <div
              ref={body}
              class="ring-inside min-h-0 overflow-y-auto px-5 pt-3 pb-5"
              tabindex={props.reading ? 0 : undefined}
            >
              {props.children}
            </div>
          </Base.Content>
        </div>
      </Base.Portal>
    </Base>
  )
}

type ConfirmProps = {
  open: boolean
  title: string
  description?: string
  action: string
  danger?: boolean
  onClose: () => void
  onConfirm: () => Promise<unknown> | void
  children?: JSX.Element
}

/** Asks once before something that cannot be taken back. */
export function Confirm(props: ConfirmProps) {
  const [busy, setBusy] = createSignal(false)
  const confirm = async () => {
    setBusy(true)
    try {
      await props.onConfirm()
    } finally {
      setBusy(false)
    }
  }
  return (
    <Dialog
      open={props.open}
      onClose={props.onClose}
      title={props.title}
      description={props.description}
      width="max-w-md"
    >
      {props.children}
      <div class="mt-4 flex justify-end gap-2">
        <Button onClick={props.onClose}>Cancel</Button>
        <Button look={props.danger ? 'danger' : 'primary'} disabled={busy()} onClick={() => void confirm()}>
          {props.action}
        </Button>
      </div>
    </Dialog>
  )
}
