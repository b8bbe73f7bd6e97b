/** The proof can fail: with one part of a delete left out, it finds what is left. */
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, inject, test } from 'vitest'
import { startCairn } from '../../../../test/harness.ts'
import { newId, randomSalt } from '../../../kernel/ids.ts'
import { deleteJob } from './delete.ts'
import { indexed, plant, secretSite } from './privacy.fixture.ts'
import { prove } from './proof.ts'
import { byId, type Findings, insert, seal } from './store.ts'

const principal = { kind: 'person', person: 'p', agent: null, credential: null, scopes: ['*'] } as const

test('a delete that leaves one feature out is not called clean, and names its table', async () => {
  await using cairn = await startCairn()
  const { kernel, features, workspace } = cairn.core
  const scope = kernel.scope({ workspace, principal })
  const erasers = features.flatMap(({ name, erase }) => (erase ? [{ feature: name, module: erase.href }] : []))
  await plant(cairn)
  // The last one, with nothing left out, has nothing left to find but the rule that keeps the site out.
  for (const [left, table] of [
    ['browser', 'table pages'],
    ['', ''],
  ] as const) {
    const id = newId()
    await scope.write((tx) =>
      insert(tx, {
        ...{ workspace, id, scope: 'site', fingerprint: null, salt: randomSalt(), from_time: null, to_time: null },
        ...{ asked: seal({ erasure: { by: 'site', site: secretSite }, marks: null }), part: null, cursor: null },
        ...{ blobs: '[]', removed: '{}', proof: null, person: 'p', agent: null, asked_at: 1, finished_at: null },
      }),
    )
    const job = deleteJob(
      kernel,
      erasers.filter(({ feature }) => feature !== left),
    )
    const { signal } = scope
    const once = async <T>(_: string, run: () => Promise<T>) => run()
    await job.run({
      ...{ scope, id, input: {}, attempt: 1, signal, step: once, writeStep: (_, body) => scope.write(body) },
      ...{ progress() {}, log() {}, advanced: async () => undefined },
      sleepUntil: () => Promise.reject(new Error('It does not sleep.')),
    })
    const { proof } = JSON.parse((await byId({ workspace, db: kernel.database.db }, id))?.proof ?? '{}') as Findings
    const found = proof?.found.map(({ where }) => where).filter((where) => where.startsWith('table')) ?? []
    if (left === '') expect(found).toEqual(['table capture_pause'])
    else expect(found).toContain(table)
    if (left !== '') await plant(cairn)
  }
})

test.runIf(inject('dialect') === 'sqlite')(
  'rows deleted without care are found in the file, until it is scrubbed',
  async () => {
    await using cairn = await startCairn()
    const { kernel, workspace } = cairn.core
    const scope = kernel.scope({ workspace, principal })
    const mark = 'a numbat in the margin of a page'
    for (let at = 0; at < 30; at++) await cairn.api.memories.create({ key: `k${at}`, value: `${mark} ${at}` })
    const marks = { marks: [mark], name: null }
    await indexed(cairn)
    const careless = new DatabaseSync(join(cairn.home, 'cairn.db'))
    careless.exec('pragma secure_delete = off')
    for (const table of ['memories', 'passage', 'passage_posting', 'memory_version'])
      careless.exec(`pragma foreign_keys = off; delete from ${table}`)
    careless.close()
    const before = await prove(scope, cairn.home, marks)
    expect(before.found.map(({ where, reason }) => [where.startsWith('cairn.db'), reason])).toContainEqual([true, null])
    expect(await kernel.database.scrub({ rewrite: true })).toBe(true)
    expect(await prove(scope, cairn.home, marks)).toMatchObject({ clean: true, found: [] })
  },
)
