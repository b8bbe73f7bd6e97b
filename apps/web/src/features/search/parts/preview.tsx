import type { Hit } from '@cairn/api/search'
import ArrowUpRight from 'lucide-solid/icons/arrow-up-right'
import ExternalLink from 'lucide-solid/icons/external-link'
import { createEffect, createMemo, on, Show } from 'solid-js'
import { safeHref } from '../../../lib/escape.ts'
import { full } from '../../../lib/format.ts'
import { useRead } from '../../../lib/queries.ts'
import { ButtonLink } from '../../../ui/button.tsx'
import { Marked, Safe } from '../../../ui/safe.tsx'
import { whyFound } from './hit-row.tsx'

/** The passage where it stands, with the lines around it. */
export function Preview(props: { hit: Hit; url: string }) {
  let scroller: HTMLDivElement | undefined
  let passage: HTMLDivElement | undefined
  const source = useRead(
    'search',
    'open',
    () => {
      const { source: of, place } = props.hit
      const lines =
        place.start_line > 0
          ? { start_line: place.start_line, end_line: Math.max(place.start_line, place.end_line) }
          : {}
      return { kind: of.kind, id: of.id, ...lines, around: 30 }
    },
    { keep: true },
  )
  const parts = createMemo(() => {
    const { place, passage: found } = props.hit
    const opened = source.data
    if (!opened || opened.source.id !== props.hit.source.id)
      return { before: '', text: found.text, marks: found.marks, after: '' }
    const lines = opened.text.split('\n')
    const from = Math.max(0, place.start_line - opened.start_line)
    const to = Math.min(lines.length, place.end_line - opened.start_line + 1)
    const text = lines.slice(from, to).join('\n')
    const same = text === found.text
    return {
      before: lines.slice(0, from).join('\n'),
      text: same || text.includes(found.text) ? text : found.text,
      marks: same ? found.marks : shift(found.marks, text.indexOf(found.text)),
      after: lines.slice(to).join('\n'),
    }
  })
  createEffect(
    on(parts, () =>
      requestAnimationFrame(() => {
        if (scroller && passage) scroller.scrollTop = Math.max(0, passage.offsetTop - scroller.offsetTop - 48)
      }),
    ),
  )
  const outside = () => (props.hit.source.kind === 'visit' ? safeHref(props.hit.source.uri) : null)
  return (
    <section aria-label="Preview" class="flex min-h-0 min-w-0 flex-1 flex-col">
      <header class="flex items-start gap-3 border-b border-line px-4 py-2.5">
        <div class="min-w-0 flex-1">
          <h2 class="truncate text-sm font-semibold">
            <Safe text={props.hit.source.title || props.hit.source.uri} />
          </h2>
          <p class="truncate text-xs text-dim">
            <Safe text={props.hit.source.uri} /> · {full(props.hit.passage.time)}
          </p>
        </div>
        <Show when={outside()}>
          {(address) => (
            <ButtonLink href={address()} target="_blank" rel="noopener noreferrer" size="sm">
              <ExternalLink size={13} />
              Page
            </ButtonLink>
          )}
        </Show>
        <ButtonLink href={props.url} look="primary" size="sm">
          <ArrowUpRight size={14} />
          Open
        </ButtonLink>
      </header>
      <div
        ref={scroller}
        tabindex="0"
        role="region"
        aria-label="Passage"
        class="ring-inside min-h-0 flex-1 overflow-auto py-3 text-xs leading-5 whitespace-pre-wrap [overflow-wrap:anywhere]"
        classList={{ 'font-mono': props.hit.source.kind === 'file' }}
      >
        <Show when={parts().before}>
          <div class="px-4 text-faint">
            <Marked text={parts().before} marks={[]} />
          </div>
        </Show>
        <div ref={passage} class="border-l-2 border-accent bg-accent-soft/50 py-0.5 pr-4 pl-3.5 text-ink">
          <Marked text={parts().text} marks={parts().marks} />
        </div>
        <Show when={parts().after}>
          <div class="px-4 text-faint">
            <Marked text={parts().after} marks={[]} />
          </div>
        </Show>
      </div>
      <p class="border-t border-line px-4 py-1.5 text-xs text-dim">
        Found by {whyFound(props.hit.why) || 'its place in the index'} · score {props.hit.score.toFixed(2)}
      </p>
    </section>
  )
}

const shift = (marks: Hit['passage']['marks'], by: number) =>
  by < 0 ? [] : marks.map(({ start, end }) => ({ start: start + by, end: end + by }))
