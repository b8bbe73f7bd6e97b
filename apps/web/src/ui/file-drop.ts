import { createSignal } from 'solid-js'

/** Takes files that are dropped on an element: spread `on` over it; `over` while files hover above it. */
export function makeFileDrop(take: (files: File[]) => void) {
  const [over, setOver] = createSignal(false)
  const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true
  return {
    over,
    on: {
      onDragOver: (event: DragEvent) => {
        if (!carriesFiles(event)) return
        event.preventDefault()
        setOver(true)
      },
      onDragLeave: (event: DragEvent & { currentTarget: HTMLElement }) =>
        !event.currentTarget.contains(event.relatedTarget as Node | null) && setOver(false),
      onDrop: (event: DragEvent) => {
        setOver(false)
        if (!carriesFiles(event)) return
        event.preventDefault()
        take([...(event.dataTransfer?.files ?? [])])
      },
    },
  }
}
