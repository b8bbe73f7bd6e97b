/** The files of a new feature, as text. They are small on purpose: a list, a create, a get, a remove. */
export type NewFeature = { name: string; single: string; wing: string; migration: string }

export function layOut(feature: NewFeature): Record<string, string> {
  const folder = `apps/server/src/features/${feature.wing}/${feature.name}`
  return {
    [`packages/api/src/${feature.name}.ts`]: api(feature),
    [`apps/server/migrations/${feature.migration}-${feature.name}.ts`]: migration(feature),
    [`${folder}/index.ts`]: index(feature),
    [`${folder}/service.ts`]: service(feature),
    [`${folder}/store.ts`]: store(feature),
    [`${folder}/${feature.name}.test.ts`]: test(feature),
    [`apps/web/src/features/${feature.name}/page.tsx`]: page(feature),
  }
}

const capital = (word: string) => word[0]?.toUpperCase() + word.slice(1)
const code = ({ single }: NewFeature) => `${single.toUpperCase()}_NOT_FOUND`

const api = (f: NewFeature) => `/** ${capital(f.name)}: say in a line what they are. */
import { operation, operations } from './operation.ts'
import { Id, optional, page, paging, Removed, type Static, shape, Time, text } from './shapes.ts'

export const ${capital(f.single)} = shape({ id: Id, title: text(200, 1), created_at: Time })
export type ${capital(f.single)} = Static<typeof ${capital(f.single)}>

export const ${f.name} = operations('${f.name}', {
  list: operation({
    method: 'GET',
    path: '/api/${f.name}',
    summary: 'List ${f.name}, newest first',
    effect: 'read',
    query: paging,
    output: page(${capital(f.single)}),
  }),
  create: operation({
    method: 'POST',
    path: '/api/${f.name}',
    summary: 'Make a ${f.single}',
    effect: 'write',
    body: { id: optional(Id), title: text(200, 1) },
    output: ${capital(f.single)},
    status: 201,
    errors: ['CONFLICT'],
  }),
  get: operation({
    method: 'GET',
    path: '/api/${f.name}/{id}',
    summary: 'Read one ${f.single}',
    effect: 'read',
    params: { id: Id },
    output: ${capital(f.single)},
    errors: ['${code(f)}'],
  }),
  remove: operation({
    method: 'DELETE',
    path: '/api/${f.name}/{id}',
    summary: 'Remove one ${f.single}',
    effect: 'write',
    params: { id: Id },
    output: Removed,
    errors: ['${code(f)}'],
  }),
})
`

const migration = (f: NewFeature) => `/** ${capital(f.name)}. */
import { columns, tableEnd } from '../src/kernel/database/columns.ts'
import type { DialectName } from '../src/kernel/database/dialect.ts'
import type { MigrationDb } from '../src/kernel/database/migrate.ts'

export async function up(db: MigrationDb, dialect: DialectName) {
  const { text, integer } = columns(dialect)
  await db.schema
    .createTable('${f.single}')
    .addColumn('workspace', text, (column) => column.notNull())
    .addColumn('id', text, (column) => column.notNull())
    .addColumn('title', text, (column) => column.notNull())
    .addColumn('created_at', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('${f.single}_pk', ['workspace', 'id'])
    .modifyEnd(tableEnd(dialect))
    .execute()
  await db.schema.createIndex('${f.single}_created').on('${f.single}').columns(['workspace', 'created_at', 'id']).execute()
}
`

const index = (f: NewFeature) => `/**
 * ${capital(f.name)}: say what this feature owns.
 * Tables: ${f.single}. Events: ${f.single}.created, ${f.single}.removed.
 * Invariant: the one thing that always holds.
 */
import { ${f.name} as operations } from '@cairn/api/${f.name}'
import { type Feature, handle } from '../../../kernel/feature.ts'
import * as service from './service.ts'
import { store } from './store.ts'

export function make${capital(f.name)}() {
  const feature: Feature = {
    name: '${f.name}',
    tables: ['${f.single}'],
    operations: handle(operations, {
      list: (call) => service.list(call, call.input),
      create: (call) => call.write((tx) => service.create(tx, call.input)),
      get: (call) => service.get(call, call.input.id),
      remove: (call) => call.write((tx) => service.remove(tx, call.input.id)),
    }),
    counts: async (scope) => ({ ${f.name}: await store.count(scope) }),
  }
  return { ...service, feature }
}
`

