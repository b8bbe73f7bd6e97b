/** Text from outside, shown and never obeyed: isolated in its own direction, hidden characters by name. */
import { For, Show } from 'solid-js'
import { pieces } from '../lib/escape.ts'

export function Safe(props: { text: string; class?: string }) {
  return (
    <bdi class={props.class}>
      <For each={pieces(props.text)}>
        {(piece) => (
          <Show when={piece.escaped} fallback={piece.text}>
            <span class="escape-mark">{piece.text}</span>
          </Show>
        )}
      </For>
    </bdi>
  )
}

/** The same with the parts in `marks` (UTF-16, end exclusive) highlighted; for titles and passages that were found. */
export function Marked(props: { text: string; marks: readonly { start: number; end: number }[] }) {
  const parts = () => {
    const found: { text: string; marked: boolean }[] = []
    let from = 0
    for (const { start, end } of props.marks) {
      if (start < from || end <= start) continue
      if (start > from) found.push({ text: props.text.slice(from, start), marked: false })
      found.push({ text: props.text.slice(start, end), marked: true })
      from = end
    }
    if (from < props.text.length) found.push({ text: props.text.slice(from), marked: false })
    return found
  }
  return (
    <For each={parts()}>
      {(part) => (
        <Show when={part.marked} fallback={<Lined text={part.text} />}>
          <mark class="rounded-sm bg-mark text-ink">
            <Lined text={part.text} />
          </mark>
        </Show>
      )}
    </For>
  )
}

/** Line breaks and tabs of a passage stay what they are; everything else hidden is named. */
function Lined(props: { text: string }) {
  const kept = (text: string) => text === '⏎' || text === '⇥'
  return (
    <For each={pieces(props.text)}>
      {(piece) => (
        <Show when={piece.escaped} fallback={piece.text}>
          <Show when={kept(piece.text)} fallback={<span class="escape-mark">{piece.text}</span>}>
            {piece.text === '⏎' ? '\n' : '\t'}
          </Show>
        </Show>
      )}
    </For>
  )
}
