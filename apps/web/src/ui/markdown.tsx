/**
 * Markdown without ever handing text to an HTML parser: marked cuts it into tokens, and each token becomes an element
 * made by hand. Blocks of raw HTML pass DOMPurify and lose everything that loads, runs or styles; images are never
 * fetched. Loaded when first needed.
 */
import DOMPurify from 'dompurify'
import ImageOff from 'lucide-solid/icons/image-off'
import { Marked, type Token, type Tokens } from 'marked'
import remend from 'remend'
import { createMemo, For, type JSX, Show } from 'solid-js'
import { lazily } from './lazily.tsx'
import { Dynamic } from 'solid-js/web'
import { safeHref } from '../lib/escape.ts'

const Code = lazily(() => import('./code.tsx'))

export type MarkdownProps = {
  text: string
  /** More is coming: what is still open is closed for now. */
  streaming?: boolean
  /** Turns `[3]` into what stands for a citation; without it such brackets stay text. */
  cite?: (n: number) => JSX.Element
  /** Where a relative link leads; null leaves it as text. */
  resolve?: (href: string) => string | null
  /** Lines of the text that are meant, from 1; the blocks that they stand in are marked. */
  lines?: { start: number; end: number } | null
  class?: string
}

type CiteToken = Tokens.Generic & { type: 'cite'; numbers: number[] }
const reader = new Marked({
  gfm: true,
  extensions: [
    {
      name: 'cite',
      level: 'inline',
      start: (source) => source.search(/\[\d{1,3}[\],]/),
      tokenizer(source) {
        const match = /^\[(\d{1,3}(?:\s*,\s*\d{1,3})*)\](?![(:])/.exec(source)
        if (!match) return undefined
        return { type: 'cite', raw: match[0], numbers: (match[1] ?? '').split(',').map(Number) }
      },
    },
  ],
})

export default function Markdown(props: MarkdownProps) {
  // Blocks are kept by their source text: while an answer grows only its last block is made anew.
  const blocks = createMemo(() => {
    const text = props.streaming ? remend(props.text) : props.text
    return placed(reader.lexer(text)).filter(({ token }) => token.type !== 'space' && token.type !== 'def')
  })
  const known = new Map<string, Placed>()
  const sources = createMemo(() =>
    blocks().map((block, at) => {
      const key = `${at}:${block.token.raw}`
      known.set(key, block)
      return key
    }),
  )
  const block = (key: string) => known.get(key) as Placed
  const meant = (key: string) => {
    const { start, end } = props.lines ?? { start: 0, end: 0 }
    return block(key).start <= end && block(key).end >= start
  }
  return (
    <div class={`prose-cairn ${props.class ?? ''}`}>
      <For each={sources()}>
        {(key) => (
          <Show when={meant(key)} fallback={<Block token={block(key).token} around={props} />}>
            <div data-meant class="-mx-3 border-l-2 border-accent bg-accent-soft/60 px-3">
              <Block token={block(key).token} around={props} />
            </div>
          </Show>
        )}
      </For>
    </div>
  )
}

/** A block and the lines that it stands on, from 1. */
type Placed = { token: Token; start: number; end: number }

function placed(tokens: readonly Token[]): Placed[] {
  let start = 1
  return tokens.map((token) => {
    const breaks = token.raw.split('\n').length - 1
    const trailing = token.raw.length - token.raw.trimEnd().length
    const blank = token.raw.slice(token.raw.length - trailing).split('\n').length - 1
    const one = { token, start, end: Math.max(start, start + breaks - blank) }
    start += breaks
    return one
  })
}

type Part = { token: Token; around: MarkdownProps }

function Block(props: Part): JSX.Element {
  const token = props.token
  switch (token.type) {
    case 'heading': {
      // The page has its own first heading: those of a text begin one level below.
      const depth = Math.min(6, (token as Tokens.Heading).depth + 1)
      return <Dynamic component={`h${depth}`}>{inline(token, props.around)}</Dynamic>
    }
    case 'paragraph':
      return <p>{inline(token, props.around)}</p>
    case 'text':
      return <>{'tokens' in token && token.tokens ? inline(token, props.around) : (token as Tokens.Text).text}</>
    case 'code': {
      const { text, lang } = token as Tokens.Code
      return <Code text={text} name={lang ? `x.${lang.split(/\s/)[0]}` : ''} />
    }
    case 'blockquote':
      return <blockquote class="space-y-2">{blocksOf((token as Tokens.Blockquote).tokens, props.around)}</blockquote>
    case 'list':
      return <List token={token as Tokens.List} around={props.around} />
    case 'table':
      return <Table token={token as Tokens.Table} around={props.around} />
    case 'hr':
      return <hr />
    case 'html':
      return <CleanHtml html={(token as Tokens.HTML).text} />
    default:
      return <p>{token.raw}</p>
  }
}

const blocksOf = (tokens: readonly Token[], around: MarkdownProps) => (
  <For each={tokens.filter((token) => token.type !== 'space')}>
    {(token) => <Block token={token} around={around} />}
  </For>
)

function List(props: { token: Tokens.List; around: MarkdownProps }) {
  const items = (
    <For each={props.token.items}>
      {(item) => (
        <li classList={{ 'list-none': item.task }}>
          <Show when={item.task}>
            <input
              type="checkbox"
              disabled
              checked={item.checked === true}
              aria-label={item.checked ? 'done' : 'open'}
              class="mr-1.5 -ml-5 align-middle"
            />
          </Show>
          {blocksOf(
            item.tokens.filter((token) => token.type !== 'checkbox'),
            props.around,
          )}
        </li>
      )}
    </For>
  )
  return props.token.ordered ? <ol start={Number(props.token.start) || 1}>{items}</ol> : <ul>{items}</ul>
}

function Table(props: { token: Tokens.Table; around: MarkdownProps }) {
  return (
    // A wide table scrolls by itself, also by keyboard.
    <table tabindex="0">
      <thead>
        <tr>
          <For each={props.token.header}>{(cell) => <th>{inlines(cell.tokens, props.around)}</th>}</For>
        </tr>
      </thead>
      <tbody>
        <For each={props.token.rows}>
          {(row) => (
            <tr>
              <For each={row}>{(cell) => <td>{inlines(cell.tokens, props.around)}</td>}</For>
            </tr>
          )}
        </For>
      </tbody>
    </table>
  )
}

const inline = (token: Token, around: MarkdownProps) => inlines(('tokens' in token && token.tokens) || [], around)
const inlines = (tokens: readonly Token[], around: MarkdownProps) => (
  <For each={tokens}>{(token) => <Inline token={token} around={around} />}</For>
)

function Inline(props: Part): JSX.Element {
  const token = props.token
  switch (token.type) {
    case 'text':
      return (
        <>{'tokens' in token && token.tokens ? inline(token, props.around) : unescape((token as Tokens.Text).text)}</>
      )
    case 'escape':
      return <>{(token as Tokens.Escape).text}</>
    case 'strong':
      return <strong>{inline(token, props.around)}</strong>
    case 'em':
      return <em>{inline(token, props.around)}</em>
    case 'del':
      return <del>{inline(token, props.around)}</del>
    case 'codespan':
      return <code>{(token as Tokens.Codespan).text}</code>
    case 'br':
      return <br />
    case 'link':
      return <Link token={token as Tokens.Link} around={props.around} />
    case 'image':
      return <Picture token={token as Tokens.Image} />
    case 'cite':
      return <Cites token={token as CiteToken} around={props.around} />
    case 'html':
      // A lone inline tag says nothing by itself; the text between two of them is a token of its own.
      return /^<br\b/i.test(token.raw) ? <br /> : null
    default:
      return <>{token.raw}</>
  }
}

function Cites(props: { token: CiteToken; around: MarkdownProps }) {
  return (
    <Show when={props.around.cite} fallback={props.token.raw}>
      {(cite) => <For each={props.token.numbers}>{(n) => cite()(n)}</For>}
    </Show>
  )
}

function Link(props: { token: Tokens.Link; around: MarkdownProps }) {
  const outside = safeHref(props.token.href)
  const within = outside ? null : (props.around.resolve?.(props.token.href) ?? null)
  if (!outside && !within) return <>{inline(props.token, props.around)}</>
  if (within) return <a href={within}>{inline(props.token, props.around)}</a>
  return (
    <a href={outside ?? undefined} target="_blank" rel="noopener noreferrer nofollow" title={outside ?? undefined}>
      {inline(props.token, props.around)}
    </a>
  )
}

/** A picture is named and linked, never loaded: an address can carry data away. */
function Picture(props: { token: Tokens.Image }) {
  const href = safeHref(props.token.href)
  const name = () => props.token.text || 'image'
  return (
    <span class="inline-flex items-center gap-1 rounded-sm bg-inset px-1.5 text-xs text-dim">
      <ImageOff size={12} class="shrink-0" />
      <Show when={href} fallback={name()}>
        {(address) => (
          <a href={address()} target="_blank" rel="noopener noreferrer nofollow">
            {name()}
          </a>
        )}
      </Show>
    </span>
  )
}

const allowed = {
  ALLOWED_TAGS: [
    'p',
    'div',
    'span',
    'b',
    'i',
    'em',
    'strong',
    'code',
    'pre',
    'kbd',
    'sub',
    'sup',
    'br',
    'hr',
    'ul',
    'ol',
    'li',
    'details',
    'summary',
    'table',
    'thead',
    'tbody',
    'tr',
    'td',
    'th',
    'blockquote',
    'h1',
    'h2',
    'h3',
    'h4',
    'h5',
    'h6',
    'a',
    'dl',
    'dt',
    'dd',
  ],
  ALLOWED_ATTR: ['href', 'open', 'start'],
  ALLOWED_URI_REGEXP: /^https?:/i,
  RETURN_DOM_FRAGMENT: true as const,
}

function CleanHtml(props: { html: string }) {
  const fragment = DOMPurify.sanitize(props.html, allowed)
  for (const link of fragment.querySelectorAll('a')) {
    link.target = '_blank'
    link.rel = 'noopener noreferrer nofollow'
  }
  return <div>{fragment}</div>
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' }

/** marked leaves character references as they were written; only the few that people write are read. */
const unescape = (text: string) =>
  text.replace(
    /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(\w{2,6}));/gi,
    (whole, decimal?: string, hex?: string, name?: string) => {
      if (name) return entities[name] ?? whole
      const code = decimal ? Number(decimal) : Number.parseInt(hex ?? '', 16)
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole
    },
  )
