/** Arrow keys walk the rows of a list: every row carries `data-row`. `j` and `k` do the same. */
export function walkList(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const target = event.target as HTMLElement
  if (event.ctrlKey || event.metaKey || event.altKey || target.matches('input, textarea, select')) return
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-row]')]
  const at = rows.findIndex((row) => row === target || row.parentElement?.contains(target))
  const to = {
    ArrowDown: at + 1,
    j: at + 1,
    ArrowUp: at - 1,
    k: at - 1,
    Home: 0,
    End: rows.length - 1,
    PageDown: Math.min(rows.length - 1, at + 10),
    PageUp: Math.max(0, at - 10),
  }[event.key]
  const next = to === undefined ? undefined : rows[to]
  if (!next) return
  event.preventDefault()
  next.focus()
  next.scrollIntoView({ block: 'nearest' })
}
