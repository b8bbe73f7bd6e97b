/** What a model is sent, without anybody's secrets. */
import { maskSecrets } from '../../../kernel/masking.ts'
import type { ChatMessage } from '../../../kernel/sidecar/client.ts'

/** What was looked through already. */
const masked = new WeakSet<ChatMessage>()

/** Nobody's key goes to a model, whoever wrote it down: what was said, what a tool was called with, what it answered. */
export function withoutSecrets(given: ChatMessage): ChatMessage {
  if (masked.has(given)) return given
  const { content, tool_calls, ...message } = given
  const made: ChatMessage = Object.freeze({
    ...message,
    content: maskSecrets(content),
    ...(tool_calls !== undefined && { tool_calls: JSON.parse(JSON.stringify(tool_calls, maskedText)) as unknown }),
  })
  masked.add(made)
  return made
}

/** Arguments of a call are JSON in a text; its own texts are masked, so that it stays JSON. */
const maskedText = (_: string, value: unknown): unknown => {
  if (typeof value !== 'string') return value
  const inner = value.startsWith('{') ? parsed(value) : undefined
  return inner === undefined ? maskSecrets(value) : JSON.stringify(inner, maskedField)
}

/** A field's name tells what its value is. */
const maskedField = (name: string, value: unknown): unknown => {
  if (typeof value !== 'string') return value
  const label = `${name}: `
  const masked = maskSecrets(label + value)
  return masked.startsWith(label) ? masked.slice(label.length) : maskSecrets(value)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
