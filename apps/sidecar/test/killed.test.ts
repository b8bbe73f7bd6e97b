import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { encodeFloats } from '../src/floats.ts'
import { startSidecar } from './start-sidecar.ts'

const KILLS = 6
const WORKSPACE = 'w1'
const MODEL = 'test-embed'

test('killed in the middle of writing again and again: what was acknowledged is there, and nothing is damaged', async () => {
  const home = await mkdtemp(join(tmpdir(), 'cairn-killed-'))
  const settings = { CAIRN_VECTORS: join(home, 'vectors') }
  const acknowledged = new Set<string>()
  const removed = new Set<string>()
  let next = 0
  const rows = (count: number) =>
    Array.from({ length: count }, () => {
      const id = `row-${next}`
      next += 1
      return {
        id,
        vector: encodeFloats(Float32Array.from([1, next % 7, next % 11])),
        kind: 'file',
        source: 's',
        time: next,
      }
    })
  try {
    for (let round = 0; round < KILLS; round += 1) {
      const sidecar = await startSidecar(settings)
      const to = (action: string, body: object) =>
        sidecar.ask(`/vectors/${WORKSPACE}/${action}`, { model: MODEL, ...body }).then(
          async (response) => ({ ok: response.ok, answer: await response.json() }),
          () => ({ ok: false, answer: null }),
        )
      let isKilled = false
      let puts = 0
      const writing = (async () => {
        while (!isKilled) {
          const batch = rows(20)
          const put = await to('upsert', { dimensions: 3, fence: 1, rows: batch })
          if (put.ok) puts += 1
          if (put.ok) for (const { id } of batch) acknowledged.add(id)
          else if (put.answer) throw new Error(`round ${round}: ${JSON.stringify(put.answer)}`)
          const gone = batch.slice(0, 2).map(({ id }) => id)
          const cut = put.ok ? await to('delete', { fence: 1, ids: gone }) : { ok: false }
          // A delete that was not answered may have happened or not: nothing is claimed of its rows.
          for (const id of put.ok ? gone : []) acknowledged.delete(id)
          if (cut.ok) for (const id of gone) removed.add(id)
          if (put.ok && next % 100 === 0) await to('compact', {})
        }
      })()
      await expect.poll(() => puts, { timeout: 30_000 }).toBeGreaterThan(0)
      await pause(70 * round)
      isKilled = true
      sidecar.child.kill('SIGKILL')
      await writing
      await sidecar.stop()
    }
    const sidecar = await startSidecar(settings)
    const { models } = await sidecar.json<{ models: { count: number }[] }>(`/vectors/${WORKSPACE}`)
    expect(models).toMatchObject([{ model: MODEL, state: 'ok' }])
    const found = new Set<string>()
    const vector = encodeFloats(Float32Array.from([1, 1, 1]))
    for (let from = 0; from <= next; from += 500) {
      const query = { model: MODEL, vector, limit: 1000, from, to: from + 499 }
      const { hits } = await sidecar.json<{ hits: { id: string }[] }>(`/vectors/${WORKSPACE}/search`, query)
      for (const hit of hits) {
        expect(found, 'no row is there twice').not.toContain(hit.id)
        found.add(hit.id)
      }
    }
    expect([...acknowledged].filter((id) => !found.has(id))).toEqual([])
    expect([...removed].filter((id) => found.has(id))).toEqual([])
    expect(acknowledged.size).toBeGreaterThan(0)
    expect(models[0]?.count).toBe(found.size)
    expect(await sidecar.stop()).toBe(0)
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}, 180_000)
