import ArrowUp from 'lucide-solid/icons/arrow-up'
import Filter from 'lucide-solid/icons/list-filter'
import Paperclip from 'lucide-solid/icons/paperclip'
import Square from 'lucide-solid/icons/square'
import { createEffect, createSignal, For, on, Show } from 'solid-js'
import { activeTab, place } from '../../../lib/layout.ts'
import { useRead } from '../../../lib/queries.ts'
import { IconButton } from '../../../ui/button.tsx'
import { kindName } from '../../../ui/place-icon.tsx'
import { chooseFiles } from '../../documents/state.ts'
import type { Attachings } from '../attaching.ts'
import { draft, type Question, setDraft } from '../state.ts'
import { AttachingList } from './attached.tsx'

type ComposerProps = {
  busy: boolean
  /** Offers to put the open file into the question. */
  beside?: boolean
  focus?: boolean
  /** Files that go along with the question. */
  attachings: Attachings
  onSend: (question: Pick<Question, 'message' | 'sources' | 'model' | 'attachments'>) => void
  onStop: () => void
}

const kinds = ['file', 'visit', 'bookmark', 'document', 'message', 'commit', 'memory', 'task'] as const

/** Where a question is typed. Enter sends, Shift+Enter is a new line. */
export function Composer(props: ComposerProps) {
  let box: HTMLTextAreaElement | undefined
  const [text, setText] = createSignal('')
  const [sources, setSources] = createSignal<string[]>([])
  const [filtering, setFiltering] = createSignal(false)
  const [model, setModel] = createSignal('')
  const routes = useRead('models', 'routes', () => ({}))
  const models = () => [...new Set(routes.data?.chat.map((route) => route.model))]
  const file = () => {
    const here = place()
    return props.beside && here.kind === 'file' ? here.uri : null
  }
  const grow = () => {
    if (!box) return
    box.style.height = 'auto'
    box.style.height = `${Math.min(box.scrollHeight, 220)}px`
  }
  createEffect(on(text, grow))
  createEffect(() => {
    const words = draft()
    if (words === null || !props.beside) return
    setText(words)
    setDraft(null)
    box?.focus()
  })
  createEffect(() => props.focus && box?.focus())

  const send = () => {
    const message = text().trim()
    if (!message || props.busy || props.attachings.busy()) return
    const attachments = props.attachings.documents()
    props.onSend({ message, sources: sources(), attachments, ...(model() && { model: model() }) })
    setText('')
    props.attachings.clear()
  }
  const press = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
    event.preventDefault()
    send()
  }
  const paste = (event: ClipboardEvent) => {
    const files = [...(event.clipboardData?.files ?? [])]
    if (files.length === 0) return
    event.preventDefault()
    props.attachings.add(files)
  }
  const toggle = (kind: string) =>
    setSources((all) => (all.includes(kind) ? all.filter((one) => one !== kind) : [...all, kind]))
  return (
    <div class="rounded-xl bg-raised ring-1 ring-edge focus-within:ring-2 focus-within:ring-accent">
      <AttachingList attachings={props.attachings} />
      <textarea
        ref={box}
        data-autofocus
        rows="1"
        aria-label="Your question"
        placeholder="Ask about your files, pages, threads and commits…"
        class="block w-full resize-none bg-transparent px-3.5 pt-2.5 pb-1 text-base text-ink outline-none"
        value={text()}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={press}
        onPaste={paste}
      />
      <Show when={filtering()}>
        <div class="flex flex-wrap gap-1 px-3 pb-1" role="group" aria-label="Answer only from">
          <For each={kinds}>
            {(kind) => (
              <button
                type="button"
                aria-pressed={sources().includes(kind)}
                class="h-6 rounded-full px-2 text-xs text-dim ring-1 ring-line ring-inset hover:bg-hover aria-pressed:bg-accent-soft aria-pressed:text-accent-ink aria-pressed:ring-accent/40"
                onClick={() => toggle(kind)}
              >
                {kindName(kind, true)}
              </button>
            )}
          </For>
        </div>
      </Show>
      <div class="flex items-center gap-1 px-2 pb-2">
        <IconButton
          label={sources().length > 0 ? 'Answering from chosen sources' : 'Choose sources'}
          side="top"
          pressed={filtering() || sources().length > 0}
          onClick={() => setFiltering(!filtering())}
        >
          <Filter size={15} />
        </IconButton>
        <IconButton label="Attach files" side="top" onClick={() => chooseFiles(props.attachings.add)}>
          <Paperclip size={15} />
        </IconButton>
        <Show when={models().length > 0}>
          <select
            aria-label="Model"
            class="h-6 max-w-40 rounded-md bg-transparent px-1 text-xs text-dim hover:bg-hover"
            value={model()}
            onChange={(event) => setModel(event.currentTarget.value)}
          >
            <option value="">{models()[0]}</option>
            <For each={models().slice(1)}>{(one) => <option value={one}>{one}</option>}</For>
            <option value="extract">extract only</option>
          </select>
        </Show>
        <Show when={file()}>
          {(uri) => (
            <button
              type="button"
              class="h-6 min-w-0 truncate rounded-md px-1.5 text-xs text-dim hover:bg-hover hover:text-ink"
              title="Put the name of the open file into the question"
              onClick={() => {
                setText((old) => `In ${uri()}: ${old}`)
                box?.focus()
              }}
            >
              + {activeTab()?.title}
            </button>
          )}
        </Show>
        <span class="flex-1" />
        <Show
          when={props.busy}
          fallback={
            <button
              type="button"
              aria-label="Send"
              disabled={!text().trim() || props.attachings.busy()}
              class="inline-flex size-7 items-center justify-center rounded-full bg-accent text-on-accent hover:brightness-108 disabled:bg-selected disabled:text-faint"
              onClick={send}
            >
              <ArrowUp size={16} />
            </button>
          }
        >
          <button
            type="button"
            aria-label="Stop"
            class="inline-flex size-7 items-center justify-center rounded-full bg-ink text-canvas hover:opacity-85"
            onClick={() => props.onStop()}
          >
            <Square size={11} fill="currentColor" />
          </button>
        </Show>
      </div>
    </div>
  )
}
