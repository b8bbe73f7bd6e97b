/**
 * Conversations as Claude exports them: `chat_messages` by time. Newer exports say which message each follows; the first
 * ones follow a fixed id that belongs to nothing. Older ones are one line.
 */
import { arrange, type Conversation, idOr, items, object, type Place, sane, type Unsure, words } from './tree.ts'

export const isClaude = (given: Unsure) => Array.isArray(given.chat_messages)

/** Null when it has no id. */
export function readClaude(given: Unsure, now: number): Conversation | null {
  const id = idOr(given.uuid)
  if (id === null) return null
  const time = date(given.created_at) ?? now
  let hidden = 0
  let empty = 0
  let last: string | null = null
  const places = items(given.chat_messages).flatMap((value): Place[] => {
    const message = object(value)
    const own = idOr(message.uuid)
    const role = message.sender === 'human' ? 'user' : message.sender === 'assistant' ? 'assistant' : null
    if (own === null || role === null) {
      hidden += 1
      return []
    }
    const parent = 'parent_message_uuid' in message ? idOr(message.parent_message_uuid) : last
    last = own
    const content = textOf(message)
    if (content === '') empty += 1
    const said = content === '' ? null : ({ role, content, time: date(message.created_at), model: null } as const)
    return [{ id: own, parent, said }]
  })
  const arranged = arrange(places, idOr(given.current_leaf_message_uuid), time)
  return { origin: 'claude', id, title: words(given.name), time, ...arranged, hidden, empty }
}

/** What was written, and what was attached as text; thoughts and tools are left out. */
function textOf(message: Unsure): string {
  const blocks = items(message.content).map(object)
  const written = blocks.filter(({ type }) => type === 'text').map(({ text }) => words(text))
  const body = written.some((text) => text.trim() !== '') ? written.join('\n\n') : words(message.text)
  const attached = items(message.attachments).map((value) => {
    const { file_name: name, extracted_content: content } = object(value)
    return [words(name) && `*(attached: ${words(name)})*`, words(content)].filter(Boolean).join('\n\n')
  })
  const files = items(message.files).map((value) => {
    const name = words(object(value).file_name)
    return name && `*(attached: ${name})*`
  })
  return [body, ...attached, ...files].filter((part) => part.trim() !== '').join('\n\n')
}

const date = (value: unknown) => (typeof value === 'string' ? sane(Date.parse(value)) : null)
