import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, inject, onTestFinished, test } from 'vitest'
import { migrations } from '../../../migrations/index.ts'
import { quietLog, testDatabase } from '../../../test/database.ts'
import { openDatabase } from '../database/database.ts'
import { library } from './passages.fixture.ts'
import type { Note, Room } from './room.fixture.ts'

const modules = fileURLToPath(new URL('../../../../../node_modules', import.meta.url))

/** A few thousand sections of documentation and declarations that are installed anyway. */
function sections(most: number): [string, Note][] {
  const names = readdirSync(modules, { recursive: true, encoding: 'utf8' })
    .filter((name) => /readme\.md$|(?<!min)\.d\.ts$/i.test(name))
    .sort()
  const found: [string, Note][] = []
  for (const name of names.filter((_, at) => at % 3 === 0)) {
    const text = readFileSync(join(modules, name), 'utf8').slice(0, 40_000)
    const parts = text.split(/\n(?=#{1,3} |export )/).filter((part) => part.trim().length > 60)
    for (const [at, part] of parts.slice(0, 12).entries()) {
      const time = Date.UTC(2020, 0, 1) + found.length * 36e5
      found.push([
        `${name}#${at}`,
        { text: part, title: name.split('/').slice(-2).join('/'), uri: name, time, root: `r${found.length % 3}` },
      ])
      if (found.length === most) return found
    }
  }
  return found
}

/** A hundred queries of all kinds out of the sections, the same for both databases. */
function questions(notes: [string, Note][]): string[] {
  const made: string[] = []
  const wordsOf = (at: number) =>
    (notes[(at * 7919) % notes.length]?.[1].text ?? '').match(/[A-Za-z_]{3,}/g) ?? ['nothing']
  const word = (at: number, nth: number) => {
    const words = wordsOf(at)
    return words[(nth * 31) % words.length] ?? 'nothing'
  }
  for (let at = 0; at < 17; at++) {
    made.push(word(at, 1), `${word(at, 2)} ${word(at, 5)}`, wordsOf(at).slice(3, 14).join(' '))
    made.push(
      `${word(at, 3).slice(0, -1)} ${word(at, 4)}x`,
      `how does the ${word(at, 6)} work with ${word(at + 1, 2)}?`,
    )
    made.push(['the', 'return value', 'string', 'options object', 'type export', 'is a function'][at % 6] as string)
  }
  return made.slice(0, 100)
}

/** PostgreSQL's own run is where both databases are at hand; SQLite's would ask the same again. */
const both = test.runIf(inject('dialect') === 'postgres')

both(
  'both databases give the same top ten, with the same scores, whatever is asked',
  { timeout: 300_000 },
  async () => {
    const notes = sections(700)
    expect(notes.length).toBe(700)
    const folder = await mkdtemp(join(tmpdir(), 'cairn-same-'))
    const sqlite = await openDatabase({ dialect: 'sqlite', file: join(folder, 'cairn.db') }, quietLog)
    onTestFinished(async () => {
      await sqlite.close()
      await rm(folder, { recursive: true, force: true })
    })
    await sqlite.migrate(migrations)
    const rooms = [await library({ database: sqlite }), await library({ database: await testDatabase() })] as const
    for (const room of rooms) {
      // In one order, so that both number their passages alike.
      for (let at = 0; at < notes.length; at += 500)
        await room.put(Object.fromEntries(notes.slice(at, at + 500)), 'file')
    }
    const answers = async (room: Room, query: string, more = {}) => {
      const { hits, corrected } = await room.search(query, more)
      return { corrected, hits: hits.map(({ source, place, score, why }) => [source.id, place.start_line, score, why]) }
    }
    for (const query of questions(notes)) {
      expect([query, await answers(rooms[1], query)]).toEqual([query, await answers(rooms[0], query)])
    }
    const filtered = { root: 'r1', from: '2020-01-20T00:00:00.000Z', to: '2020-03-01T00:00:00.000Z', limit: 50 }
    for (const query of questions(notes).slice(0, 20)) {
      expect([query, await answers(rooms[1], query, filtered)]).toEqual([
        query,
        await answers(rooms[0], query, filtered),
      ])
    }
  },
)
