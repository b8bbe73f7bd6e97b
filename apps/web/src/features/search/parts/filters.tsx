import { For } from 'solid-js'
import type { Place } from '../../../lib/places.ts'
import { useRead } from '../../../lib/queries.ts'
import { KindIcon, kindName } from '../../../ui/place-icon.tsx'

type SearchPlace = Extract<Place, { kind: 'search' }>

const usual = ['file', 'visit', 'bookmark', 'message', 'commit', 'memory', 'task']
const periods = [
  ['', 'Any time'],
  ['day', 'Past day'],
  ['week', 'Past week'],
  ['month', 'Past month'],
  ['year', 'Past year'],
] as const
const days: Record<string, number> = { day: 1, week: 7, month: 31, year: 366 }

/** The start of a period that ends now; rounded to the minute, so that the same search is the same question. */
export function sinceTime(since: string): string | null {
  const back = days[since]
  if (!back) return null
  const minute = Math.floor(Date.now() / 60_000) * 60_000
  return new Date(minute - back * 86_400_000).toISOString()
}

/** Which kinds of source, and from when. */
export function Filters(props: { place: SearchPlace; onChange: (by: Partial<SearchPlace>) => void }) {
  const status = useRead('search', 'status', () => ({}))
  const kinds = () => {
    const known = Object.entries(status.data?.kinds ?? {})
      .filter(([, { passages }]) => passages > 0)
      .map(([kind]) => kind)
    return [...new Set([...usual.filter((kind) => known.includes(kind)), ...known, ...props.place.kinds])]
  }
  const toggle = (kind: string) => {
    const { kinds: chosen } = props.place
    props.onChange({ kinds: chosen.includes(kind) ? chosen.filter((one) => one !== kind) : [...chosen, kind] })
  }
  return (
    <div class="mt-2 flex flex-wrap items-center gap-1.5">
      <fieldset class="flex flex-wrap gap-1.5">
        <legend class="sr-only">Kinds of source</legend>
        <For each={kinds()}>
          {(kind) => (
            <button
              type="button"
              aria-pressed={props.place.kinds.includes(kind)}
              class="inline-flex h-6 items-center gap-1.5 rounded-full px-2 text-xs text-dim ring-1 ring-line ring-inset hover:bg-hover aria-pressed:bg-accent-soft aria-pressed:text-accent-ink aria-pressed:ring-accent/40"
              onClick={() => toggle(kind)}
            >
              <KindIcon kind={kind} size={12} />
              {kindName(kind, true)}
            </button>
          )}
        </For>
      </fieldset>
      <select
        aria-label="From when"
        class="ml-auto h-6 rounded-md bg-transparent px-1 text-xs text-dim hover:bg-hover"
        value={props.place.since}
        onChange={(event) => props.onChange({ since: event.currentTarget.value })}
      >
        <For each={periods}>{([value, label]) => <option value={value}>{label}</option>}</For>
      </select>
    </div>
  )
}
