/** Anything that can be cited and has no page of its own: a visit, a bookmark, a commit, a memory. */
import ExternalLink from 'lucide-solid/icons/external-link'
import MessageCircle from 'lucide-solid/icons/message-circle'
import Trash from 'lucide-solid/icons/trash'
import Waypoints from 'lucide-solid/icons/waypoints'
import { createEffect, createMemo, For, Show } from 'solid-js'
import { api } from '../../lib/api.ts'
import { safeHref } from '../../lib/escape.ts'
import { ago, full } from '../../lib/format.ts'
import { close, go, nameTab, setPanels } from '../../lib/layout.ts'
import { useRead } from '../../lib/queries.ts'
import { removeLater } from '../../lib/undo.ts'
import type { ViewOf } from '../../shell/view.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Failure, Waiting } from '../../ui/empty.tsx'
import { attempt, say } from '../../ui/notices.tsx'
import { KindIcon, kindName } from '../../ui/place-icon.tsx'
import { Marked, Safe } from '../../ui/safe.tsx'
import { PageVisits } from '../browser/parts/page-visits.tsx'
import { setDraft } from '../chat/state.ts'
import { LinkedThreads } from '../threads/linked.tsx'

export default function SourcePage(props: ViewOf<'source'>) {
  const lines = () => props.place.lines
  const source = useRead('search', 'open', () => ({
    kind: props.place.source,
    id: props.place.id,
    start_line: 1,
    end_line: 5_000,
    around: 0,
  }))
  const opened = () => source.data
  createEffect(() => opened() && nameTab(props.tabKey, opened()?.source.title || kindName(props.place.source)))
  const rows = createMemo(() => opened()?.text.split('\n') ?? [])
  const outside = () =>
    ['visit', 'bookmark'].includes(props.place.source) ? safeHref(opened()?.source.uri ?? '') : null
  const forget = () => {
    const id = props.place.id
    const undo = removeLater(id, () => attempt(() => api.memories.remove({ id })))
    say({ text: `Forgot “${opened()?.source.title ?? ''}”`, action: { label: 'Undo', run: undo } })
    close(props.tabKey)
  }
  /** A page has a title and an address; what stands below them is what it said. */
  const silence = async () => {
    const done = await attempt(() => api.browser.removeText({ id: props.place.id }))
    if (done) say({ text: 'Forgot what the page said', detail: 'Its visits stay.' })
  }
  return (
    <Show when={!source.isError} fallback={<Failure error={source.error} />}>
      <Show when={opened()} fallback={<Waiting />}>
        {(one) => (
          <div class="min-h-0 flex-1 overflow-y-auto">
            <article class="mx-auto max-w-188 px-5 py-6">
              <p class="flex items-center gap-2 text-xs text-dim">
                <KindIcon kind={props.place.source} />
                {kindName(props.place.source)}
                <span title={full(one().time)}>· {ago(one().time, Date.now())}</span>
                <Show when={one().speaker}>
                  {(name) => (
                    <>
                      · <Safe text={name()} />
                    </>
                  )}
                </Show>
              </p>
              <h1 class="mt-2 text-xl font-semibold [overflow-wrap:anywhere] text-balance">
                <Safe text={one().source.title || one().source.uri} />
              </h1>
              <p class="mt-1 text-sm break-all text-dim">
                <Safe text={one().source.uri} />
              </p>
              <div class="mt-4 flex flex-wrap gap-2">
                <Show when={outside()}>
                  {(address) => (
                    <ButtonLink look="primary" href={address()} target="_blank" rel="noopener noreferrer">
                      <ExternalLink size={14} />
                      Open the page
                    </ButtonLink>
                  )}
                </Show>
                <Button
                  onClick={() => {
                    setPanels({ askOpen: true })
                    setDraft(`About “${one().source.title || one().source.uri}”: `)
                  }}
                >
                  <MessageCircle size={14} />
                  Ask about it
                </Button>
                <Show when={outside()}>
                  {(address) => (
                    <Button
                      onClick={() =>
                        go({ kind: 'history', q: '', site: siteOf(address()), from: '', to: '' }, { keep: true })
                      }
                    >
                      More of this site
                    </Button>
                  )}
                </Show>
                <Show when={props.place.source === 'visit'}>
                  <Button onClick={() => go({ kind: 'graph', site: '', page: props.place.id, q: '' }, { keep: true })}>
                    <Waypoints size={14} />
                    What led here
                  </Button>
                </Show>
                <Show when={props.place.source === 'visit' && rows().length > 2}>
                  <Button look="quiet" onClick={() => void silence()}>
                    <Trash size={14} />
                    Forget its text
                  </Button>
                </Show>
                <Show when={props.place.source === 'memory'}>
                  <Button look="quiet" onClick={forget}>
                    <Trash size={14} />
                    Forget
                  </Button>
                </Show>
              </div>
              <div
                class="mt-6 text-base leading-6 whitespace-pre-wrap [overflow-wrap:anywhere]"
                classList={{ 'font-mono text-xs! leading-5!': props.place.source === 'commit' }}
              >
                <For each={rows()}>
                  {(row, at) => {
                    const cited = () => {
                      const cite = lines()
                      return cite !== null && at() + 1 >= cite.start && at() + 1 <= cite.end
                    }
                    return (
                      <div
                        class="min-h-5"
                        classList={{ '-mx-3 border-l-2 border-accent bg-accent-soft/60 px-3': cited() }}
                      >
                        <Marked text={row} marks={[]} />
                      </div>
                    )
                  }}
                </For>
              </div>
              <Show when={['memory', 'visit', 'commit'].includes(props.place.source)}>
                <LinkedThreads kind={props.place.source} id={props.place.id} />
              </Show>
              <Show when={props.place.source === 'visit'}>
                <PageVisits url={one().source.uri} />
              </Show>
            </article>
          </div>
        )}
      </Show>
    </Show>
  )
}

const siteOf = (address: string) => new URL(address).host.replace(/^www\./, '')
