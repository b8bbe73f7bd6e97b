/** A thread's title out of its first question: its first sentence or line, cut at a word. */
import { maskSecrets } from '../../../kernel/masking.ts'

const most = 80

/** The same, without the secrets in it. */
export const nameFor = (question: string): string => titleOf(maskSecrets(question.slice(0, 10_000)))

export function titleOf(message: string): string {
  const line = message
    .slice(0, 10_000)
    .split('\n')
    .map((one) =>
      one
        .replace(/^[\s#>*`-]+/, '')
        .replace(/\s+/g, ' ')
        .trim(),
    )
    .find((one) => one !== '')
  if (line === undefined) return ''
  const sentence = /^.{12,}?[.?!](?=\s)/.exec(line)?.[0] ?? line
  if (sentence.length <= most) return sentence.toWellFormed()
  const cut = sentence.slice(0, most - 1)
  const space = cut.lastIndexOf(' ')
  return `${(space > most / 2 ? cut.slice(0, space) : cut).toWellFormed()}…`
}
