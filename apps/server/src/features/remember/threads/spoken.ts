/** What a person says in a message, apart from code and quotes. */

/** Characters of a message that are looked through. */
const lookedThrough = 10_000

export function spokenLines(message: string): string[] {
  return message
    .slice(0, lookedThrough)
    .replace(/```[^]*?(?:```|$)/g, '\n')
    .split('\n')
    .filter((line) => !/^\s*(?:>|\||[{}<])/.test(line))
}

const german =
  'jan(?:uar)?|jänner|feb(?:ruar)?|märz?|mrz|apr(?:il)?|mai|juni?|juli?|aug(?:ust)?|sept?(?:ember)?|okt(?:ober)?'
const months = `${german}|(?:nov|dez)(?:ember)?|\\p{L}+kuu(?:n|ta|ssa|hun)?`
/** Between two sentences. The dot of "1. März" ends none, nor does that of "1. joulukuuta". */
export const sentenceEnd = new RegExp(`(?<=[.!?])\\s+(?=\\p{L})(?!(?<=\\d\\.\\s+)(?:${months})(?!\\p{L}))`, 'iu')

/** The sentences of a line, without what marks it as one of a list. */
export const sentencesOf = (line: string): string[] =>
  line
    .split(sentenceEnd)
    .map((sentence) => sentence.replace(/^[\s*-]+/, '').trim())
    .filter((sentence) => sentence.length > 3)

/** Does a sentence ask something? English and German. */
export const isAsked = (sentence: string) => sentence.endsWith('?') || asks.test(sentence)
const asks =
  /^(?:who|what|when|where|why|which|how|is|are|was|were|do|does|did|can|could|should|would|will|show|find|explain|list|wer|was|wann|wo|warum|wie|welche[rsn]?|zeig|finde|erkläre)\b/i

export const wordsOf = (text: string) => text.toLowerCase().match(/[\p{L}\p{N}]{2,}/gu) ?? []

/** Was most of what somebody claims to have heard said in these words? */
export function isBacked(claim: string, said: ReadonlySet<string>): boolean {
  const words = wordsOf(claim)
  return words.length > 0 && words.filter((word) => said.has(word)).length >= words.length * 0.6
}

/** The objects of a JSON list that stands somewhere in an answer; none where there is no such list. */
export function objectsIn(answer: string): Record<string, unknown>[] {
  try {
    const items: unknown = JSON.parse(/\[[^]*\]/.exec(answer)?.[0] ?? '[]')
    if (!Array.isArray(items)) return []
    return items.filter((one): one is Record<string, unknown> => typeof one === 'object' && one !== null)
  } catch {
    return []
  }
}
