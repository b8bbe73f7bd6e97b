import type { Hit } from '@cairn/api/search'
import { createEffect, Show } from 'solid-js'
import { ago } from '../../../lib/format.ts'
import { KindIcon, kindName } from '../../../ui/place-icon.tsx'
import { Marked, Safe } from '../../../ui/safe.tsx'
import { placeLabel } from '../../chat/parts/citation.tsx'

/** Why it was found, in words. */
export function whyFound(why: Hit['why']): string {
  const boosts: Record<string, string> = {
    exact: 'the whole word',
    phrase: 'the words together',
    title: 'in its title',
    neighbour: 'beside other finds',
    recent: 'recent',
  }
  const words = why.terms.length > 0 ? why.terms.join(', ') : ''
  const ways = [why.keyword !== null && words && `words: ${words}`, why.semantic !== null && 'close in meaning']
  return [...ways, ...why.boosts.map((boost) => boosts[boost] ?? boost)].filter(Boolean).join(' · ')
}

type HitRowProps = { hit: Hit; id: string; selected: boolean; onSelect: () => void; onOpen: () => void }

export function HitRow(props: HitRowProps) {
  let row: HTMLDivElement | undefined
  createEffect(() => props.selected && row?.scrollIntoView({ block: 'nearest' }))
  const source = () => props.hit.source
  const where = () => {
    const { context, name } = props.hit.place
    return [...context, name].filter(Boolean).join(' › ')
  }
  return (
    <div
      ref={row}
      id={props.id}
      role="option"
      aria-selected={props.selected}
      class="rounded-lg px-3 py-2"
      classList={{ 'bg-selected': props.selected, 'hover:bg-hover': !props.selected }}
      onClick={() => props.onSelect()}
      onDblClick={() => props.onOpen()}
    >
      <div class="flex min-w-0 items-center gap-2">
        <KindIcon kind={source().kind} name={source().uri} />
        <Safe text={source().title || source().uri} class="min-w-0 truncate text-sm font-medium" />
        <span class="ml-auto shrink-0 text-xs text-faint">{ago(props.hit.passage.time, Date.now())}</span>
      </div>
      <p class="mt-0.5 truncate text-xs text-dim">
        <Show when={source().kind === 'file' || source().kind === 'visit'} fallback={kindName(source().kind)}>
          <Safe text={source().uri} />
        </Show>
        <Show when={source().kind === 'file'}> · {placeLabel(props.hit.place)}</Show>
        <Show when={where()}>
          {' '}
          · <Safe text={where()} />
        </Show>
      </p>
      <p
        class="mt-1 line-clamp-2 text-xs leading-4.5 break-words text-dim"
        classList={{ 'font-mono': source().kind === 'file' }}
      >
        <Snippet hit={props.hit} />
      </p>
      <p class="mt-1 truncate text-2xs text-faint">{whyFound(props.hit.why)}</p>
    </div>
  )
}

/** The part of a passage around its first mark. */
function Snippet(props: { hit: Hit }) {
  const cut = () => {
    const { text, marks } = props.hit.passage
    const first = marks[0]?.start ?? 0
    const lineStart = text.lastIndexOf('\n', first - 1) + 1
    const from = first - lineStart > 60 ? first - 40 : lineStart
    const part = text.slice(from, from + 260)
    const inside = marks
      .filter(({ start, end }) => start >= from && end <= from + 260)
      .map(({ start, end }) => ({ start: start - from, end: end - from }))
    return { text: part, marks: inside }
  }
  return <Marked text={cut().text} marks={cut().marks} />
}
