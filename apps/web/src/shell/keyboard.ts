/** Key presses run commands. One listener for those that work while typing, one for the rest. */
import { createEffect, onCleanup } from 'solid-js'
import { createKeybindingsHandler } from 'tinykeys'
import { keyMap, recordingKeys, runCommand } from '../lib/commands.ts'
import { worksWhileTyping } from '../lib/keys.ts'

/** Does a plain key write something there? Not in an editor that only shows. */
const typing = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  target.ariaReadOnly !== 'true' &&
  (target.isContentEditable || target.matches('input:not([type=checkbox]):not([type=radio]), select, textarea'))

/** The element that really has the focus, also inside the editor's shadow root. */
const focused = (event: KeyboardEvent) => event.composedPath()[0] ?? event.target

export function listenToKeys(): void {
  createEffect(() => {
    const always: Record<string, (event: KeyboardEvent) => void> = {}
    const elsewhere: Record<string, (event: KeyboardEvent) => void> = {}
    for (const [binding, id] of keyMap()) {
      const run = (event: KeyboardEvent) => {
        event.preventDefault()
        event.stopPropagation()
        runCommand(id)
      }
      if (worksWhileTyping(binding)) always[binding] = run
      else elsewhere[binding] = run
    }
    const busy = (event: KeyboardEvent) =>
      event.isComposing ||
      event.defaultPrevented ||
      recordingKeys() ||
      document.querySelector('[role="dialog"], [role="alertdialog"], [role="menu"]') !== null
    // Commands come before what the editor would do with their keys; plain keys after everyone else.
    const first = createKeybindingsHandler(always, { ignore: busy })
    // After a sequence has run the library keeps the beginnings of its neighbours: each sequence gets a fresh start.
    const fresh = () =>
      createKeybindingsHandler(elsewhere, { ignore: (event) => busy(event) || typing(focused(event)) })
    let second = fresh()
    const plain = (event: KeyboardEvent) => {
      second(event)
      if (event.defaultPrevented) second = fresh()
    }
    addEventListener('keydown', first, true)
    addEventListener('keydown', plain)
    onCleanup(() => {
      removeEventListener('keydown', first, true)
      removeEventListener('keydown', plain)
    })
  })
}
