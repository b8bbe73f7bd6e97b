/** `cairn verify`, as somebody runs it who does not trust the Cairn that wrote the log. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { EventTables } from '../src/kernel/events/chain.ts'
import { type Cairn, startCairn } from './harness.ts'

const bin = fileURLToPath(new URL('../../cli/bin/cairn.mjs', import.meta.url))
let cairn: Cairn
beforeAll(async () => {
  cairn = await startCairn()
})
afterAll(() => cairn.stop())

function verify(words: readonly string[] = [], environment: Record<string, string> = {}) {
  const env = { PATH: process.env.PATH ?? '', ...cairn.environment, ...environment }
  return new Promise<{ code: number; out: string; err: string }>((resolve) => {
    execFile(process.execPath, [bin, 'verify', ...words], { env }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    )
  })
}

/** Changes the log behind the core's back. */
const tamper = (change: (db: ReturnType<typeof events>) => Promise<unknown>) =>
  cairn.core.kernel.database.transaction((db) => change(events(db)))
const events = (db: Parameters<Parameters<Cairn['core']['kernel']['database']['transaction']>[0]>[0]) =>
  db.withTables<EventTables>()

test('a whole log is called whole while Cairn runs, a changed one is not, and one made anew is told by a head kept elsewhere', async () => {
  for (const key of ['a', 'b', 'c']) await cairn.api.memories.create({ key, value: 'x' })
  const whole = await verify()
  expect(whole).toMatchObject({ code: 0, err: '' })
  const [, head = ''] = /head (\S+)/.exec(whole.out) ?? []
  const [workspace = '', seq = '', hash = ''] = head.split(':')
  expect(workspace).toBe(cairn.core.workspace)
  expect((await cairn.api.events.audit()).head).toEqual({ sequence: Number(seq), hash })

  await cairn.api.memories.create({ key: 'd', value: 'x' })
  expect((await verify(['--at', head])).code).toBe(0)
  const other = `${workspace}:${seq}:${'0'.repeat(64)}`
  const rewritten = await verify(['--at', other, '--json'])
  expect(rewritten.code).toBe(1)
  expect(JSON.parse(rewritten.out)).toMatchObject({
    ok: false,
    workspaces: [{ workspace, ok: false, faults: [{ seq: Number(seq), kind: 'checkpoint' }] }],
  })

  await tamper((db) =>
    db.updateTable('event').set({ data: '{}' }).where('workspace', '=', workspace).where('seq', '=', 2).execute(),
  )
  const changed = await verify()
  expect(changed.code).toBe(1)
  expect(changed.out).toContain('event 2 is not as it was written')
})

test('wrong words and a folder without a database are told, and nothing is made', async () => {
  for (const words of [['--at', 'x'], ['--what'], ['folder']]) {
    expect(await verify(words)).toMatchObject({ code: 2, err: expect.stringContaining('usage: cairn verify') })
  }
  if (cairn.core.kernel.database.name === 'postgres') return
  const nowhere = await verify([], { CAIRN_HOME: `${cairn.home}/nowhere` })
  expect(nowhere).toMatchObject({ code: 1, err: expect.stringContaining('There is no database at') })
})