const service = (f: NewFeature) => `import type { ${capital(f.single)} } from '@cairn/api/${f.name}'
import { fail } from '@cairn/api/errors'
import { iso } from '../../../kernel/clock.ts'
import { newId } from '../../../kernel/ids.ts'
import { decodeCursor, pageSize, toPage } from '../../../kernel/paging.ts'
import type { Scope, Tx } from '../../../kernel/scope.ts'
import { type ${capital(f.single)}Row, store } from './store.ts'

export async function list(scope: Scope, query: { limit?: number; cursor?: string }) {
  const limit = pageSize(query.limit)
  const rows = await store.list(scope, decodeCursor(query.cursor, [0, ''] as const), limit + 1)
  return toPage(rows, limit, (row) => [row.created_at, row.id], to${capital(f.single)})
}

/** Same id and content returns the row; other content under the id is CONFLICT. */
export async function create(tx: Tx, input: { id?: string; title: string }): Promise<${capital(f.single)}> {
  const row = { workspace: tx.workspace, id: input.id ?? newId(), title: input.title, created_at: tx.now }
  const stored = await store.get(tx, row.id)
  if (stored && stored.title !== row.title) throw fail('CONFLICT')
  if (stored) return to${capital(f.single)}(stored)
  await store.insert(tx, row)
  tx.event({ type: '${f.single}.created', subject: row.id })
  return to${capital(f.single)}(row)
}

export async function get(scope: Scope, id: string): Promise<${capital(f.single)}> {
  const row = await store.get(scope, id)
  if (!row) throw fail('${code(f)}')
  return to${capital(f.single)}(row)
}

export async function remove(tx: Tx, id: string) {
  if ((await store.remove(tx, id)) === 0) throw fail('${code(f)}')
  tx.event({ type: '${f.single}.removed', subject: id })
  return { removed: { ${f.name}: 1 } }
}

const to${capital(f.single)} = (row: ${capital(f.single)}Row): ${capital(f.single)} => ({
  id: row.id,
  title: row.title,
  created_at: iso(row.created_at),
})
`

const store = (f: NewFeature) => `import type { Scope } from '../../../kernel/scope.ts'

export type ${capital(f.single)}Row = { workspace: string; id: string; title: string; created_at: number }
type Reader = Pick<Scope, 'workspace' | 'db'>

const tables = ({ db }: Reader) => db.withTables<{ ${f.single}: ${capital(f.single)}Row }>()
const rows = (scope: Reader) => tables(scope).selectFrom('${f.single}').where('workspace', '=', scope.workspace)

export const store = {
  list(scope: Reader, before: readonly [number, string] | null, limit: number): Promise<${capital(f.single)}Row[]> {
    const query = rows(scope).selectAll().orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit)
    if (!before) return query.execute()
    return query.where(({ eb, refTuple, tuple }) => eb(refTuple('created_at', 'id'), '<', tuple(...before))).execute()
  },

  get: (scope: Reader, id: string) => rows(scope).selectAll().where('id', '=', id).executeTakeFirst(),

  insert: (scope: Reader, row: ${capital(f.single)}Row) => tables(scope).insertInto('${f.single}').values(row).execute(),

  async remove(scope: Reader, id: string): Promise<number> {
    const gone = tables(scope).deleteFrom('${f.single}').where('workspace', '=', scope.workspace).where('id', '=', id)
    return Number((await gone.executeTakeFirst()).numDeletedRows)
  },

  async count(scope: Reader): Promise<number> {
    const found = await rows(scope).select(({ fn }) => fn.countAll<number>().as('count')).executeTakeFirst()
    return Number(found?.count ?? 0)
  },
}
`

const test = (f: NewFeature) => `import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Cairn, startCairn } from '../../../../test/harness.ts'

let cairn: Cairn
beforeAll(async () => {
  cairn = await startCairn()
})
afterAll(() => cairn.stop())

test('what one person makes, another does not see', async () => {
  const made = await cairn.api.${f.name}.create({ title: 'mine' })
  expect(await cairn.api.${f.name}.get({ id: made.id })).toEqual(made)
  const { api } = await cairn.stranger()
  await expect(api.${f.name}.get({ id: made.id })).rejects.toMatchObject({ problem: { code: '${code(f)}' } })
  expect((await api.${f.name}.list()).items).toEqual([])
})

test('making the same twice makes it once, with exactly one event', async () => {
  const before = (await cairn.api.events.follow()).last
  const made = await cairn.api.${f.name}.create({ title: 'once' })
  expect(await cairn.api.${f.name}.create({ id: made.id, title: 'once' })).toEqual(made)
  await expect(cairn.api.${f.name}.create({ id: made.id, title: 'other' })).rejects.toMatchObject({ problem: { code: 'CONFLICT' } })
  const { items } = await cairn.api.events.follow({ after: before })
  expect(items.map(({ type, subject }) => [type, subject])).toEqual([['${f.single}.created', made.id]])
})
`

const page = (f: NewFeature) => `/** ${capital(f.name)}: what a person sees of them. */
import { For, Show } from 'solid-js'
import { usePages } from '../../lib/queries.ts'
import { Empty } from '../../ui/empty.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { Safe } from '../../ui/safe.tsx'

export default function ${capital(f.name)}Page() {
  const pages = usePages('${f.name}', 'list', () => ({ limit: 100 }))
  return (
    <>
      <PageHead title="${capital(f.name)}" />
      <Show when={pages.items()?.length} fallback={<Empty title="No ${f.name} yet">They will be listed here.</Empty>}>
        <ul>
          <For each={pages.items()}>
            {(one) => (
              <li class="px-4 py-1">
                <Safe text={one.title} />
              </li>
            )}
          </For>
        </ul>
      </Show>
    </>
  )
}
`
