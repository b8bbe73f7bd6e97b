import { createSignal, Show } from 'solid-js'
import { dayStart } from '../lib/format.ts'
import { Select, TextField } from './fields.tsx'

export type ScopeKind = 'site' | 'period' | 'thread' | 'tab' | 'person' | 'everything'
export type ScopeChoice = ReturnType<typeof makeScopeChoice>

/** What somebody wants gone, as they choose it: a site, some days, or everything. */
export function makeScopeChoice(start: { kind: ScopeKind; site?: string }) {
  const [kind, setKind] = createSignal<ScopeKind>(start.kind)
  const [site, setSite] = createSignal(start.site ?? '')
  const [from, setFrom] = createSignal('')
  const [to, setTo] = createSignal('')
  return {
    ...{ kind, setKind, setSite, from, setFrom, to, setTo },
    site: () => site().trim(),
    /** Its ends as times; null while no day is named. */
    period: () => {
      const [first, end] = [dayStart(from()), dayStart(to(), 1)]
      return first || end ? { ...(first && { from: first }), ...(end && { to: end }) } : null
    },
  }
}

type ScopeProps = {
  choice: ScopeChoice
  siteLabel: string
  /** Kinds beside a site, some days and everything; their fields are the caller's. */
  others?: readonly { value: ScopeKind; label: string }[]
  onKind?: () => void
}

export function ScopeFields(props: ScopeProps) {
  return (
    <>
      <Select
        label="What"
        value={props.choice.kind()}
        options={[
          { value: 'site', label: props.siteLabel },
          { value: 'period', label: 'Some days' },
          ...(props.others ?? []),
          { value: 'everything', label: 'Everything' },
        ]}
        onChange={(event) => {
          props.choice.setKind(event.currentTarget.value as ScopeKind)
          props.onKind?.()
        }}
      />
      <Show when={props.choice.kind() === 'site'}>
        <TextField
          label="Site"
          placeholder="example.org"
          maxLength={300}
          value={props.choice.site()}
          onInput={(event) => props.choice.setSite(event.currentTarget.value)}
        />
      </Show>
      <Show when={props.choice.kind() === 'period'}>
        <div class="flex gap-3">
          <TextField
            label="From (empty: the beginning)"
            type="date"
            class="flex-1"
            value={props.choice.from()}
            onInput={(event) => props.choice.setFrom(event.currentTarget.value)}
          />
          <TextField
            label="To, inclusive (empty: now)"
            type="date"
            class="flex-1"
            value={props.choice.to()}
            onInput={(event) => props.choice.setTo(event.currentTarget.value)}
          />
        </div>
      </Show>
    </>
  )
}
