/** One document, to be read. */
import Download from 'lucide-solid/icons/download'
import ExternalLink from 'lucide-solid/icons/external-link'
import MessageCircle from 'lucide-solid/icons/message-circle'
import Trash from 'lucide-solid/icons/trash'
import { createEffect, createSignal, For, onCleanup, Show } from 'solid-js'
import { safeHref } from '../../lib/escape.ts'
import { ago, full, number, plural } from '../../lib/format.ts'
import { close, nameTab, setPanels } from '../../lib/layout.ts'
import type { Lines } from '../../lib/places.ts'
import { useRead } from '../../lib/queries.ts'
import type { ViewOf } from '../../shell/view.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Failure, Waiting } from '../../ui/empty.tsx'
import { Select } from '../../ui/fields.tsx'
import { lazily } from '../../ui/lazily.tsx'
import { KindIcon } from '../../ui/place-icon.tsx'
import { Safe } from '../../ui/safe.tsx'
import { setDraft } from '../chat/state.ts'
import { LinkedThreads } from '../threads/linked.tsx'
import { removeDocument } from './state.ts'

const Markdown = lazily(() => import('../../ui/markdown.tsx'))

export default function DocumentPage(props: ViewOf<'document'>) {
  const [version, setVersion] = createSignal<number | null>(null)
  const document = useRead(
    'documents',
    'get',
    () => ({ id: props.place.id, ...(version() !== null && { version: version() as number }) }),
    { keep: true },
  )
  createEffect(() => document.data && nameTab(props.tabKey, document.data.title))
  let text: HTMLElement | undefined
  // A citation names lines of the newest version.
  const lines = () => (document.data?.shown.version === document.data?.version ? props.place.lines : null)
  createEffect(() => {
    if (!lines() || !text) return
    const scroll = () => {
      const meant = text?.querySelector('[data-meant]')
      if (meant) watcher.disconnect()
      meant?.scrollIntoView({ block: 'center' })
    }
    // What reads Markdown is loaded when it is first needed.
    const watcher = new MutationObserver(scroll)
    watcher.observe(text, { childList: true, subtree: true })
    requestAnimationFrame(scroll)
    onCleanup(() => watcher.disconnect())
  })
  const versions = () =>
    (document.data?.versions ?? []).map((one) => ({
      value: String(one.version),
      label: `Version ${one.version}, ${ago(one.created_at, Date.now())}`,
    }))
  return (
    <Show when={!document.isError} fallback={<Failure error={document.error} />}>
      <Show when={document.data} fallback={<Waiting />}>
        {(one) => (
          <div class="min-h-0 flex-1 overflow-y-auto">
            <article class="mx-auto max-w-188 px-5 py-6">
              <p class="flex flex-wrap items-center gap-x-2 text-xs text-dim">
                <KindIcon kind="document" />
                <span class="uppercase">{one().format}</span>
                <span title={full(one().updated_at)}>· {ago(one().updated_at, Date.now())}</span>
                <Show when={one().author}>
                  {(name) => (
                    <span>
                      · <Safe text={name()} />
                    </span>
                  )}
                </Show>
                <Show when={one().published_at}>
                  {(time) => <span title={full(time())}>· published {ago(time(), Date.now())}</span>}
                </Show>
                <Show when={one().language}>{(language) => <span>· {language()}</span>}</Show>
                <span>· {plural(one().shown.characters, 'character')}</span>
              </p>
              <h1 class="mt-2 text-xl font-semibold [overflow-wrap:anywhere] text-balance">
                <Safe text={one().shown.title} />
              </h1>
              <Show when={one().url ?? one().file_name}>
                {(known) => (
                  <p class="mt-1 text-sm break-all text-dim">
                    <Safe text={known()} />
                  </p>
                )}
              </Show>
              <div class="mt-4 flex flex-wrap items-end gap-2">
                <Show when={safeHref(one().url ?? '')}>
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
                    setDraft(`About “${one().title}”: `)
                  }}
                >
                  <MessageCircle size={14} />
                  Ask about it
                </Button>
                <Show when={one().shown.original}>
                  <ButtonLink
                    look="quiet"
                    href={`/api/documents/${one().id}/original?version=${one().shown.version}`}
                    download=""
                  >
                    <Download size={14} />
                    Original
                  </ButtonLink>
                </Show>
                <Button
                  look="quiet"
                  onClick={() => {
                    removeDocument(one())
                    close(props.tabKey)
                  }}
                >
                  <Trash size={14} />
                  Remove
                </Button>
                <Show when={versions().length > 1}>
                  <Select
                    label="Version"
                    hideLabel
                    value={String(one().shown.version)}
                    options={versions()}
                    onChange={(event) => setVersion(Number(event.currentTarget.value))}
                  />
                </Show>
              </div>
              <Show when={one().shown.truncated}>
                <p class="mt-4 text-sm text-dim">
                  There was more: the first {number(one().shown.characters)} characters are kept.
                </p>
              </Show>
              <div ref={(element) => (text = element)} class="mt-6 [overflow-wrap:anywhere]">
                <Show when={one().format !== 'text'} fallback={<PlainText text={one().markdown} lines={lines()} />}>
                  <Markdown text={one().markdown} lines={lines()} />
                </Show>
              </div>
              <LinkedThreads kind="document" id={one().id} />
            </article>
          </div>
        )}
      </Show>
    </Show>
  )
}

/** Text as it stands, the lines that are meant marked. */
function PlainText(props: { text: string; lines: Lines | null }) {
  const parts = () => {
    const all = props.text.split('\n')
    const { start, end } = props.lines ?? { start: all.length + 1, end: all.length }
    const cut = [all.slice(0, start - 1), all.slice(start - 1, end), all.slice(end)]
    return cut.map((some, at) => ({ text: some.join('\n'), meant: at === 1 })).filter(({ text }) => text !== '')
  }
  return (
    <For each={parts()}>
      {({ text, meant }) => (
        <p
          data-meant={meant ? '' : undefined}
          class="text-base leading-6 whitespace-pre-wrap"
          classList={{ '-mx-3 border-l-2 border-accent bg-accent-soft/60 px-3': meant }}
        >
          {text}
        </p>
      )}
    </For>
  )
}
