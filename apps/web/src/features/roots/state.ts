import { createRoot, createSignal } from 'solid-js'

const [addingFolder, setAddingFolder] = createRoot(() => createSignal(false))
export { addingFolder }
export const openAddFolder = () => setAddingFolder(true)
export const closeAddFolder = () => setAddingFolder(false)
