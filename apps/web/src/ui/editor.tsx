/**
 * The editor: CodeMirror, read-only for now. It lives in a shadow root, where its styles are constructed sheets and need
 * no exception from the page's policy. Loaded when first needed.
 */
import { defaultKeymap } from '@codemirror/commands'
import {
  bracketMatching,
  codeFolding,
  foldGutter,
  foldKeymap,
  HighlightStyle,
  syntaxHighlighting,
} from '@codemirror/language'
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search'
import { Compartment, EditorState, type Extension, StateEffect, StateField } from '@codemirror/state'
import {
  Decoration,
  type DecorationSet,
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  rectangularSelection,
} from '@codemirror/view'
import { tags as t } from '@lezer/highlight'
import { createEffect, on, onCleanup, onMount } from 'solid-js'
import type { Lines } from '../lib/places.ts'
import { languageOf } from './languages.ts'

const colours = HighlightStyle.define([
  { tag: [t.keyword, t.operatorKeyword, t.modifier, t.controlKeyword], color: 'var(--syn-keyword)' },
  { tag: [t.string, t.special(t.string), t.regexp, t.inserted], color: 'var(--syn-string)' },
  { tag: [t.number, t.bool, t.null, t.atom, t.literal, t.unit], color: 'var(--syn-number)' },
  {
    tag: [
      t.function(t.variableName),
      t.function(t.propertyName),
      t.definition(t.variableName),
      t.propertyName,
      t.labelName,
    ],
    color: 'var(--syn-name)',
  },
  { tag: [t.typeName, t.className, t.namespace, t.macroName, t.tagName, t.attributeName], color: 'var(--syn-type)' },
  { tag: [t.comment, t.meta, t.processingInstruction], color: 'var(--syn-comment)' },
  { tag: [t.invalid, t.deleted], color: 'var(--syn-invalid)' },
  { tag: t.heading, color: 'var(--syn-name)', fontWeight: '600' },
  { tag: t.strong, fontWeight: '600' },
  { tag: t.emphasis, fontStyle: 'italic' },
  { tag: [t.link, t.url], color: 'var(--syn-type)', textDecoration: 'underline' },
])

const look = EditorView.theme({
  '&': { height: '100%', fontSize: '0.8125rem', color: 'var(--color-ink)', backgroundColor: 'var(--color-canvas)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': {
    fontFamily: 'var(--font-mono)',
    lineHeight: '1.55',
    fontVariantLigatures: 'none',
    overflow: 'auto',
  },
  '.cm-content': { padding: '8px 0 40vh', caretColor: 'var(--color-accent)' },
  '.cm-line': { padding: '0 16px 0 8px' },
  '.cm-gutters': {
    backgroundColor: 'var(--color-canvas)',
    color: 'var(--color-faint)',
    border: 'none',
    paddingLeft: '8px',
  },
  '.cm-lineNumbers .cm-gutterElement': { padding: '0 6px 0 10px', cursor: 'pointer', minWidth: '34px' },
  '.cm-activeLine': { backgroundColor: 'transparent' },
  '&.cm-focused .cm-activeLine': { backgroundColor: 'color-mix(in oklch, var(--color-hover) 60%, transparent)' },
  '.cm-activeLineGutter': { backgroundColor: 'transparent', color: 'var(--color-ink)' },
  '.cm-cursor': { borderLeftColor: 'var(--color-accent)', borderLeftWidth: '2px' },
  '.cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': {
    backgroundColor: 'light-dark(oklch(0.88 0.05 208), oklch(0.37 0.055 212))',
  },
  '.cm-selectionMatch': { backgroundColor: 'var(--color-selected)' },
  '.cm-searchMatch': { backgroundColor: 'var(--color-mark)' },
  '.cm-searchMatch-selected': { outline: '2px solid var(--color-accent)' },
  '.cm-matchingBracket': { backgroundColor: 'var(--color-selected)', outline: 'none' },
  '.cm-place': {
    backgroundColor: 'color-mix(in oklch, var(--color-accent-soft) 70%, transparent)',
    boxShadow: 'inset 2px 0 0 var(--color-accent)',
  },
  '.cm-foldGutter .cm-gutterElement': { color: 'var(--color-faint)', cursor: 'pointer', width: '14px' },
  '.cm-foldPlaceholder': {
    backgroundColor: 'var(--color-selected)',
    border: 'none',
    color: 'var(--color-dim)',
    padding: '0 6px',
  },
  '.cm-specialChar': { color: 'var(--color-warn)', backgroundColor: 'var(--color-warn-soft)' },
  '.cm-panels': { backgroundColor: 'var(--color-side)', color: 'var(--color-ink)', borderColor: 'var(--color-line)' },
  '.cm-panels.cm-panels-top': { borderBottom: '1px solid var(--color-line)' },
  '.cm-panel.cm-search': { fontFamily: 'var(--font-sans)', fontSize: '0.8125rem', padding: '6px 36px 6px 10px' },
  '.cm-panel.cm-search label': {
    fontSize: '0.75rem',
    color: 'var(--color-dim)',
    display: 'inline-flex',
    alignItems: 'center',
    gap: '3px',
  },
  '.cm-textfield': {
    backgroundColor: 'var(--color-inset)',
    color: 'var(--color-ink)',
    border: '1px solid var(--color-control)',
    borderRadius: '6px',
    padding: '3px 8px',
    fontSize: '0.8125rem',
  },
  '.cm-textfield:focus': { outline: '2px solid var(--color-accent)' },
  '.cm-button': {
    backgroundImage: 'none',
    backgroundColor: 'var(--color-raised)',
    color: 'var(--color-ink)',
    border: '1px solid var(--color-edge)',
    borderRadius: '6px',
    padding: '2px 8px',
    fontSize: '0.75rem',
  },
  '.cm-panel.cm-search [name=close]': { color: 'var(--color-dim)', fontSize: '18px', top: '6px', right: '10px' },
})

const showPlace = StateEffect.define<Lines | null>()
const placeField = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(shown, transaction) {
    let next = shown.map(transaction.changes)
    for (const effect of transaction.effects) if (effect.is(showPlace)) next = decorate(transaction.state, effect.value)
    return next
  },
  provide: (field) => EditorView.decorations.from(field),
})

