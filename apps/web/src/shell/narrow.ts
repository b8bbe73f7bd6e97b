/** Is the window too narrow for panels beside one another? */
import { createRoot, createSignal } from 'solid-js'

const watch = (query: string) =>
  createRoot(() => {
    const media = matchMedia(query)
    const [matches, set] = createSignal(media.matches)
    media.addEventListener('change', () => set(media.matches))
    return matches
  })

/** A phone: panels lie over the page. */
export const narrow = watch('(width < 48rem)')
/** Too narrow for rows of one line. */
export const thin = watch('(width < 40rem)')
/** Too narrow for side panel, editor and ask panel at once. */
export const snug = watch('(width < 70rem)')
