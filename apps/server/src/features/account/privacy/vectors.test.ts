import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { startModelServer } from '../../../../../sidecar/test/model-server.ts'
import { startCairn, until } from '../../../../test/harness.ts'
import { erase, filesWith, removedBy } from './privacy.fixture.ts'

test('vectors and embeddings of what is erased are gone, from their files as well', async () => {
  const server = await startModelServer({ models: ['test-embed'] })
  try {
    await using cairn = await startCairn({ sidecar: true })
    const { kernel, workspace } = cairn.core
    const memory = await cairn.api.memories.create({ key: 'potoroo', value: 'The potoroo hops at dusk.' })
    await cairn.api.memories.create({ key: 'oats', value: 'Oats at noon.' })
    const { id } = await cairn.api.models.addProvider({
      ...{ name: 'test', kind: 'openai-compatible', base_url: `${server.url}/v1` },
    })
    await cairn.api.models.setRoutes({ chat: [], embed: [{ provider_id: id, model: 'test-embed' }] })
    await until(async () => (await cairn.api.search.status()).embedded === 2)
    const passages = await sql<{ id: string }>`select id from passage where source = ${memory.id}`.execute(
      kernel.database.db,
    )
    const passage = passages.rows[0]?.id as string
    const vectors = join(cairn.home, 'vectors')
    // The control: before, the store's files name the passage.
    expect((await filesWith(vectors, passage)).length).toBeGreaterThan(0)

    const receipt = await erase(cairn, { source: { kind: 'memory', id: memory.id } })
    expect(receipt).toMatchObject({ left: [], proof: { clean: true } })
    expect(removedBy(receipt, 'index')).toMatchObject({ passages: 1 })
    expect(await filesWith(vectors, passage)).toEqual([])
    const left = await sql<{ hash: string }>`select hash from embedding where workspace = ${workspace}`.execute(
      kernel.database.db,
    )
    expect(left.rows).toHaveLength(1)
    expect((await kernel.sidecar.vectors.stats(workspace)).map(({ count }) => count)).toEqual([1])

    await erase(cairn, { everything: true })
    const files = await readdir(vectors, { recursive: true, withFileTypes: true })
    const data = files.filter((entry) => entry.isFile() && entry.name.endsWith('.lance'))
    expect(await Promise.all(data.map((entry) => readFile(join(entry.parentPath, entry.name))))).toEqual([])
  } finally {
    await server.close()
  }
})
