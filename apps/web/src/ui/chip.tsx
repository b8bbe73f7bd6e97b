/** A small switch in a row of them: one of several ways to look at a list or a chart. */
export function Chip(props: { pressed: boolean; onClick: () => void; children: string }) {
  return (
    <button
      type="button"
      aria-pressed={props.pressed}
      class="h-6 rounded-full px-2.5 text-xs text-dim ring-1 ring-line ring-inset hover:bg-hover aria-pressed:bg-accent-soft aria-pressed:text-accent-ink aria-pressed:ring-accent/40"
      onClick={() => props.onClick()}
    >
      {props.children}
    </button>
  )
}
