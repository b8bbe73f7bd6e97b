/** Walking over the board: lanes hold cells, one for each column, and cells hold cards. */
export type Arrow = 'ArrowUp' | 'ArrowDown' | 'ArrowLeft' | 'ArrowRight'

const linksIn = (cell: Element | null | undefined) => [...(cell?.querySelectorAll<HTMLElement>('[data-task]') ?? [])]

/** The card that lies in the direction of an arrow; up and down go on in the next lane, aside skips empty columns. */
export function neighbourCard(board: HTMLElement, link: HTMLElement, arrow: Arrow): HTMLElement | undefined {
  const cell = link.closest('[data-cell]')
  const lane = link.closest('[data-lane]')
  if (!cell || !lane) return undefined
  const cells = [...lane.children]
  const column = cells.indexOf(cell)
  const links = linksIn(cell)
  const at = links.indexOf(link)
  if (arrow === 'ArrowLeft' || arrow === 'ArrowRight') {
    const aside = arrow === 'ArrowLeft' ? cells.slice(0, column).reverse() : cells.slice(column + 1)
    const there = linksIn(aside.find((one) => linksIn(one).length > 0))
    return there[Math.min(at, there.length - 1)]
  }
  const by = arrow === 'ArrowUp' ? -1 : 1
  if (links[at + by]) return links[at + by]
  const lanes = [...board.querySelectorAll('[data-lane]')]
  const beyond = by < 0 ? lanes.slice(0, lanes.indexOf(lane)).reverse() : lanes.slice(lanes.indexOf(lane) + 1)
  const there = beyond.map((one) => linksIn(one.children[column])).find((some) => some.length > 0)
  return there?.at(by < 0 ? -1 : 0)
}

/** One step up or down in a card's own cell; null where it ends. */
export function spotBeside(link: HTMLElement, arrow: Arrow): { before: string } | { after: string } | null {
  const links = linksIn(link.closest('[data-cell]'))
  const at = links.indexOf(link)
  const other = links[at + (arrow === 'ArrowUp' ? -1 : 1)]?.dataset.task
  if (!other) return null
  return arrow === 'ArrowUp' ? { before: other } : { after: other }
}

/** Where a card that is let go at a height of a cell comes to stand. */
export function spotAt(cell: HTMLElement, y: number, dragged: string | null) {
  const cards = [...cell.querySelectorAll<HTMLElement>('[data-card]')].filter((card) => card.dataset.card !== dragged)
  const below = cards.find((card) => {
    const { top, height } = card.getBoundingClientRect()
    return y < top + height / 2
  })
  const last = cards.at(-1)?.dataset.card
  if (below?.dataset.card) return { before: below.dataset.card }
  return last ? { after: last } : {}
}
