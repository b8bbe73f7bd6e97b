import { HoverCard } from '@kobalte/core/hover-card'
import type { Citation } from '@cairn/api/threads'
import { type ComponentProps, Show } from 'solid-js'
import { shortDate } from '../../../lib/format.ts'
import { folderName, placeUrl, sourcePlace } from '../../../lib/places.ts'
import { KindIcon, kindName } from '../../../ui/place-icon.tsx'
import { Safe } from '../../../ui/safe.tsx'

export const citationUrl = (citation: Citation) => placeUrl(sourcePlace(citation.source, citation.place))

/** Where in its source: lines, or the name of what encloses it. */
export function placeLabel(place: Citation['place']): string {
  if (!place || place.start_line < 1) return ''
  return place.end_line > place.start_line ? `lines ${place.start_line}–${place.end_line}` : `line ${place.start_line}`
}

/** The number in the text: hovering or focusing shows the passage, a click opens the source there. */
export function CitationChip(props: { n: number; citation: Citation | undefined }) {
  return (
    <Show when={props.citation} fallback={<span class="text-faint">[{props.n}]</span>}>
      {(citation) => (
        <HoverCard gutter={6} openDelay={180} closeDelay={120}>
          <HoverCard.Trigger
            as={(trigger: ComponentProps<'a'>) => (
              <a
                {...trigger}
                href={citationUrl(citation())}
                aria-label={`Source ${props.n}: ${citation().source.title}`}
                class="mx-0.5 inline-flex h-4 min-w-4 -translate-y-px items-center justify-center rounded-sm bg-accent-soft px-1 align-middle font-sans text-2xs leading-none font-semibold text-accent-ink no-underline! hover:bg-accent hover:text-on-accent"
              >
                {props.n}
              </a>
            )}
          />
          <HoverCard.Portal>
            <HoverCard.Content class="z-50 w-112 max-w-[calc(100vw-2rem)] rounded-lg bg-raised shadow-float">
              <CitationCard citation={citation()} />
            </HoverCard.Content>
          </HoverCard.Portal>
        </HoverCard>
      )}
    </Show>
  )
}

function CitationCard(props: { citation: Citation }) {
  const code = () => props.citation.source.kind === 'file'
  return (
    <div class="p-3">
      <SourceLine citation={props.citation} />
      <blockquote
        class="mt-2 max-h-52 overflow-y-auto rounded-md bg-inset p-2.5 text-xs leading-5 whitespace-pre-wrap text-ink"
        classList={{ 'font-mono': code() }}
      >
        {props.citation.quote}
      </blockquote>
    </div>
  )
}

export function SourceLine(props: { citation: Citation }) {
  const source = () => props.citation.source
  const where = () => {
    const { kind, uri } = source()
    if (kind === 'file') return folderName(uri)
    return kind === 'visit' ? uri : kindName(kind)
  }
  const detail = () =>
    [
      placeLabel(props.citation.place),
      props.citation.time ? shortDate(Date.parse(props.citation.time), Date.now()) : '',
    ]
      .filter(Boolean)
      .join(' · ')
  return (
    <div class="flex min-w-0 items-start gap-2">
      <span class="mt-0.5">
        <KindIcon kind={source().kind} name={source().uri} />
      </span>
      <div class="min-w-0 flex-1">
        <p class="truncate text-sm font-medium text-ink">
          <Safe text={source().title || source().uri} />
        </p>
        <p class="truncate text-xs text-dim">
          <Show when={detail()}>{detail()} · </Show>
          <Safe text={where()} />
        </p>
      </div>
    </div>
  )
}

/** The numbered sources under an answer. */
export function Sources(props: { citations: readonly Citation[] }) {
  return (
    <div class="@container mt-3">
      <ol aria-label="Sources" class="grid grid-cols-1 gap-1.5 @lg:grid-cols-2">
        {props.citations.map((citation) => (
          <li class="min-w-0">
            <a
              href={citationUrl(citation)}
              class="flex items-start gap-2 rounded-md px-2 py-1.5 ring-1 ring-line ring-inset hover:bg-hover hover:ring-edge"
            >
              <span class="mt-0.5 inline-flex h-4 min-w-4 shrink-0 items-center justify-center rounded-sm bg-accent-soft px-1 text-2xs font-semibold text-accent-ink">
                {citation.n}
              </span>
              <SourceLine citation={citation} />
            </a>
          </li>
        ))}
      </ol>
    </div>
  )
}
