/** Keys of a tree, as the ARIA practices have them. Rows are `treeitem`s in the order they are seen. */
export function walkTree(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const row = (event.target as HTMLElement).closest<HTMLElement>('[role="treeitem"]')
  if (!row || event.target !== row || event.ctrlKey || event.metaKey || event.altKey) return
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('[role="treeitem"]')]
  const at = rows.indexOf(row)
  const level = Number(row.ariaLevel)
  const expanded = row.getAttribute('aria-expanded')
  const goTo = (next: HTMLElement | undefined) => next?.focus()
  const steps: Record<string, () => void> = {
    ArrowDown: () => goTo(rows[at + 1]),
    ArrowUp: () => goTo(rows[at - 1]),
    Home: () => goTo(rows[0]),
    End: () => toEnd(event.currentTarget),
    PageDown: () => goTo(rows[Math.min(rows.length - 1, at + 15)]),
    PageUp: () => goTo(rows[Math.max(0, at - 15)]),
    ArrowRight: () => {
      if (expanded === 'false') row.click()
      else if (expanded === 'true') goTo(rows[at + 1])
    },
    ArrowLeft: () => {
      if (expanded === 'true') row.click()
      else goTo(rows.slice(0, at).findLast((one) => Number(one.ariaLevel) < level))
    },
    Enter: () => row.click(),
    ' ': () => row.click(),
  }
  const step = steps[event.key]
  if (!step) return
  step()
  event.preventDefault()
  event.stopPropagation()
}

/** The last row may not be drawn before it is in sight, which takes some frames. */
function toEnd(tree: HTMLElement, frames = 4): void {
  tree.scrollTop = tree.scrollHeight
  if (frames === 0) return [...tree.querySelectorAll<HTMLElement>('[role="treeitem"]')].at(-1)?.focus()
  requestAnimationFrame(() => toEnd(tree, frames - 1))
}
