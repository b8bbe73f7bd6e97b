import { describe, expect, it } from 'vitest'
import {
  bindingOf,
  bindings,
  conflicts,
  keysOf,
  restoreRebound,
  showBinding,
  spellBinding,
  worksWhileTyping,
} from './keys.ts'

const press = (key: string, more: Partial<KeyboardEvent> = {}) => ({
  key,
  code: `Key${key.toUpperCase()}`,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...more,
})
const commands = [
  { id: 'palette', keys: ['$mod+k'] },
  { id: 'home', keys: ['g h'] },
  { id: 'help', keys: ['[Shift]+?'] },
  { id: 'quiet' },
]

describe('key bindings', () => {
  it('are read from a key press, the same on every system', () => {
    expect(bindingOf(press('k', { ctrlKey: true }), false)).toBe('$mod+k')
    expect(bindingOf(press('k', { metaKey: true }), true)).toBe('$mod+k')
    expect(bindingOf(press('P', { ctrlKey: true, shiftKey: true }), false)).toBe('$mod+Shift+p')
    expect(bindingOf(press('∑', { altKey: true, code: 'KeyW' }), true)).toBe('Alt+KeyW')
    expect(bindingOf(press('?', { shiftKey: true }), false)).toBe('[Shift]+?')
    expect(bindingOf(press('F6', { shiftKey: true }), false)).toBe('Shift+F6')
    expect(bindingOf(press('Shift', { shiftKey: true }), false)).toBeNull()
  })

  it('work while typing only with a modifier', () => {
    expect(['$mod+k', 'Alt+KeyW', 'F6', '$mod+Shift+p'].every(worksWhileTyping)).toBe(true)
    expect(['g h', '?', '[Shift]+?', 'Shift+n'].some(worksWhileTyping)).toBe(false)
  })

  it('can be changed and taken away; what a person chose wins', () => {
    const map = bindings(commands, { home: ['$mod+k'], help: [] })
    expect(map.get('$mod+k')).toBe('home')
    expect(map.has('[Shift]+?')).toBe(false)
    expect(map.has('g h')).toBe(false)
    expect(keysOf({ id: 'quiet' }, {})).toEqual([])
  })

  it('say who has a binding already', () => {
    expect(conflicts(commands, {}, 'quiet', 'g h')).toEqual(['home'])
    expect(conflicts(commands, {}, 'home', 'g h')).toEqual([])
  })

  it('are shown in the words of the system', () => {
    expect(showBinding('$mod+Shift+p', false)).toEqual([['Ctrl', 'Shift', 'P']])
    expect(showBinding('$mod+k', true)).toEqual([['⌘', 'K']])
    expect(showBinding('g h', false)).toEqual([['G'], ['H']])
    expect(showBinding('[Shift]+?', false)).toEqual([['?']])
    expect(spellBinding('Alt+KeyW', false)).toBe('Alt+W')
    expect(spellBinding('g h', false)).toBe('G then H')
  })

  it('are restored from storage without what is broken', () => {
    expect(restoreRebound({ home: ['g x'], palette: 'no', help: [1] })).toEqual({ home: ['g x'] })
    for (const odd of [null, 'x', []]) expect(restoreRebound(odd)).toEqual({})
  })
})
