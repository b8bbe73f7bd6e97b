/** An answer's Markdown as people read it in a terminal, line by line; without colours the words stand as plainly. */
import { harmless, pc } from './text.ts'

const escaped = /^\\([\\`*_[\]<>#|~!{}()+.-])/
const link = /^!?\[((?:\\.|[^\]\\\n])+)\]\(<?((?:\\.|[^)>\s\\])+)>?\)/
const address = /^https?:\/\/[^\s<>)\]]+/
const code = /^(`+)(.+?)\1(?!`)/
const strong = /^\*\*(?=\S)((?:\\.|[^\\])+?)\*\*/
const leaning = /^([*_])(?=[^\s*_])((?:\\.|[^\\\n])*?[^\s*_\\])\1(?!\w)/

/**
 * Takes text as it comes and writes whole lines; `end` writes what is left. Control characters become harmless.
 */
export function makeReader(write: (text: string) => void) {
  let rest = ''
  /** What opened the fence that is open. */
  let fence: string | null = null
  const show = (line: string) => {
    const [, quote = '', words = ''] = /^((?:>\s?)*)(.*)$/.exec(line) ?? []
    const margin = quote && pc.dim('│ '.repeat(quote.replace(/\s/g, '').length))
    const [, ticks] = /^\s*(`{3,}|~{3,})/.exec(words) ?? []
    if (fence !== null) {
      if (ticks?.startsWith(fence) && words.trim() === ticks) fence = null
      else write(`${margin}    ${words}\n`)
    } else if (ticks !== undefined) fence = ticks
    else write(`${margin}${shown(words)}\n`)
  }
  return {
    add(text: string): void {
      const lines = (rest + harmless(text)).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) show(line)
    },
    end(): void {
      if (rest !== '') show(rest)
      rest = ''
    },
  }
}

/** One line outside of code: headings, rules, lists, and what stands within. */
function shown(line: string): string {
  const [, heading] = /^#{1,6}\s+(.*?)\s*#*$/.exec(line) ?? []
  if (heading !== undefined) return pc.bold(within(heading))
  if (/^\s*([-*_])(\s*\1){2,}\s*$/.test(line)) return pc.dim('─'.repeat(24))
  const [, indent = '', words] = /^(\s*)[-*+]\s+(.*)$/.exec(line) ?? []
  return words === undefined ? within(line) : `${indent}• ${within(words)}`
}

/** Bold, code, links and escapes; the numbers of citations and addresses stay as they are. */
function within(text: string): string {
  let out = ''
  let at = 0
  while (at < text.length) {
    const left = text.slice(at)
    const [whole, words] = token(left, /\w/.test(text[at - 1] ?? ''))
    out += words
    at += whole.length
  }
  return out
}

/** The next thing of a line: what it was, and what is shown for it. */
function token(text: string, inWord: boolean): [string, string] {
  let found = escaped.exec(text)
  if (found) return [found[0], found[1] as string]
  found = inWord ? null : address.exec(text)
  if (found) return [found[0], found[0].replace(/\\([*_~|#!`])/g, '$1')]
  found = code.exec(text)
  if (found) return [found[0], pc.isColorSupported ? pc.cyan((found[2] as string).trim()) : found[0]]
  found = link.exec(text)
  if (found) {
    const [words, to] = [within(found[1] as string), found[2] as string]
    return [found[0], plainly(words) === plainly(to) ? to : `${words} ${pc.dim(`(${to})`)}`]
  }
  found = strong.exec(text)
  if (found) return [found[0], pc.bold(within(found[1] as string))]
  found = inWord ? null : leaning.exec(text)
  if (found) return [found[0], pc.italic(within(found[2] as string))]
  const word = /^(?:[\p{L}\p{N}]+|.)/su.exec(text)?.[0] ?? text.slice(0, 1)
  return [word, word]
}

const plainly = (text: string) => text.replace(/^https?:\/\/|\/$/g, '')
