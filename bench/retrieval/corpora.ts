/** What is searched: text that is there offline wherever the bench runs. */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Chunk } from '../../packages/api/src/windows.ts'
import type { Note } from '../../apps/server/src/kernel/passages/room.fixture.ts'
import type { Parse } from '../../apps/server/src/kernel/passages/cut.ts'
import { random } from '../synthetic.ts'
import { conversations, smallTalk } from './conversations.ts'

export const root = fileURLToPath(new URL('../..', import.meta.url))
export type Corpus = { workspace: string; kind: string; notes: Record<string, Note> }

/** Documentation: the Markdown of installed packages. */
export function documentation(): Corpus {
  const names = readdirSync(join(root, 'node_modules'), { recursive: true, encoding: 'utf8' })
  const files = names
    .filter((name) => /\.md$/i.test(name) && !/changelog|license|history|contributing/i.test(name))
    .sort()
  const seen = new Set<string>()
  const notes: Record<string, Note> = {}
  for (const name of files) {
    const text = readFileSync(join(root, 'node_modules', name), 'utf8')
    if (text.length < 500 || text.length > 200_000 || seen.has(text)) continue
    seen.add(text)
    notes[name] = { text, name, title: name.split('/').at(-1) as string, uri: name, time: 0 }
  }
  return { workspace: 'documentation', kind: 'file', notes }
}

/** Declarations: TypeScript's own libraries, where identifiers are looked for. */
export function declarations(): Corpus {
  const folder = join(root, 'node_modules/@typescript')
  const places = [join(root, 'node_modules/typescript/lib')]
  if (existsSync(folder)) places.push(...readdirSync(folder).map((name) => join(folder, name, 'lib')))
  const notes: Record<string, Note> = {}
  for (const place of places.filter((each) => existsSync(each))) {
    for (const name of readdirSync(place)
      .filter((each) => /^lib\..*\.d\.ts$/.test(each) && !/webworker|dom\.iter/.test(each))
      .sort()) {
      notes[name] = {
        text: readFileSync(join(place, name), 'utf8').slice(0, 400_000),
        name,
        title: name,
        uri: `lib/${name}`,
        time: 0,
      }
    }
  }
  return { workspace: 'declarations', kind: 'file', notes }
}

const git = (folder: string, ...args: string[]) =>
  execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8', maxBuffer: 1 << 28 })

/** A repository as it is committed. */
export function repository(folder: string): Corpus {
  const notes: Record<string, Note> = {}
  const text = /\.(ts|tsx|js|md|css|json|html|mjs|ya?ml|svg)$/
  for (const name of git(folder, 'ls-tree', '-r', '--name-only', 'HEAD').split('\n')) {
    if (!text.test(name) || /package-lock|bench\/results|bench\/retrieval|\.sql$/.test(name)) continue
    notes[name] = {
      text: git(folder, 'show', `HEAD:${name}`),
      name,
      title: name.split('/').at(-1) as string,
      uri: name,
      time: 0,
    }
  }
  return { workspace: 'repository', kind: 'file', notes }
}

/** The message of each of the newest thousand commits, and the files it touched that are still there. */
export function commits(folder: string, files: ReadonlySet<string>): { message: string; files: string[] }[] {
  const log = git(folder, 'log', '--no-merges', '--max-count=1000', '--format=%x00%B%x01', '--name-only')
    .split('\u0000')
    .slice(1)
  return log
    .map((entry) => {
      const [message = '', names = ''] = entry.split('\u0001')
      return { message: message.trim(), files: names.split('\n').filter((name) => files.has(name)) }
    })
    .filter(({ message, files: touched }) => message !== '' && touched.length > 0 && touched.length <= 40)
}

/** Conversations, each a thread, among far more small talk about the same things. */
export function talks(): Corpus {
  const notes: Record<string, Note> = {}
  const minute = 60_000
  for (const { id, title, day, turns } of conversations) {
    turns.forEach(([speaker, text], order) => {
      const time = Date.parse(`${day}T09:00:00Z`) + order * 3 * minute
      notes[`${id}#${order}`] = {
        text,
        speaker,
        title,
        context: [title],
        group: id,
        order,
        time,
        uri: `thread:${id}#${order}`,
      }
    })
  }
  smallTalk(random(5), 3_000).forEach(([speaker, text], at) => {
    const id = `talk${Math.floor(at / 30)}`
    const time = Date.UTC(2025, 0, 1) + at * 90 * minute
    notes[`${id}#${at}`] = {
      text,
      speaker,
      title: 'Small talk',
      group: id,
      order: at % 30,
      time,
      uri: `thread:${id}#${at}`,
    }
  })
  return { workspace: 'talks', kind: 'message', notes }
}

export type Piece = Chunk & { source: string }

/** The corpus as the parser cuts it, for making questions about its pieces. */
export async function piecesOf({ notes }: Corpus, parse: Parse): Promise<Piece[]> {
  const pieces: Piece[] = []
  for (const [id, note] of Object.entries(notes)) {
    const [file] = await parse([{ id, name: note.name ?? id, text: note.text ?? '' }])
    for (const chunk of file?.passages ?? []) pieces.push({ ...chunk, source: id })
  }
  return pieces
}
