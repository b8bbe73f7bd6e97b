import type { Citation, Message } from '@cairn/api/threads'
import BookmarkPlus from 'lucide-solid/icons/bookmark-plus'
import Check from 'lucide-solid/icons/check'
import Copy from 'lucide-solid/icons/copy'
import ListPlus from 'lucide-solid/icons/list-plus'
import Pencil from 'lucide-solid/icons/pencil'
import Refresh from 'lucide-solid/icons/refresh-cw'
import { createSignal, type JSX, Show } from 'solid-js'
import { lazily } from '../../../ui/lazily.tsx'
import { ago, full } from '../../../lib/format.ts'
import { useRead } from '../../../lib/queries.ts'
import { Button, IconButton } from '../../../ui/button.tsx'
import { openRemember } from '../../memories/state.ts'
import { openNewTask } from '../../tasks/state.ts'
import { CitationChip, Sources } from './citation.tsx'

const Markdown = lazily(() => import('../../../ui/markdown.tsx'))

type QuestionProps = {
  text: string
  id?: string
  time?: string
  /** Asks something else in its place. */
  onEdit?: ((text: string) => void) | undefined
  above?: JSX.Element
  after?: JSX.Element
  below?: JSX.Element
}

/** What was asked. */
export function Question(props: QuestionProps) {
  const [editing, setEditing] = createSignal(false)
  return (
    <div id={props.id} tabIndex={-1} class="group flex scroll-mt-4 flex-col items-end gap-1">
      <Show
        when={!(editing() && props.onEdit)}
        fallback={
          <EditQuestion
            text={props.text}
            onClose={() => setEditing(false)}
            onAsk={(text) => {
              setEditing(false)
              props.onEdit?.(text)
            }}
          />
        }
      >
        {props.above}
        <div
          class="max-w-[85%] rounded-xl rounded-br-sm bg-selected px-3.5 py-2 text-base break-words whitespace-pre-wrap"
          title={props.time && full(props.time)}
        >
          {props.text}
        </div>
        <div class="flex min-h-5.5 items-center gap-1">
          <Show when={props.onEdit}>
            <IconButton
              label="Edit the question"
              square="sm"
              class="opacity-0 group-focus-within:opacity-100 group-hover:opacity-100"
              onClick={() => setEditing(true)}
            >
              <Pencil size={13} />
            </IconButton>
          </Show>
          {props.after}
        </div>
        {props.below}
      </Show>
    </div>
  )
}

function EditQuestion(props: { text: string; onAsk: (text: string) => void; onClose: () => void }) {
  const [text, setText] = createSignal(props.text)
  const ask = () => text().trim() && props.onAsk(text().trim())
  const press = (event: KeyboardEvent) => {
    if (event.key === 'Escape') props.onClose()
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
    event.preventDefault()
    ask()
  }
  return (
    <div class="flex w-full max-w-[85%] flex-col gap-2">
      <textarea
        ref={(box) => requestAnimationFrame(() => box.focus())}
        aria-label="The question, edited"
        rows={Math.min(10, props.text.split('\n').length + 1)}
        class="w-full rounded-lg bg-raised px-3 py-2 text-base ring-1 ring-edge outline-none focus:ring-2 focus:ring-accent"
        value={text()}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={press}
      />
      <div class="flex justify-end gap-2">
        <Button size="sm" look="quiet" onClick={props.onClose}>
          Cancel
        </Button>
        <Button size="sm" look="primary" disabled={!text().trim()} onClick={ask}>
          Ask this instead
        </Button>
      </div>
    </div>
  )
}

type AnswerProps = {
  id?: string
  text: string
  citations: readonly Citation[]
  streaming?: boolean
  label?: JSX.Element
  after?: JSX.Element
}

/** What was answered, its numbers leading to their sources. */
export function Answer(props: AnswerProps) {
  const cite = (n: number) => <CitationChip n={n} citation={props.citations.find((one) => one.n === n)} />
  const used = () =>
    props.citations.filter(({ n }) => new RegExp(`\\[(?:\\d+\\s*,\\s*)*${n}(?:\\s*,\\s*\\d+)*\\]`).test(props.text))
  return (
    <article id={props.id} tabIndex={-1} class="scroll-mt-4" aria-busy={props.streaming}>
      {props.label}
      <Markdown text={props.text} streaming={props.streaming} cite={cite} />
      <Show when={!props.streaming && used().length > 0}>
        <Sources citations={used()} />
      </Show>
      {props.after}
    </article>
  )
}

/** Says how an answer came to be: written by a model, or quoted without one. */
export function Origin(props: { message: Message }) {
  return (
    <>
      <Show when={props.message.kind === 'extract'}>
        <ExtractLabel />
      </Show>
      <Show when={props.message.state === 'partial'}>
        <p class="mb-2 text-xs text-warn">Cut off: this is what had been written.</p>
      </Show>
    </>
  )
}

export function ExtractLabel() {
  const routes = useRead('models', 'routes', () => ({}))
  const hasModel = () => (routes.data?.chat.length ?? 0) > 0
  return (
    <p class="mb-2 flex flex-wrap items-center gap-x-2 text-xs text-dim">
      <span class="rounded-sm bg-warn-soft px-1.5 py-0.5 font-medium text-warn">Extract</span>
      <span>
        The best passages, quoted. No model wrote this.{' '}
        <a href="/settings/models" class="text-accent-ink underline underline-offset-2">
          {hasModel() ? 'Models' : 'Add a model'}
        </a>
      </span>
    </p>
  )
}

/** What can be done with a stored answer, and what it took. */
export function Actions(props: { message: Message; onAgain?: (() => void) | undefined }) {
  const [copied, setCopied] = createSignal(false)
  const copy = async () => {
    await navigator.clipboard.writeText(props.message.content)
    setCopied(true)
    setTimeout(() => setCopied(false), 1_500)
  }
  const usage = () =>
    [
      props.message.model,
      props.message.tokens ? `${props.message.tokens} tokens` : '',
      props.message.cost_usd ? `$${props.message.cost_usd.toFixed(4)}` : '',
    ]
      .filter(Boolean)
      .join(' · ')
  return (
    <>
      <IconButton label="Copy" square="sm" onClick={() => void copy()}>
        <Show when={copied()} fallback={<Copy size={14} />}>
          <Check size={14} />
        </Show>
      </IconButton>
      <Show when={props.onAgain}>
        <IconButton label="Answer again" square="sm" onClick={() => props.onAgain?.()}>
          <Refresh size={14} />
        </IconButton>
      </Show>
      <IconButton
        label="Remember this"
        square="sm"
        onClick={() => openRemember({ value: props.message.content, source: `message:${props.message.id}` })}
      >
        <BookmarkPlus size={14} />
      </IconButton>
      <IconButton
        label="Make it a task"
        square="sm"
        onClick={() =>
          openNewTask({
            description: props.message.content.slice(0, 20_000),
            source: `message:${props.message.id}`,
            thread_id: props.message.thread_id,
          })
        }
      >
        <ListPlus size={14} />
      </IconButton>
      <span class="ml-2 min-w-0 truncate text-xs text-faint" title={full(props.message.created_at)}>
        {[usage(), ago(props.message.created_at, Date.now())].filter(Boolean).join(' · ')}
      </span>
    </>
  )
}
