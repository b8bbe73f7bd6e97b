/** A quoted piece of code with its colours, as plain elements. Loaded when first needed. */
import { classHighlighter, highlightTree } from '@lezer/highlight'
import Check from 'lucide-solid/icons/check'
import Copy from 'lucide-solid/icons/copy'
import { createResource, createSignal, For, Show } from 'solid-js'
import { languageOf } from './languages.ts'

type Run = { text: string; look: string }

/** Longer pieces are shown without colours. */
const most = 40_000

async function runsOf({ text, name }: { text: string; name: string }): Promise<Run[]> {
  const language = name && text.length < most ? await languageOf(name) : null
  if (!language) return [{ text, look: '' }]
  const runs: Run[] = []
  let from = 0
  const tree = language.language.parser.parse(text)
  highlightTree(tree, classHighlighter, (start, end, look) => {
    if (start > from) runs.push({ text: text.slice(from, start), look: '' })
    runs.push({ text: text.slice(start, end), look })
    from = end
  })
  if (from < text.length) runs.push({ text: text.slice(from), look: '' })
  return runs
}

/** The colours alone, inside an element of the caller's. */
export function Coloured(props: { text: string; name: string }) {
  const [runs] = createResource(() => ({ text: props.text, name: props.name }), runsOf)
  return (
    <Show when={runs.latest} fallback={props.text}>
      {(found) => <For each={found()}>{(run) => (run.look ? <span class={run.look}>{run.text}</span> : run.text)}</For>}
    </Show>
  )
}

/** A block with a button that copies it. `name` is a file name that tells the language. */
export default function Code(props: { text: string; name: string }) {
  const [copied, setCopied] = createSignal(false)
  const copy = async () => {
    await navigator.clipboard.writeText(props.text)
    setCopied(true)
    setTimeout(() => setCopied(false), 1_500)
  }
  return (
    <div class="group relative">
      <pre tabindex="0">
        <code>
          <Coloured text={props.text} name={props.name} />
        </code>
      </pre>
      <button
        type="button"
        aria-label="Copy"
        class="absolute top-1.5 right-1.5 inline-flex size-6 items-center justify-center rounded-sm bg-raised text-dim opacity-0 ring-1 ring-line group-focus-within:opacity-100 group-hover:opacity-100 hover:text-ink"
        onClick={() => void copy()}
      >
        <Show when={copied()} fallback={<Copy size={13} />}>
          <Check size={13} />
        </Show>
      </button>
    </div>
  )
}
