import { describe, expect, it } from 'vitest'
import { pieces, plain, safeHref } from './escape.ts'

describe('text from outside', () => {
  it('is left alone when it holds nothing to hide behind', () => {
    expect(pieces('naïve résumé 日本語 עברית 👩‍🚀.md')).toEqual([
      { text: 'naïve résumé 日本語 עברית 👩‍🚀.md', escaped: false },
    ])
  })

  it('shows a right-to-left override instead of obeying it', () => {
    expect(pieces('invoice\u202egpj.exe')).toEqual([
      { text: 'invoice', escaped: false },
      { text: 'U+202E', escaped: true },
      { text: 'gpj.exe', escaped: false },
    ])
  })

  it('names newlines, escapes, zero-width spaces and lone surrogates', () => {
    expect(plain('a\nb\u001b[31mc\u200bd\ud800e\u0000')).toBe('a⏎b␛[31mcU+200BdU+D800e␀')
  })

  it('keeps an empty text empty', () => {
    expect(pieces('')).toEqual([{ text: '', escaped: false }])
  })

  it('follows only addresses of the web and of mail', () => {
    expect(safeHref('https://example.org/a?b#c')).toBe('https://example.org/a?b#c')
    for (const bad of ['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', ' JaVaScRiPt:alert(1)', 'x'])
      expect(safeHref(bad)).toBeNull()
  })
})
