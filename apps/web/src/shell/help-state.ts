import { createRoot, createSignal } from 'solid-js'

const [helpOpen, setHelpOpen] = createRoot(() => createSignal(false))
export { helpOpen, setHelpOpen }
