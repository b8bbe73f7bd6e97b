import ArrowUp from 'lucide-solid/icons/arrow-up'
import { createSignal, Show } from 'solid-js'
import { hintOf, runCommand } from '../../../lib/commands.ts'
import { CairnMark } from '../../../ui/cairn.tsx'
import { askAbout } from '../../chat/state.ts'

/** The question comes first. */
export function AskBox(props: { active: boolean; empty: boolean }) {
  const [text, setText] = createSignal('')
  const ask = (event: SubmitEvent) => {
    event.preventDefault()
    const message = text().trim()
    if (!message) return
    setText('')
    askAbout(message)
  }
  return (
    <div class="mx-auto flex w-full max-w-172 flex-col items-center">
      <CairnMark size={44} class="text-accent" />
      <p class="mt-3 text-xl font-semibold text-balance">
        <Show when={props.empty} fallback="What are you looking for?">
          A workspace that remembers
        </Show>
      </p>
      <form
        class="mt-4 flex h-12 w-full items-center gap-2 rounded-xl bg-raised pr-2.5 pl-4 ring-1 ring-edge focus-within:ring-2 focus-within:ring-accent"
        onSubmit={ask}
      >
        <input
          data-autofocus
          aria-label="Ask a question"
          autocomplete="off"
          placeholder="Ask about your files, pages, threads and commits…"
          class="h-full min-w-0 flex-1 bg-transparent text-base outline-none"
          value={text()}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <button
          type="submit"
          aria-label="Ask"
          disabled={!text().trim()}
          class="inline-flex size-7 shrink-0 items-center justify-center rounded-full bg-accent text-on-accent hover:brightness-108 disabled:bg-selected disabled:text-faint"
        >
          <ArrowUp size={16} />
        </button>
      </form>
      <p class="mt-2.5 flex flex-wrap justify-center gap-x-4 gap-y-1 text-xs text-dim">
        <Hint command="go.search" keys="/">
          Search everything
        </Hint>
        <Hint command="palette.open" keys={hintOf('palette.open')}>
          Go to anything
        </Hint>
        <Hint command="help.shortcuts" keys="?">
          Shortcuts
        </Hint>
      </p>
    </div>
  )
}

function Hint(props: { command: string; keys: string; children: string }) {
  return (
    <button
      type="button"
      class="inline-flex items-center gap-1.5 rounded-sm hover:text-ink"
      onClick={() => runCommand(props.command)}
    >
      <kbd class="rounded-sm bg-inset px-1.5 font-mono text-2xs text-dim ring-1 ring-line ring-inset">{props.keys}</kbd>
      {props.children}
    </button>
  )
}
