/** Highlights found words in elements that somebody else has made, where the browser can; nothing of theirs is changed. */
export function highlight(name: string, elements: Iterable<Element>, words: ReadonlySet<string>): void {
  if (!('highlights' in CSS)) return
  CSS.highlights.delete(name)
  if (words.size === 0) return
  const any = [...words].map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')).join('|')
  const found = new RegExp(`(?<![\\p{L}\\p{N}])(?:${any})(?![\\p{L}\\p{N}])`, 'giu')
  const ranges: Range[] = []
  for (const element of elements) {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node; node = walker.nextNode())
      for (const { index, 0: word } of (node.textContent ?? '').matchAll(found)) {
        const range = new Range()
        range.setStart(node, index)
        range.setEnd(node, index + word.length)
        ranges.push(range)
      }
  }
  CSS.highlights.set(name, new Highlight(...ranges))
}
