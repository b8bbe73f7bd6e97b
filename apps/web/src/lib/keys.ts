/**
 * Key bindings in the notation of tinykeys: `$mod+k` (⌘ on a Mac, Ctrl elsewhere), `Alt+KeyW`, sequences as `g h`.
 * Keys with Alt are named by their place on the keyboard, since Alt changes what they type on a Mac.
 */
export type Bound = { id: string; keys?: readonly string[] }
/** What a person changed: a command's id and its keys; an empty list takes all of them away. */
export type Rebound = Record<string, string[]>

export type KeyPress = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>

const modifiers = new Set([
  'Control',
  'Meta',
  'Alt',
  'Shift',
  'AltGraph',
  'CapsLock',
  'Dead',
  'Unidentified',
  'Process',
])

/** The binding that a key press stands for; null for a modifier alone. */
export function bindingOf(press: KeyPress, mac: boolean): string | null {
  if (modifiers.has(press.key)) return null
  const parts: string[] = []
  if (mac ? press.metaKey : press.ctrlKey) parts.push('$mod')
  if (mac && press.ctrlKey) parts.push('Control')
  if (!mac && press.metaKey) parts.push('Meta')
  if (press.altKey) parts.push('Alt')
  const printable = [...press.key].length === 1
  const letter = /^[a-z]$/i.test(press.key)
  if (press.shiftKey && (letter || !printable || press.altKey)) parts.push('Shift')
  else if (press.shiftKey) parts.push('[Shift]')
  const key =
    press.altKey && printable ? press.code : press.key === ' ' ? 'Space' : letter ? press.key.toLowerCase() : press.key
  return [...parts, key].join('+')
}

/** Is it a binding that works while someone is typing? Only those with a modifier, and function keys. */
export const worksWhileTyping = (binding: string) =>
  binding.split(' ').every((press) => /(^|\+)(\$mod|Control|Meta|Alt)\+/.test(press) || /(^|\+)F\d{1,2}$/.test(press))

/** Keys of a command after what a person changed. */
export const keysOf = (command: Bound, rebound: Rebound): readonly string[] => rebound[command.id] ?? command.keys ?? []

/** Which command each binding runs. Where two want one, the one that a person chose wins, then the first. */
export function bindings(commands: readonly Bound[], rebound: Rebound): Map<string, string> {
  const found = new Map<string, string>()
  const chosen = commands.filter((command) => rebound[command.id])
  for (const command of [...chosen, ...commands])
    for (const key of keysOf(command, rebound)) if (!found.has(key)) found.set(key, command.id)
  return found
}

/** Ids of other commands that have this binding now. */
export const conflicts = (commands: readonly Bound[], rebound: Rebound, id: string, binding: string) =>
  commands.filter((one) => one.id !== id && keysOf(one, rebound).includes(binding)).map((one) => one.id)

const macNames: Record<string, string> = { $mod: '⌘', Control: '⌃', Alt: '⌥', Shift: '⇧', Meta: '⌘' }
const otherNames: Record<string, string> = { $mod: 'Ctrl', Control: 'Ctrl', Alt: 'Alt', Shift: 'Shift', Meta: 'Meta' }
const keyNames: Record<string, string> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Enter: '↵',
  Escape: 'Esc',
  Backspace: '⌫',
  Delete: 'Del',
  BracketLeft: '[',
  BracketRight: ']',
  Comma: ',',
  Period: '.',
  Slash: '/',
}

/** A binding as caps to show: one list per press of a sequence. */
export function showBinding(binding: string, mac: boolean): string[][] {
  const names = mac ? macNames : otherNames
  return binding.split(' ').map((press) => {
    const parts = press.split(/(?<=\w|\])\+/)
    const key = parts.pop() ?? ''
    const shown = keyNames[key] ?? key.replace(/^(Key|Digit)(?=.$)/, '')
    return [
      ...parts.filter((part) => !part.startsWith('[')).map((part) => names[part] ?? part),
      shown.length === 1 ? shown.toUpperCase() : shown,
    ]
  })
}

/** The same in one line, for labels and tooltips: "Ctrl+K", "G then H", "⌘K". */
export const spellBinding = (binding: string, mac: boolean) =>
  showBinding(binding, mac)
    .map((press) => press.join(mac ? '' : '+'))
    .join(' then ')

/** What was stored as rebound keys, checked. */
export function restoreRebound(stored: unknown): Rebound {
  if (typeof stored !== 'object' || stored === null || Array.isArray(stored)) return {}
  const good = Object.entries(stored).filter(
    (entry): entry is [string, string[]] =>
      Array.isArray(entry[1]) && entry[1].every((key) => typeof key === 'string' && key.length > 0 && key.length < 60),
  )
  return Object.fromEntries(good)
}
