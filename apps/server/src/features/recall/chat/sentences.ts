/** Cuts prose and Markdown into what can be quoted by itself. */
export type Unit = {
  kind: 'heading' | 'fence' | 'sentence'
  /** UTF-16 offsets into the text, the end exclusive. */
  from: number
  to: number
  /** Number of its paragraph or list item. */
  block: number
}
type Block = { kind: Unit['kind'] | 'blank'; text: string; from: number }

const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' })
const fence = /^\s*(```|~~~)/
const heading = /^\s*#{1,6}\s/
/** A line that begins something of its own: a list item, a row, a quotation. */
const begins = /^\s*([-*+]\s|\d+[.)]\s|\||>)/

/** Headings, fenced blocks whole, and sentences within paragraphs, in order. Empty text has none. */
export function unitsOf(text: string): Unit[] {
  return blocksOf(text).flatMap((block, number): Unit[] => {
    const { kind, from } = block
    if (kind === 'blank') return []
    if (kind !== 'sentence') return [{ kind, from, to: from + block.text.length, block: number }]
    return sentencesOf(block.text).flatMap(({ segment, index }) =>
      segment.trim() === '' ? [] : [{ kind, from: from + index, to: from + index + segment.length, block: number }],
    )
  })
}

/** The segmenter ends a sentence at the `?` of an address, too: those of Latin script end before white space only. */
function sentencesOf(text: string): { segment: string; index: number }[] {
  const sentences: { segment: string; index: number }[] = []
  let open = false
  for (const { segment, index } of segmenter.segment(text)) {
    const last = sentences.at(-1)
    if (last && open) last.segment += segment
    else sentences.push({ segment, index })
    open = /[.?!][^\s。！？｡]{0,20}$/.test(segment)
  }
  return sentences
}

function blocksOf(text: string): Block[] {
  const blocks: Block[] = []
  let from = 0
  let fenced = false
  for (const line of text.split(/(?<=\n)/)) {
    const open = blocks.at(-1)
    const kind = kindOf(line, fenced)
    const goesOn =
      open !== undefined && (fenced || (kind === 'sentence' && open.kind === 'sentence' && !begins.test(line)))
    if (goesOn) open.text += line
    else blocks.push({ kind, text: line, from })
    if (fence.test(line)) fenced = !fenced
    from += line.length
  }
  return blocks
}

function kindOf(line: string, fenced: boolean): Block['kind'] {
  if (fenced || fence.test(line)) return 'fence'
  if (line.trim() === '') return 'blank'
  return heading.test(line) ? 'heading' : 'sentence'
}
