/** From the wire's messages and tools (as OpenAI names them) to those of the SDK. */
import { fail } from '@cairn/api/errors'
import type { ModelMessage, ToolSet } from 'ai'
import type { Message, Tool, ToolCall } from './shapes.ts'

const flat = (call: ToolCall) =>
  'function' in call ? { id: call.id, name: call.function.name, arguments: call.function.arguments } : call

const wrong = (index: number, field: string, message: string) =>
  fail('INVALID_INPUT', {}, [{ path: `/messages/${index}/${field}`, message }])

/** Translates a conversation; an answer of a tool that nobody called is INVALID_INPUT. */
export const toModelMessages = (messages: Message[]): ModelMessage[] => {
  const called = new Map<string, string>()
  return messages.map((message, i): ModelMessage => {
    const text = message.content ?? ''
    if (message.role === 'system') return { role: 'system', content: text }
    if (message.role === 'user') return { role: 'user', content: text }
    if (message.role === 'tool') {
      const toolCallId = message.tool_call_id ?? ''
      const toolName = called.get(toolCallId)
      if (toolName === undefined) throw wrong(i, 'tool_call_id', 'answers no call of an earlier message')
      return {
        role: 'tool',
        content: [{ type: 'tool-result', toolCallId, toolName, output: { type: 'text', value: text } }],
      }
    }
    const calls = (message.tool_calls ?? []).map(flat)
    for (const call of calls) called.set(call.id, call.name)
    return {
      role: 'assistant',
      content: [
        ...(text === '' && calls.length > 0 ? [] : [{ type: 'text' as const, text }]),
        ...calls.map((call) => ({
          type: 'tool-call' as const,
          toolCallId: call.id,
          toolName: call.name,
          input: parsedArguments(call.arguments, i),
        })),
      ],
    }
  })
}

const parsedArguments = (written: string, index: number): unknown => {
  if (written.trim() === '') return {}
  try {
    return JSON.parse(written)
  } catch {
    throw wrong(index, 'tool_calls', 'arguments are not JSON')
  }
}

/** Tools without an `execute`: the model's calls are handed through, and somebody else decides. */
export const toToolSet = async (tools: Tool[]): Promise<ToolSet> => {
  const { jsonSchema, tool } = await import('ai')
  const empty = { type: 'object', properties: {} }
  return Object.fromEntries(
    tools.map(({ name, description, parameters = empty }) => [
      name,
      tool({ description, inputSchema: jsonSchema(parameters) }),
    ]),
  )
}
