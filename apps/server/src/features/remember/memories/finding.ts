/**
 * What is worth keeping in what a person said: by rules that can be read here, or by a model's answer that is held against
 * the words that were said. Questions, code and quotes hold nothing of the kind.
 */
import { isAsked, isBacked, objectsIn, sentencesOf, spokenLines, wordsOf } from '../threads/spoken.ts'
import { titleOf } from '../threads/title.ts'

export type Finding = { key: string; value: string }

/** Found in one message at most. */
export const mostFindings = 3
const maxKey = 200
const maxValue = 2_000

type Rule = { says: RegExp; finding: (match: RegExpExecArray, sentence: string) => Finding | null }

/** Things that have one value at a time, so that saying another one changes it. */
const kept =
  'team|project|product|company|database|server|repository|staging|production|office|time ?zone|e-?mail|editor|branch|' +
  'deadline|release|stack|language|framework|domain'

/** English and German, as people write to someone who listens. */
const rules: readonly Rule[] = [
  {
    says: /^(?:please |bitte )?(?:remember|note|keep in mind|don['’]t forget|merk(?:e)? dir|denk daran|vergiss nicht)(?: that|, dass|:)\s+(.+)$/is,
    finding: ([, what = '']) => named(what, what),
  },
  {
    // Names are told by their capitals, so case counts here.
    says: /^(?:[Hh](?:i|ello|allo)[,!]? )?(?:[Mm]y name is|[Ii] am called|[Cc]all me|[Ii]ch heiße|[Mm]ein Name ist)\s+(\p{Lu}[\p{L}'’-]+(?: \p{Lu}[\p{L}'’-]+){0,3})/u,
    finding: ([, name = '']) => ({ key: 'My name', value: name }),
  },
  {
    says: /\bi (?:much |strongly )?prefer (.{2,60}?) (?:over|to) (.{2,60}?)[.!]*$/i,
    finding: ([, one = '', other = ''], sentence) => ({
      key: `Preference: ${[one, other]
        .map((each) => each.toLowerCase())
        .sort()
        .join(' or ')}`,
      value: sentence,
    }),
  },
  {
    says: /\b(?:i (?:much |strongly )?prefer|ich bevorzuge) (.{2,80}?)[.!]*$/i,
    finding: ([, what = ''], sentence) => ({ key: `Preference: ${titleOf(what)}`, value: sentence }),
  },
  {
    says: /\b(?:we(?:['’]ve| have)? decided|wir haben (?:uns )?(?:dafür |dagegen )?(?:entschieden|beschlossen)),? (?:to |on |that |for |against |dass |für |gegen )?(.{3,300}?)[.!]*$/i,
    finding: ([, what = ''], sentence) => ({ key: `Decision: ${titleOf(what)}`, value: sentence }),
  },
  {
    says: /\b(?:we|i) (?:now )?use (.{2,60}?) for (?:our |the |my )?(.{2,60}?)(?: now| instead| from now on)?[.!]*$/i,
    finding: ([, tool = '', purpose = '']) => ({ key: `Used for ${purpose.toLowerCase()}`, value: tool }),
  },
  {
    says: new RegExp(
      `^(?:so |and |by the way,? )?(our|my) ((?:[\\p{L}-]+ ){0,2}(?:${kept})) (?:is|are) (?:now |called |named )?(.{1,200}?)[.!]*$`,
      'iu',
    ),
    finding: ([, whose = '', what = '', value = '']) => ({
      key: `${whose.charAt(0).toUpperCase()}${whose.slice(1).toLowerCase()} ${what.toLowerCase()}`,
      value,
    }),
  },
]

/** Lasting facts among the sentences of a message, each once. */
export function findByRule(message: string): Finding[] {
  const found = new Map<string, Finding>()
  for (const sentence of statementsIn(message)) {
    for (const { says, finding } of rules) {
      const match = says.exec(sentence)
      const made = match && finding(match, sentence)
      if (!made) continue
      const { key, value } = trimmed(made)
      if (key !== '' && value !== '') found.set(key, { key, value })
      break
    }
    if (found.size === mostFindings) break
  }
  return [...found.values()]
}

/** Does it say anything, beside what it asks? */
export const tellsSomething = (message: string) => statementsIn(message).length > 0

/** What a model answered, as far as the message bears it out: most words of each value were said. */
export function findingsIn(answer: string, message: string): Finding[] {
  const said = new Set(wordsOf(message))
  return objectsIn(answer)
    .flatMap(({ key, value }) => (typeof key === 'string' && typeof value === 'string' ? [{ key, value }] : []))
    .map(trimmed)
    .filter(({ key, value }) => key !== '' && value !== '')
    .filter(({ value }) => isBacked(value, said))
    .slice(0, mostFindings)
}

const trimmed = ({ key, value }: Finding): Finding => ({
  key: key.replace(/\s+/g, ' ').trim().slice(0, maxKey).toWellFormed(),
  value: value.trim().slice(0, maxValue).toWellFormed(),
})

const named = (title: string, value: string): Finding => ({ key: titleOf(title).replace(/[.!…]+$/, ''), value })

/** Sentences that state something. */
const statementsIn = (message: string) =>
  spokenLines(message)
    .flatMap(sentencesOf)
    .filter((sentence) => !isAsked(sentence))
