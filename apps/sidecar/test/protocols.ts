/** How the vendors write one and the same answer: as recorded from their public protocols, byte by byte where it counts. */

export type Reply = { text: string; tool_calls: { id: string; name: string; arguments: string }[] }
export type Counts = { input: number; output: number }
/** One event of a stream: its data, and for Anthropic its name. */
export type StreamEvent = { event?: string; data: unknown }
export type Protocol = {
  stream: (model: string, reply: Reply, pieces: string[], counts: Counts | null) => StreamEvent[]
  /** What ends a stream beside its events. */
  end: string
  whole: (model: string, reply: Reply, counts: Counts | null) => unknown
  error: (status: number, message: string) => unknown
}

const finish = (reply: Reply) => (reply.tool_calls.length > 0 ? 'tool_calls' : 'stop')
const created = 1_700_000_000
const openAiUsage = ({ input, output }: Counts) => ({
  prompt_tokens: input,
  completion_tokens: output,
  total_tokens: input + output,
})
const openAiCall = ({ id, name, arguments: args }: Reply['tool_calls'][number]) => ({
  id,
  type: 'function',
  function: { name, arguments: args },
})

export const openAi: Protocol = {
  stream: (model, reply, pieces, counts) => {
    const chunk = (delta: object, finish_reason: string | null = null) => ({
      data: {
        id: 'chatcmpl-1',
        object: 'chat.completion.chunk',
        created,
        model,
        choices: [{ index: 0, delta, finish_reason }],
      },
    })
    return [
      chunk({ role: 'assistant', content: '' }),
      ...pieces.map((content) => chunk({ content })),
      ...reply.tool_calls.flatMap((call, index) => {
        const half = Math.ceil(call.arguments.length / 2)
        const first = { ...openAiCall({ ...call, arguments: call.arguments.slice(0, half) }), index }
        const rest = { index, function: { arguments: call.arguments.slice(half) } }
        return [chunk({ tool_calls: [first] }), chunk({ tool_calls: [rest] })]
      }),
      chunk({}, finish(reply)),
      ...(counts
        ? [
            {
              data: {
                id: 'chatcmpl-1',
                object: 'chat.completion.chunk',
                created,
                model,
                choices: [],
                usage: openAiUsage(counts),
              },
            },
          ]
        : []),
    ]
  },
  end: 'data: [DONE]\n\n',
  whole: (model, reply, counts) => ({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created,
    model,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: reply.text,
          ...(reply.tool_calls.length > 0 ? { tool_calls: reply.tool_calls.map(openAiCall) } : {}),
        },
        finish_reason: finish(reply),
      },
    ],
    ...(counts ? { usage: openAiUsage(counts) } : {}),
  }),
  error: (status, message) => ({
    error: { message, type: status >= 500 ? 'server_error' : 'invalid_request_error', code: null },
  }),
}

export const anthropic: Protocol = {
  stream: (model, reply, pieces, counts) => {
    const named = (type: string, data: object) => ({ event: type, data: { type, ...data } })
    const block = (index: number, content_block: object, deltas: object[]) => [
      named('content_block_start', { index, content_block }),
      ...deltas.map((delta) => named('content_block_delta', { index, delta })),
      named('content_block_stop', { index }),
    ]
    const message = {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
    }
    return [
      named('message_start', {
        message: { ...message, usage: { input_tokens: counts?.input ?? 0, output_tokens: 1 } },
      }),
      named('ping', {}),
      ...(pieces.length > 0
        ? block(
            0,
            { type: 'text', text: '' },
            pieces.map((text) => ({ type: 'text_delta', text })),
          )
        : []),
      ...reply.tool_calls.flatMap(({ id, name, arguments: partial_json }, i) =>
        block(i + 1, { type: 'tool_use', id, name, input: {} }, [{ type: 'input_json_delta', partial_json }]),
      ),
      named('message_delta', {
        delta: { stop_reason: reply.tool_calls.length > 0 ? 'tool_use' : 'end_turn', stop_sequence: null },
        usage: { output_tokens: counts?.output ?? 0 },
      }),
      named('message_stop', {}),
    ]
  },
  end: '',
  whole: (model, reply, counts) => ({
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model,
    content: [
      { type: 'text', text: reply.text },
      ...reply.tool_calls.map(({ id, name, arguments: args }) => ({
        type: 'tool_use',
        id,
        name,
        input: JSON.parse(args),
      })),
    ],
    stop_reason: reply.tool_calls.length > 0 ? 'tool_use' : 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: counts?.input ?? 0, output_tokens: counts?.output ?? 0 },
  }),
  error: (status, message) => ({
    type: 'error',
    error: { type: status >= 500 ? 'overloaded_error' : 'invalid_request_error', message },
  }),
}

const googlePart = (parts: object[], last: boolean, counts: Counts | null) => ({
  candidates: [{ content: { role: 'model', parts }, index: 0, ...(last ? { finishReason: 'STOP' } : {}) }],
  ...(last && counts
    ? {
        usageMetadata: {
          promptTokenCount: counts.input,
          candidatesTokenCount: counts.output,
          totalTokenCount: counts.input + counts.output,
        },
      }
    : {}),
})

export const google: Protocol = {
  stream: (_model, reply, pieces, counts) => {
    const calls = reply.tool_calls.map(({ name, arguments: args }) => ({
      functionCall: { name, args: JSON.parse(args) },
    }))
    const parts = [...pieces.map((text) => ({ text })), ...calls]
    return parts.map((part, i) => ({ data: googlePart([part], i === parts.length - 1, counts) }))
  },
  end: '',
  whole: (_model, reply, counts) => googlePart([{ text: reply.text }], true, counts),
  error: (code, message) => ({ error: { code, message, status: code >= 500 ? 'UNAVAILABLE' : 'INVALID_ARGUMENT' } }),
}
