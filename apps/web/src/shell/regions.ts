/** F6 walks through the parts of the workbench, as in every tool of this kind. */

const order = ['rail', 'side', 'tabs', 'main', 'ask', 'status'] as const
const visible = (element: HTMLElement) => element.offsetParent !== null || element.getClientRects().length > 0

/** Moves the focus to the next (or with -1 the previous) part that is on screen. */
export function walkRegions(by: 1 | -1): void {
  const parts = order
    .map((name) => document.querySelector<HTMLElement>(`[data-region="${name}"]`))
    .filter((part): part is HTMLElement => part !== null && visible(part))
  const at = parts.findIndex((part) => part.contains(document.activeElement))
  const next = parts[(at + by + parts.length) % parts.length]
  if (next) focusInside(next)
}

const focusable =
  '[data-autofocus], [tabindex="0"], a[href]:not([tabindex="-1"]), button:not([disabled]):not([tabindex="-1"]), input:not([disabled]), textarea, select'

/** Focuses what an area wants focused first, else its first control, else the area itself. */
export function focusInside(area: HTMLElement): void {
  const wanted = [...area.querySelectorAll<HTMLElement>('[data-autofocus]')].find(visible)
  const target = wanted ?? [...area.querySelectorAll<HTMLElement>(focusable)].find(visible)
  if (target) {
    target.focus()
    if (target instanceof HTMLInputElement) target.select()
  } else {
    area.tabIndex = -1
    area.focus()
  }
}

/** Focuses an area as soon as what it wants focused is there; views load when they are first opened. */
function focusSoon(find: () => HTMLElement | null, tries = 60): void {
  requestAnimationFrame(() => {
    const area = find()
    const ready = area && [...area.querySelectorAll<HTMLElement>('[data-autofocus]')].some(visible)
    if (area && (ready || tries === 0)) focusInside(area)
    else if (tries > 0)
      focusSoon(find, area && tries > 12 && area.childElementCount > 0 && settled(area) ? 0 : tries - 1)
  })
}
/** A view without anything marked is there once it holds a control. */
const settled = (area: HTMLElement) =>
  !area.querySelector('[aria-busy="true"]') && [...area.querySelectorAll<HTMLElement>(focusable)].some(visible)

/** Focuses what is open in the editor area. */
export const focusMain = () =>
  focusSoon(() => document.querySelector<HTMLElement>('[data-region="main"] [role="tabpanel"]:not([inert])'))

export const focusRegion = (name: (typeof order)[number]) =>
  focusSoon(() => document.querySelector<HTMLElement>(`[data-region="${name}"]`))