function decorate(state: EditorState, lines: Lines | null): DecorationSet {
  if (!lines || lines.start > state.doc.lines) return Decoration.none
  const marked = []
  for (let at = lines.start; at <= Math.min(lines.end, state.doc.lines); at++)
    marked.push(Decoration.line({ class: 'cm-place' }).range(state.doc.line(at).from))
  return Decoration.set(marked)
}

type EditorProps = {
  text: string
  /** Tells the language, and names the editor to readers. */
  path: string
  lines: Lines | null
  /** Someone chose lines by their numbers. */
  onLines: (lines: Lines) => void
}

export default function Editor(props: EditorProps) {
  let host: HTMLDivElement | undefined
  let view: EditorView | undefined
  const language = new Compartment()

  const gutter = lineNumbers({
    domEventHandlers: {
      mousedown: (editor, block, event) => {
        const line = editor.state.doc.lineAt(block.from).number
        const from = (event as MouseEvent).shiftKey && props.lines ? props.lines.start : line
        props.onLines({ start: Math.min(from, line), end: Math.max(from, line) })
        return true
      },
    },
  })
  const extensions = (): Extension[] => [
    gutter,
    foldGutter(),
    codeFolding(),
    highlightSpecialChars(),
    drawSelection(),
    rectangularSelection(),
    bracketMatching(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    highlightSelectionMatches(),
    search({ top: true }),
    syntaxHighlighting(colours),
    language.of([]),
    placeField,
    look,
    EditorState.readOnly.of(true),
    EditorView.contentAttributes.of({ 'aria-label': props.path, 'aria-readonly': 'true', spellcheck: 'false' }),
    keymap.of([...searchKeymap, ...foldKeymap, ...defaultKeymap]),
  ]
  const goTo = (lines: Lines | null) => {
    if (!view) return
    const effects: StateEffect<unknown>[] = [showPlace.of(lines)]
    if (!lines || lines.start > view.state.doc.lines) return view.dispatch({ effects })
    const first = view.state.doc.line(lines.start)
    const tall = lines.end - lines.start > 24
    effects.push(EditorView.scrollIntoView(first.from, { y: tall ? 'start' : 'center', yMargin: 48 }))
    view.dispatch({ selection: { anchor: first.from }, effects })
  }
  onMount(() => {
    if (!host) return
    const root = host.attachShadow({ mode: 'open' })
    view = new EditorView({
      state: EditorState.create({ doc: props.text, extensions: extensions() }),
      parent: root,
      root,
    })
    // Whoever focuses the box means the text in it.
    host.focus = () => view?.focus()
    goTo(props.lines)
    void languageOf(props.path).then((found) => found && view?.dispatch({ effects: language.reconfigure(found) }))
  })
  createEffect(on(() => props.lines, goTo, { defer: true }))
  createEffect(
    on(
      () => props.text,
      (text) => {
        if (!view || view.state.doc.toString() === text) return
        view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } })
      },
      { defer: true },
    ),
  )
  onCleanup(() => view?.destroy())
  return <div ref={host} data-autofocus class="min-h-0 flex-1" />
}
