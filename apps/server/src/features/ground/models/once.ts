/** Small questions that nobody waits for: the whole of what a model says, or nothing. */
import { CairnError } from '@cairn/api/errors'
import type { Scope } from '../../../kernel/scope.ts'
import type { ModelCalls } from './calls.ts'

export type Said = { text: string; model: string }

const mostTokens = 500

export const makeOnce =
  ({ route, chat }: Pick<ModelCalls, 'route' | 'chat'>) =>
  /** What the chat route says to an instruction and a text. Null where there is no such route, or it does not answer. */
  async (scope: Scope, asked: { instruction: string; text: string }, signal: AbortSignal): Promise<Said | null> => {
    if (!(await route(scope, 'chat'))?.length) return null
    const messages = [
      { role: 'system' as const, content: asked.instruction },
      { role: 'user' as const, content: asked.text },
    ]
    let text = ''
    let model = ''
    try {
      const request = { messages, temperature: 0, max_tokens: mostTokens }
      for await (const frame of (await chat(scope, request, signal)) ?? []) {
        if (frame.type === 'metadata') model = frame.model
        if (frame.type === 'delta') text += frame.text
        if (frame.type === 'error') return null
      }
    } catch (error) {
      if (signal.aborted || !(error instanceof CairnError)) throw error
      return null
    }
    return model === '' ? null : { text, model }
  }
