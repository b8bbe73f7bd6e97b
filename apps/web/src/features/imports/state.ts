import { createRoot, createSignal } from 'solid-js'

const [importing, setImporting] = createRoot(() => createSignal(false))
export { importing }
export const openImport = () => setImporting(true)
export const closeImport = () => setImporting(false)

const [importingChats, setImportingChats] = createRoot(() => createSignal(false))
export { importingChats }
export const openChatsImport = () => setImportingChats(true)
export const closeChatsImport = () => setImportingChats(false)
