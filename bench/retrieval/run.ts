/**
 * `node bench/retrieval/run.ts [--write] [--only KIND] [--repository FOLDER]`: how well search finds what is known to be there, by kind of
 * question: recall@10 / MRR for words, for meaning and for both. Meaning is the test embedding, a bag of words, and shows
 * that the plumbing works, no more. Commits are this repository's unless another one is named. `--write` makes the result the baseline that later runs are compared with; a change
 * that lowers it says why.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrations } from '../../apps/server/migrations/index.ts'
import { openDatabase } from '../../apps/server/src/kernel/database/database.ts'
import { sha256 } from '../../apps/server/src/kernel/ids.ts'
import { type Room, roomOver } from '../../apps/server/src/kernel/passages/room.fixture.ts'
import { until } from '../../apps/server/test/until.ts'
import { makeParsing } from '../../apps/sidecar/src/parsing/index.ts'
import * as corpora from './corpora.ts'
import { bagOfWordsModel, vectorsInMemory } from './meaning.ts'
import { judge, moved, type Results, summary } from './measure.ts'
import * as made from './questions.ts'

const baseline = new URL('../results/retrieval.json', import.meta.url)
const quiet = { info() {}, warn() {}, error() {} }
const modes = { keyword: 'keyword', semantic: 'semantic', fused: 'hybrid' } as const

const option = (name: string) =>
  process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : undefined

const parsing = makeParsing()
const parse = (files: { id: string; name: string; text: string }[]) => parsing.parse(files)
const folder = mkdtempSync(join(tmpdir(), 'cairn-retrieval-'))
const database = await openDatabase({ dialect: 'sqlite', file: join(folder, 'cairn.db') }, quiet)
try {
  await database.migrate(migrations)
  const room = await roomOver(database, { parse, embedding: bagOfWordsModel, vectors: vectorsInMemory() })
  const documents = corpora.documentation()
  const sources = option('--repository') ?? corpora.root
  const repository = corpora.repository(sources)
  const declarations = corpora.declarations()
  const all = [documents, declarations, repository, corpora.talks()]
  for (const corpus of all) await fill(room, corpus)

  const pieces = await corpora.piecesOf(documents, parse)
  const questions = [
    ...made.identifiers(declarations.workspace, await corpora.piecesOf(declarations, parse)),
    ...made.headings(documents.workspace, pieces),
    ...made.sentences(documents.workspace, pieces),
    ...made.paraphrases(documents.workspace, pieces),
    ...made.typingErrors(documents.workspace, pieces),
    ...made.conversationQuestions('talks'),
    ...made.commitQuestions(repository.workspace, corpora.commits(sources, new Set(Object.keys(repository.notes)))),
  ]
  const results = await ask(room, questions)
  report(results, Object.fromEntries(all.map((corpus) => [corpus.workspace, fingerprint(corpus)])))
  await room.stop()
} finally {
  await database.close()
  await parsing.close()
  rmSync(folder, { recursive: true, force: true })
}

async function fill(room: Room, { workspace, kind, notes }: corpora.Corpus) {
  await room.put(notes, kind, workspace)
  await until(async () => {
    const { embedded, passages } = await room.status(workspace)
    return embedded === passages
  }, 600_000)
  console.log(`… ${workspace}: ${(await room.status(workspace)).passages} passages`)
}

async function ask(room: Room, questions: made.Question[]): Promise<Results> {
  const results: Results = {}
  const only = option('--only')
  for (const [kind, some] of Map.groupBy(questions, (question) => question.kind)) {
    if (only !== undefined && !kind.includes(only)) continue
    const byMode: Results[string] = {}
    for (const [name, mode] of Object.entries(modes)) {
      const judged = []
      for (const question of some) {
        const { hits } = await room.search(question.text, { mode, limit: 10 }, question.workspace)
        judged.push(judge(question, hits))
      }
      byMode[name] = summary(judged)
    }
    results[kind] = byMode
  }
  return results
}

function report(results: Results, over: Record<string, string>) {
  const rows = Object.entries(results).map(([kind, byMode]) => ({
    ...{ kind, questions: Object.values(byMode)[0]?.questions },
    ...Object.fromEntries(Object.entries(byMode).map(([mode, { recall, mrr }]) => [mode, `${recall} / ${mrr}`])),
  }))
  console.table(rows)
  const before = existsSync(baseline)
    ? (JSON.parse(readFileSync(baseline, 'utf8')) as { corpora: typeof over; results: Results })
    : null
  if (before) {
    const other = Object.keys(over).filter((name) => over[name] !== before.corpora[name])
    if (other.length > 0)
      console.log(`Other text than in the baseline: ${other.join(', ')}. Numbers over it are not comparable.`)
    const changes = moved(before.results, results)
    console.log(changes.length > 0 ? changes.join('\n') : 'Nothing moved against the baseline.')
  }
  if (process.argv.includes('--write')) {
    mkdirSync(new URL('.', baseline), { recursive: true })
    writeFileSync(baseline, `${JSON.stringify({ corpora: over, results }, null, 2)}\n`)
  }
}

function fingerprint({ notes }: corpora.Corpus): string {
  return sha256(JSON.stringify(Object.entries(notes).map(([id, note]) => [id, note.text]))).slice(0, 12)
}
