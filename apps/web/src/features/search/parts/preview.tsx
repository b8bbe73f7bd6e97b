import type { Hit } from '@cairn/api/search'
import ArrowUpRight from 'lucide-solid/icons/arrow-up-right'
import ExternalLink from 'lucide-solid/icons/external-link'
import { createEffect, createMemo, on, onCleanup, onMount, Show } from 'solid-js'
import { safeHref } from '../../../lib/escape.ts'
import { isMarkdown } from '../../../lib/files.ts'
import { full } from '../../../lib/format.ts'
import { useRead } from '../../../lib/queries.ts'
import { ButtonLink } from '../../../ui/button.tsx'
import { lazily } from '../../../ui/lazily.tsx'
import { Marked, Safe } from '../../../ui/safe.tsx'
import { highlight } from '../highlight.ts'
import { whyFound } from './hit-row.tsx'

const Markdown = lazily(() => import('../../../ui/markdown.tsx'))

/** The passage where it stands, with the lines around it. */
export function Preview(props: { hit: Hit; url: string }) {
  let scroller: HTMLDivElement | undefined
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
  const markdown = () => writtenInMarkdown(props.hit)
  const words = createMemo(() => {
    const { text, marks } = props.hit.passage
    return new Set(marks.map(({ start, end }) => text.slice(start, end).toLowerCase()))
  })
  /** The passage among the lines around it, from 1. */
  const lines = () => {
    const start = parts().before === '' ? 1 : parts().before.split('\n').length + 1
    return { start, end: start + parts().text.split('\n').length - 1 }
  }
  const whole = () => {
    const { before, text, after } = parts()
    return [before, text, after].filter((part, at) => at === 1 || part !== '').join('\n')
  }
  const toPassage = () => {
    const meant = scroller?.querySelectorAll<HTMLElement>('[data-meant]') ?? []
    if (scroller && meant[0]) scroller.scrollTop = Math.max(0, meant[0].offsetTop - scroller.offsetTop - 48)
    if (markdown()) highlight('found', meant, words())
  }
  createEffect(on(parts, () => requestAnimationFrame(toPassage)))
  // Markdown is drawn when what draws it has been loaded.
  onMount(() => {
    if (!scroller) return
    const watcher = new MutationObserver(toPassage)
    watcher.observe(scroller, { childList: true, subtree: true })
    onCleanup(() => watcher.disconnect())
  })
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
        class="ring-inside min-h-0 flex-1 overflow-auto py-3 text-xs leading-5 [overflow-wrap:anywhere]"
        classList={{ 'whitespace-pre-wrap': !markdown(), 'font-mono': props.hit.source.kind === 'file' && !markdown() }}
      >
        <Show when={!markdown()} fallback={<Markdown text={whole()} lines={lines()} class="px-4 text-sm" />}>
          <Show when={parts().before}>
            <div class="px-4 text-faint">
              <Marked text={parts().before} marks={[]} />
            </div>
          </Show>
          <div data-meant class="border-l-2 border-accent bg-accent-soft/50 py-0.5 pr-4 pl-3.5 text-ink">
            <Marked text={parts().text} marks={parts().marks} />
          </div>
          <Show when={parts().after}>
            <div class="px-4 text-faint">
              <Marked text={parts().after} marks={[]} />
            </div>
          </Show>
        </Show>
      </div>
      <p class="border-t border-line px-4 py-1.5 text-xs text-dim">
        Found by {whyFound(props.hit.why) || 'its place in the index'} · score {props.hit.score.toFixed(2)}
      </p>
    </section>
  )
}

/** Answers, documents that are no plain text, and files that are called so. */
function writtenInMarkdown({ source, passage }: Hit): boolean {
  if (source.kind === 'file') return isMarkdown(source.uri)
  if (source.kind === 'message') return passage.speaker === 'assistant'
  return source.kind === 'document' && !/\.txt$/i.test(source.uri)
}

const shift = (marks: Hit['passage']['marks'], by: number) =>
  by < 0 ? [] : marks.map(({ start, end }) => ({ start: start + by, end: end + by }))
