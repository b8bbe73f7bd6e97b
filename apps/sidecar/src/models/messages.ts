/** From the wire's messages and tools (as OpenAI names them) to those of the SDK's providers. */
import type { LanguageModelV4FunctionTool, LanguageModelV4Message, LanguageModelV4Prompt } from '@ai-sdk/provider'
import { fail } from '@cairn/api/errors'
import type { Message, Tool, ToolCall } from './shapes.ts'

const flat = (call: ToolCall) =>
  'function' in call ? { id: call.id, name: call.function.name, arguments: call.function.arguments } : call

const wrong = (index: number, field: string, message: string) =>
  fail('INVALID_INPUT', {}, [{ path: `/messages/${index}/${field}`, message }])

/** Empty texts are left out: some servers refuse them. */
const textOf = (text: string) => (text === '' ? [] : [{ type: 'text' as const, text }])

/** Translates a conversation; an answer of a tool that nobody called is INVALID_INPUT. */
export const toPrompt = (messages: Message[]): LanguageModelV4Prompt => {
  const called = new Map<string, string>()
  const translated = messages.map((message, i): LanguageModelV4Message => {
    const text = message.content ?? ''
    if (message.role === 'system') return { role: 'system', content: text }
    if (message.role === 'user') return { role: 'user', content: textOf(text) }
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
        ...textOf(text),
        ...calls.map((call) => ({
          type: 'tool-call' as const,
          toolCallId: call.id,
          toolName: call.name,
          input: parsedArguments(call.arguments, i),
        })),
      ],
    }
  })
  return together(translated)
}

/** Results of calls that were made at once belong to one message. */
function together(messages: LanguageModelV4Prompt): LanguageModelV4Prompt {
  const prompt: LanguageModelV4Prompt = []
  for (const message of messages) {
    const before = prompt.at(-1)
    if (message.role === 'tool' && before?.role === 'tool') before.content.push(...message.content)
    else prompt.push(message)
  }
  return prompt
}

const parsedArguments = (written: string, index: number): unknown => {
  if (written.trim() === '') return {}
  try {
    return JSON.parse(written)
  } catch {
    throw wrong(index, 'tool_calls', 'arguments are not JSON')
  }
}

/** The model's calls are handed through, and somebody else decides. */
export const toTools = (tools: Tool[]): LanguageModelV4FunctionTool[] =>
  tools.map(({ name, description, parameters = { type: 'object', properties: {} } }) => ({
    ...{ type: 'function', name, inputSchema: parameters },
    ...(description !== undefined && { description }),
  }))
