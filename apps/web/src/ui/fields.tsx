import { type ComponentProps, createUniqueId, type JSX, Show, splitProps } from 'solid-js'

const box =
  'w-full rounded-md bg-inset px-2.5 text-sm text-ink ring-1 ring-inset ring-control/60 focus-visible:outline-2 focus-visible:outline-offset-0 disabled:opacity-60'

type Around = { label: string; hint?: JSX.Element; error?: string; hideLabel?: boolean }

/** A labelled line to type in. */
export function TextField(props: ComponentProps<'input'> & Around) {
  const [own, rest] = splitProps(props, ['label', 'hint', 'error', 'hideLabel', 'class'])
  const id = createUniqueId()
  return (
    <Framed id={id} {...own} class={own.class}>
      <input
        autocomplete="off"
        spellcheck={false}
        {...rest}
        id={id}
        aria-invalid={own.error ? true : undefined}
        aria-describedby={own.hint || own.error ? `${id}-note` : undefined}
        class={`${box} h-8`}
      />
    </Framed>
  )
}

export function TextArea(props: ComponentProps<'textarea'> & Around) {
  const [own, rest] = splitProps(props, ['label', 'hint', 'error', 'hideLabel', 'class'])
  const id = createUniqueId()
  return (
    <Framed id={id} {...own} class={own.class}>
      <textarea
        {...rest}
        id={id}
        aria-invalid={own.error ? true : undefined}
        aria-describedby={own.hint || own.error ? `${id}-note` : undefined}
        class={`${box} min-h-16 py-1.5`}
      />
    </Framed>
  )
}

type Option = { value: string; label: string }
export function Select(props: ComponentProps<'select'> & Around & { options: readonly Option[] }) {
  const [own, rest] = splitProps(props, ['label', 'hint', 'error', 'hideLabel', 'class', 'options'])
  const id = createUniqueId()
  return (
    <Framed id={id} {...own} class={own.class}>
      <select {...rest} id={id} class={`${box} h-8`}>
        {own.options.map((option) => (
          <option value={option.value} selected={option.value === rest.value}>
            {option.label}
          </option>
        ))}
      </select>
    </Framed>
  )
}

/** On or off, at once. */
export function Switch(props: {
  label: string
  hint?: JSX.Element
  checked: boolean
  disabled?: boolean
  onChange: (on: boolean) => void
}) {
  const id = createUniqueId()
  return (
    <div class="flex items-start gap-3">
      <input
        type="checkbox"
        role="switch"
        id={id}
        checked={props.checked}
        disabled={props.disabled}
        aria-describedby={props.hint ? `${id}-note` : undefined}
        onChange={(event) => props.onChange(event.currentTarget.checked)}
        class="peer mt-0.5 h-4 w-7 shrink-0 appearance-none rounded-full bg-control transition-colors checked:bg-accent before:block before:size-3 before:translate-x-0.5 before:translate-y-0.5 before:rounded-full before:bg-canvas before:transition-transform checked:before:translate-x-3.5 disabled:opacity-50"
      />
      <div class="min-w-0">
        <label for={id} class="text-sm text-ink">
          {props.label}
        </label>
        <Show when={props.hint}>
          <p id={`${id}-note`} class="text-xs text-dim">
            {props.hint}
          </p>
        </Show>
      </div>
    </div>
  )
}

function Framed(props: Around & { id: string; class?: string; children: JSX.Element }) {
  return (
    <div class={props.class}>
      <label for={props.id} class={props.hideLabel ? 'sr-only' : 'mb-1 block text-xs font-medium text-dim'}>
        {props.label}
      </label>
      {props.children}
      <Show when={props.error || props.hint}>
        <p id={`${props.id}-note`} class={`mt-1 text-xs ${props.error ? 'text-bad' : 'text-dim'}`}>
          {props.error ?? props.hint}
        </p>
      </Show>
    </div>
  )
}
