/** The one registry of commands: palette, key bindings, menus and the list of shortcuts all read it. */
import { type Accessor, createMemo, createRoot, createSignal, type JSX, onCleanup } from 'solid-js'
import { bindings, keysOf, type Rebound, restoreRebound, spellBinding } from './keys.ts'
import { stored } from './stored.ts'

export type Command = {
  /** Stable: what a person rebinds. `go.home`, `thread.rename`. */
  id: string
  title: string
  group:
    | 'Go to'
    | 'Ask'
    | 'Files'
    | 'History'
    | 'Bookmarks'
    | 'Documents'
    | 'Memories'
    | 'Tasks'
    | 'Jobs'
    | 'View'
    | 'Settings'
    | 'Help'
  /** Default keys in the notation of `keys.ts`. */
  keys?: readonly string[]
  /** Other words that people look for it by. */
  words?: string
  icon?: () => JSX.Element
  /** Can it run now? Left out of the palette while not. */
  when?: () => boolean
  run(): unknown
}

export const isMac = /Mac|iPhone|iPad/.test(navigator.platform)

const [groups, setGroups] = createSignal<readonly Accessor<readonly Command[]>[]>([])

export const [rebound, setRebound] = stored<Rebound>('cairn.keys', {}, restoreRebound)

/** While new keys are being chosen for a command, keys run none. */
const [recordingKeys, setRecordingKeys] = createRoot(() => createSignal(false))
export { recordingKeys, setRecordingKeys }

/** Adds commands for as long as the component that calls lives. */
export function useCommands(commands: Accessor<readonly Command[]>): void {
  setGroups((all) => [...all, commands])
  onCleanup(() => setGroups((all) => all.filter((one) => one !== commands)))
}

/** Every command, the latest of two with one id. */
export const allCommands = createRoot(() =>
  createMemo(() => {
    const found = new Map<string, Command>()
    for (const group of groups()) for (const command of group()) found.set(command.id, command)
    return [...found.values()]
  }),
)

export const canRun = (command: Command) => command.when?.() ?? true

/** Runs a command by its id; nothing happens where it is not known or cannot run now. */
export function runCommand(id: string): void {
  const command = allCommands().find((one) => one.id === id)
  if (command && canRun(command)) command.run()
}

/** Binding → command, after what the person changed. */
export const keyMap = createRoot(() => createMemo(() => bindings(allCommands(), rebound())))

/** The first binding of a command, spelled for this system; empty where it has none. */
export function hintOf(id: string): string {
  const command = allCommands().find((one) => one.id === id)
  const [key] = command ? keysOf(command, rebound()) : []
  return key ? spellBinding(key, isMac) : ''
}
/** A label with its key in brackets, for tooltips. */
export const withHint = (label: string, id: string) => {
  const hint = hintOf(id)
  return hint ? `${label} (${hint})` : label
}
