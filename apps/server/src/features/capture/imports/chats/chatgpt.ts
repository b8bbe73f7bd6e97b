/**
 * Conversations as ChatGPT exports them: `mapping` is a tree of nodes by id, `current_node` the end of the branch that is
 * shown. Instructions, tools and what the page hides are part of the tree and no part of what was said.
 */
import {
  arrange,
  type Conversation,
  idOr,
  items,
  object,
  type Place,
  type Said,
  sane,
  type Unsure,
  words,
} from './tree.ts'

export const isChatGpt = (given: Unsure) => typeof given.mapping === 'object' && given.mapping !== null

/** Null when it has no id. */
export function readChatGpt(given: Unsure, now: number): Conversation | null {
  const id = idOr(given.conversation_id) ?? idOr(given.id)
  if (id === null) return null
  const time = seconds(given.create_time) ?? seconds(given.update_time) ?? now
  let hidden = 0
  let empty = 0
  const places = Object.entries(object(given.mapping)).map(([node, value]): Place => {
    const { message, parent } = object(value)
    const said = message === null || message === undefined ? null : saidIn(object(message))
    if (said === 'hidden') hidden += 1
    if (said === 'empty') empty += 1
    return { id: node, parent: idOr(parent), said: typeof said === 'string' ? null : said }
  })
  const arranged = arrange(places, idOr(given.current_node), time)
  return { origin: 'chatgpt', id, title: words(given.title), time, ...arranged, hidden, empty }
}

function saidIn(message: Unsure): Said | 'hidden' | 'empty' {
  const { role } = object(message.author)
  const metadata = object(message.metadata)
  const toEverybody = message.recipient === undefined || message.recipient === null || message.recipient === 'all'
  if ((role !== 'user' && role !== 'assistant') || !toEverybody) return 'hidden'
  if (metadata.is_visually_hidden_from_conversation === true) return 'hidden'
  const content = textOf(object(message.content))
  if (content === null) return 'hidden'
  if (content.trim() === '') return 'empty'
  const model = role === 'assistant' ? idOr(metadata.model_slug) : null
  return { role, content, time: seconds(message.create_time), model }
}

/** The words of a message; null for kinds of content that nobody is shown (thoughts, profile, browsing). */
function textOf(content: Unsure): string | null {
  const type = words(content.content_type) || 'text'
  if (type === 'text' || type === 'multimodal_text')
    return items(content.parts).map(partOf).filter(Boolean).join('\n\n')
  if (type !== 'code') return null
  const language = /^[\w+#-]+$/.exec(words(content.language))?.[0] ?? ''
  const code = words(content.text)
  return code === '' ? '' : `\`\`\`${language === 'unknown' ? '' : language}\n${code}\n\`\`\``
}

function partOf(part: unknown): string {
  if (typeof part === 'string') return part
  const { content_type: type, text } = object(part)
  if (typeof text === 'string') return text
  return type === 'image_asset_pointer' ? '*(image)*' : ''
}

const seconds = (value: unknown) => (typeof value === 'number' ? sane(value * 1_000) : null)
