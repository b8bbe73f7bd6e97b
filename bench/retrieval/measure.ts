/** recall@10 and the mean reciprocal rank of the first answer, by kind of question. */
import type { Hit } from '../../packages/api/src/search.ts'
import type { Question } from './questions.ts'

export type Measured = { questions: number; recall: number; mrr: number }
export type Results = Record<string, Record<string, Measured>>

const top = 10

const answered = ({ source, place }: Hit, answer: Question['answers'][number]) =>
  source.id === answer.source &&
  (answer.line === undefined || (place.start_line <= answer.line && answer.line <= place.end_line))

/** One question: was one of its answers among the first ten (for commits: how many of the files), and at which rank. */
export function judge({ kind, answers }: Question, hits: readonly Hit[]): { recall: number; reciprocal: number } {
  const first = hits.slice(0, top).findIndex((hit) => answers.some((answer) => answered(hit, answer)))
  const reciprocal = first < 0 ? 0 : 1 / (first + 1)
  if (!kind.startsWith('commit')) return { recall: first < 0 ? 0 : 1, reciprocal }
  const found = answers.filter((answer) => hits.slice(0, top).some((hit) => answered(hit, answer)))
  return { recall: found.length / Math.min(answers.length, top), reciprocal }
}

export function summary(judged: readonly { recall: number; reciprocal: number }[]): Measured {
  const mean = (values: number[]) => round(values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1))
  return {
    questions: judged.length,
    recall: mean(judged.map(({ recall }) => recall)),
    mrr: mean(judged.map(({ reciprocal }) => reciprocal)),
  }
}
const round = (value: number) => Math.round(value * 1_000) / 1_000

/** What is lower or higher than before by more than chance explains: half a hundredth. */
export function moved(before: Results, now: Results): string[] {
  const changes: string[] = []
  for (const [kind, modes] of Object.entries(now)) {
    for (const [mode, { recall, mrr }] of Object.entries(modes)) {
      const old = before[kind]?.[mode]
      if (!old) changes.push(`${kind}, ${mode}: new`)
      else if (Math.abs(recall - old.recall) >= 0.005 || Math.abs(mrr - old.mrr) >= 0.005) {
        const worse = recall + mrr < old.recall + old.mrr
        changes.push(`${worse ? 'LOWER ' : 'higher'} ${kind}, ${mode}: ${old.recall}/${old.mrr} → ${recall}/${mrr}`)
      }
    }
  }
  return changes
}
