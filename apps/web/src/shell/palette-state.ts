import { createRoot, createSignal } from 'solid-js'

const [paletteOpen, setOpen] = createRoot(() => createSignal(false))
const [paletteStart, setStart] = createRoot(() => createSignal(''))
export { paletteOpen, paletteStart }

/** Opens the palette with something typed already: `>` for commands, `#` for files. */
export function openPalette(start = ''): void {
  if (paletteOpen()) return
  setStart(start)
  addEventListener('keydown', catchKey, true)
  setOpen(true)
}
export function closePalette(): void {
  paletteShown()
  setOpen(false)
}

/** Until the palette is there to take them, keys are kept for it: nobody waits for a file before typing. */
function catchKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || [...event.key].length !== 1) return
  setStart((typed) => typed + event.key)
  event.preventDefault()
  event.stopPropagation()
}

/** The palette is there and takes its keys itself from now on. */
export const paletteShown = () => removeEventListener('keydown', catchKey, true)
