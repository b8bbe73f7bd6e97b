import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ApiError } from '@cairn/api/client'
import { expect, inject, onTestFinished, test } from 'vitest'
import { startCairn } from './harness.ts'
import { smallDisk } from './small-disk.ts'

test.runIf(inject('dialect') === 'sqlite')(
  'a full data folder refuses writes with what to do, goes on reading, and writes again when there is room',
  async (context) => {
    const folder = await smallDisk(24)
    if (!folder) return context.skip('no file system can be mounted here: run as root to try a full disk')
    const ballast = join(folder, 'ballast')
    await writeFile(ballast, new Uint8Array(8_000_000))
    const cairn = await startCairn({ environment: { CAIRN_HOME: join(folder, 'home') } })
    onTestFinished(() => cairn.stop())
    const kept: string[] = []
    let refusal: ApiError | null = null
    for (let at = 0; at < 2_000 && !refusal; at++) {
      const made = cairn.api.memories.create({ key: `k${at}`, value: `${at} `.repeat(3_000).slice(0, 15_000) })
      await made.then(
        ({ id }) => kept.push(id),
        (error: ApiError) => {
          refusal = error
        },
      )
    }
    expect(refusal).toMatchObject({
      problem: { status: 507, code: 'DISK_FULL', detail: expect.stringMatching(/space/) },
    })
    expect(kept.length).toBeGreaterThan(0)
    expect(await cairn.api.memories.get({ id: kept.at(-1) as string })).toMatchObject({ key: `k${kept.length - 1}` })
    expect((await cairn.fetch('/api/health')).status).toBe(200)

    await rm(ballast)
    await expect
      .poll(() => cairn.api.memories.create({ key: 'room again', value: 'x' }), { timeout: 30_000 })
      .toBeTruthy()
    await cairn.restart()
    for (const id of [kept[0], kept.at(-1)]) expect((await cairn.api.memories.get({ id: id as string })).id).toBe(id)
    expect((await cairn.api.events.audit()).valid).toBe(true)
  },
)
