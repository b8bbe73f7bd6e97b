/** The whole room over a database: jobs that run, scopes that write, sources in memory. For tests and the bench. */
import { until } from '../../../test/until.ts'
import { type Clock, systemClock } from '../clock.ts'
import type { Database } from '../database/database.ts'
import { makeJobs } from '../jobs/jobs.ts'
import type { Log } from '../log.ts'
import type { Principal } from '../scope.ts'
import { makeScopes } from '../scopes.ts'
import type { Parse } from './cut.ts'
import { makePassages, type PassageParts, type SearchQuery } from './passages.ts'
import type { PassageSource } from './source.ts'

const log: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => log }
/** A long lease: on a busy machine a living worker is late. */
const usualTimes = { lease: 30_000, heartbeat: 150, look: 30, report: 20, grace: 60 }
const somebody: Principal = { kind: 'person', person: 'p', agent: null, credential: null, scopes: ['*'] }

export type Note = Partial<PassageSource> & { text: string | null }
export type Notes = Record<string, Note | string | null>
export type RoomOptions = Partial<Pick<PassageParts, 'parse' | 'embedding' | 'vectors' | 'parserUp'>> & {
  clock?: Clock
  /** Milliseconds until what a killed worker held is taken up by another. */
  lease?: number
  /** False leaves jobs to somebody else. */
  start?: boolean
  /** Hands out a source to the indexer; to be slow or to fail. */
  reading?(id: string): Promise<void>
}
export type Room = Awaited<ReturnType<typeof roomOver>>

/** No parser, no model: what a machine has on the first day. */
const noParser: Parse = () => Promise.reject(new Error('away'))
const noEmbedding: PassageParts['embedding'] = { model: async () => null, embed: async () => [] }
const noVectors: PassageParts['vectors'] = {
  ...{ upsert: async () => null, remove: async () => null, search: async () => [], compact: async () => null },
  ...{ drop: async () => null, stats: async () => [] },
}

export async function roomOver(database: Database, options: RoomOptions = {}) {
  const { clock = systemClock, start = true, reading = async () => {}, lease, ...given } = options
  const times = { ...usualTimes, ...(lease !== undefined && { lease }) }
  const shelves = new Map<string, Map<string, Note>>()
  const jobs = makeJobs({ database, clock, log, times })
  const passages = makePassages({
    ...{ database, clock, log, enqueue: jobs.enqueue, parse: noParser, parserUp: () => false },
    ...{ embedding: noEmbedding, vectors: noVectors },
    ...given,
  })
  const shelf = (workspace: string, kind: string) => {
    const key = `${workspace} ${kind}`
    const known = shelves.get(key) ?? new Map<string, Note>()
    shelves.set(key, known)
    return known
  }
  const kindOf = (kind: string) => ({
    kind,
    async read({ workspace }: { workspace: string }, ids: readonly string[]) {
      const found: PassageSource[] = []
      for (const id of ids) {
        await reading(id)
        const note = shelf(workspace, kind).get(id)
        if (note) found.push({ id, title: id, uri: `${kind}:${id}`, time: 1_700_000_000_000, ...note })
      }
      return found
    },
    async all({ workspace }: { workspace: string }, cursor: string | null, limit: number) {
      const all = [...shelf(workspace, kind).keys()].sort()
      const ids = all.filter((id) => cursor === null || id > cursor).slice(0, limit)
      return { ids, cursor: ids.length < limit ? null : (ids.at(-1) ?? null) }
    },
  })
  passages.attach(['note', 'file', 'message'].map(kindOf))
  jobs.define(passages.jobs)
  const makeScope = makeScopes({
    ...{ database, clock, events: { publish: () => {} }, enqueue: jobs.enqueue, reindex: passages.reindex },
    broken: (error) => {
      throw error
    },
  })
  if (start) {
    const everyone = { authorise: async (principal: Principal) => principal, workspaces: async () => ['w'] }
    await jobs.start({ scope: makeScope, ...everyone })
  }
  const scope = (workspace = 'w') => makeScope({ workspace, principal: somebody })

  /** Puts notes in (null takes one out), and tells nobody. */
  function change(notes: Notes, kind = 'note', workspace = 'w') {
    for (const [id, note] of Object.entries(notes)) {
      if (note === null) shelf(workspace, kind).delete(id)
      else shelf(workspace, kind).set(id, typeof note === 'string' ? { text: note } : note)
    }
  }

  /** The same, and marks them, without waiting for the indexer. */
  async function mark(notes: Notes, kind = 'note', workspace = 'w') {
    change(notes, kind, workspace)
    await scope(workspace).write((tx) => tx.reindex(kind, Object.keys(notes)))
  }

  const status = (workspace = 'w') => passages.status(scope(workspace))
  /** Resolves when nothing waits to be indexed except what failed. */
  const settled = (workspace = 'w') =>
    until(async () => {
      const { pending, failed } = await status(workspace)
      return pending === failed
    })
  const search = (query: string, more: Partial<SearchQuery> = {}, workspace = 'w') =>
    passages.search(scope(workspace), { query, ...more })

  return {
    ...{ database, jobs, passages, makeScope, scope, change, mark, status, settled, search },
    async put(notes: Notes, kind = 'note', workspace = 'w') {
      await mark(notes, kind, workspace)
      await settled(workspace)
    },
    /** Ids of the sources found, best first. */
    find: async (query: string, more: Partial<SearchQuery> = {}, workspace = 'w') =>
      (await search(query, more, workspace)).hits.map((hit) => hit.source.id),
    stop: () => jobs.stop(),
  }
}
