import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Cairn, startCairn } from '../../../../test/harness.ts'
import { newId } from '../../../kernel/ids.ts'
import { checkAddress, hostOf, isLocal } from './hosts.ts'

let cairn: Cairn
beforeAll(async () => {
  cairn = await startCairn()
})
afterAll(() => cairn.stop())

const refusal = async (call: Promise<unknown>) =>
  call.then(
    () => null,
    (thrown: { problem?: unknown }) => thrown.problem ?? thrown,
  )
const compatible = (base_url: string) => ({ kind: 'openai-compatible' as const, base_url, folder: null })
const key = 'sk-very-secret-key-0123456789'

test('only loopback counts as this machine, in every spelling, and nothing that a name server decides', () => {
  for (const local of [
    'http://127.0.0.1:1234/v1',
    'http://localhost:8080',
    'http://[::1]:1/v1',
    'http://127.1/v1',
    'http://2130706433/v1',
    'http://0x7f.0.0.1/v1',
    'http://127.255.255.254/',
  ]) {
    expect([local, isLocal(compatible(local))]).toEqual([local, true])
  }
  for (const elsewhere of [
    'https://api.openai.com/v1',
    'http://localhost.evil.example/v1',
    'http://127.0.0.1.nip.io/v1',
    'http://10.0.0.5/v1',
    'http://192.168.1.2/v1',
    'http://169.254.169.254/v1',
    'http://0.0.0.0/v1',
    'http://[fd00::1]/v1',
    'http://[::ffff:8.8.8.8]/v1',
    'http://gpu.local/v1',
  ]) {
    expect([elsewhere, isLocal(compatible(elsewhere))]).toEqual([elsewhere, false])
  }
  expect(isLocal({ kind: 'onnx', base_url: null, folder: '/models' })).toBe(true)
  expect(isLocal({ kind: 'ollama', base_url: null, folder: null })).toBe(true)
  expect(isLocal({ kind: 'anthropic', base_url: null, folder: null })).toBe(false)
  expect(hostOf({ kind: 'ollama', base_url: null, folder: null })).toBe('127.0.0.1:11434')
  expect(() => checkAddress(compatible('file:///etc/passwd'))).toThrow()
})

test('no provider lies at a link-local address or where a cloud keeps credentials; the private network may be', async () => {
  const hosts = [
    '169.254.169.254',
    '[fd00:ec2::254]',
    '[fe80::1]',
    '[::ffff:a9fe:a9fe]',
    '2852039166',
    '169.254.1.1:8080',
  ]
  const refused = { code: 'INVALID_INPUT', errors: [{ path: '/base_url' }] }
  const named = { name: 'n', kind: 'openai-compatible' as const }
  for (const host of [...hosts, 'metadata.google.internal', 'Metadata.Google.Internal.'])
    expect(
      await refusal(cairn.api.models.addProvider({ ...named, base_url: `http://${host}/v1` })),
      host,
    ).toMatchObject(refused)
  for (const host of ['192.168.1.2:8080', '10.0.0.5', '127.0.0.1:1', '[fd00::1]', 'gpu.local']) {
    const { id } = await cairn.api.models.addProvider({ ...named, base_url: `http://${host}/v1` })
    const moved = cairn.api.models.updateProvider({ id, base_url: 'http://169.254.169.254/v1' })
    expect(await refusal(moved)).toMatchObject(refused)
    await cairn.api.models.removeProvider({ id })
  }
})

test('a provider is added, changed and removed, and its key never comes back', async () => {
  const made = await cairn.api.models.addProvider({
    name: 'Local',
    kind: 'openai-compatible',
    base_url: 'http://127.0.0.1:9/v1',
    api_key: key,
  })
  expect(made).toMatchObject({ has_key: true, local: true, version: 1 })
  const renamed = await cairn.api.models.updateProvider({ id: made.id, name: 'Renamed' })
  expect(renamed).toMatchObject({ name: 'Renamed', has_key: true, version: 2 })
  const moved = await cairn.api.models.updateProvider({ id: made.id, base_url: 'http://127.0.0.1:10/v1' })
  expect(moved).toMatchObject({ has_key: false, version: 3 })
  const keyed = await cairn.api.models.updateProvider({
    id: made.id,
    base_url: 'https://models.example/v1',
    api_key: key,
  })
  expect(keyed).toMatchObject({ has_key: true, local: false })
  const replies = [made, renamed, moved, keyed, await cairn.api.models.providers(), await cairn.api.models.routes()]
  expect(JSON.stringify(replies)).not.toContain(key)

  await cairn.api.models.setRoutes({ chat: [{ provider_id: made.id, model: 'm' }], embed: [] })
  expect(await cairn.api.models.removeProvider({ id: made.id })).toEqual({ removed: { providers: 1, routes: 1 } })
  expect((await cairn.api.models.routes()).chat).toEqual([])
  expect(await refusal(cairn.api.models.removeProvider({ id: made.id }))).toMatchObject({
    status: 404,
    code: 'PROVIDER_NOT_FOUND',
  })
})

test('the key is nowhere in the database as it was typed', async () => {
  const { id } = await cairn.api.models.addProvider({ name: 'x', kind: 'openai', api_key: key })
  type Tables = { secret: { name: string; sealed: string }; event: { data: string | null } }
  const db = cairn.core.kernel.database.db.withTables<Tables>()
  const kept = await db.selectFrom('secret').select('sealed').where('name', '=', `models.${id}.key`).executeTakeFirst()
  expect(kept?.sealed.length).toBeGreaterThan(40)
  expect(JSON.stringify(kept)).not.toContain(key)
  expect(JSON.stringify(await db.selectFrom('event').select('data').execute())).not.toContain(key)
  await cairn.api.models.removeProvider({ id })
  expect(await db.selectFrom('secret').select('name').where('name', '=', `models.${id}.key`).execute()).toEqual([])
})

test('addresses that cannot be meant are refused with the field and the reason', async () => {
  const add = (input: object) =>
    refusal(cairn.api.models.addProvider({ name: 'x', kind: 'openai-compatible', ...input } as never))
  for (const base_url of [
    'not an address',
    'ftp://host/',
    'http://user:pass@host/',
    'http://host/?key=1',
    'http://host/#x',
  ]) {
    expect(await add({ base_url })).toMatchObject({ status: 422, errors: [{ path: '/base_url' }] })
  }
  expect(await add({})).toMatchObject({ status: 422, errors: [{ path: '/base_url' }] })
  expect(await add({ base_url: 'http://host/', folder: '/x' })).toMatchObject({ errors: [{ path: '/folder' }] })
  expect(await add({ kind: 'onnx' })).toMatchObject({ errors: [{ path: '/folder' }] })
  expect(await add({ base_url: 'http://host/', api_key: 'line\nbreak' })).toMatchObject({ status: 422 })
  expect(await add({ kind: 'wizard' })).toMatchObject({ status: 422 })
})

test('routes name providers of this workspace, embed with one model only, and are changed only as they were seen', async () => {
  const { api } = await cairn.stranger()
  const theirs = await cairn.api.models.addProvider({ name: 'theirs', kind: 'ollama' })
  const { id } = await api.models.addProvider({ name: 'a', kind: 'ollama' })
  const onnx = await api.models.addProvider({ name: 'b', kind: 'onnx', folder: '/models' })
  const set = (chat: object[], embed: object[] = [], version?: number) =>
    api.models.setRoutes(
      { chat, embed } as never,
      version === undefined ? {} : { headers: { 'if-match': `"${version}"` } },
    )
  expect(await refusal(set([{ provider_id: theirs.id, model: 'm' }]))).toMatchObject({
    status: 422,
    errors: [{ path: '/chat/0/provider_id' }],
  })
  expect(await refusal(set([{ provider_id: onnx.id, model: 'm' }]))).toMatchObject({ status: 422 })
  expect(
    await refusal(
      set(
        [],
        [
          { provider_id: id, model: 'one' },
          { provider_id: onnx.id, model: 'two' },
        ],
      ),
    ),
  ).toMatchObject({
    status: 422,
    errors: [{ path: '/embed/1/model' }],
  })
  expect(await api.models.routes()).toMatchObject({
    version: 0,
    updated_at: null,
    chat: [],
    embed: [],
    no_cloud: false,
  })
  const first = await set([{ provider_id: id, model: 'm' }], [], 0)
  expect(first).toMatchObject({ version: 1, chat: [{ provider_id: id, model: 'm' }] })
  expect(await refusal(set([], [], 0))).toMatchObject({ status: 412, code: 'PRECONDITION_FAILED' })
  expect(await set([], [], 1)).toMatchObject({ version: 2, chat: [] })
  const concurrent = await Promise.all([1, 2, 3, 4].map(() => refusal(set([], [], 2))))
  expect(concurrent.filter((problem) => problem === null)).toHaveLength(1)
})

test('the same provider again is the same row, and nobody else sees or changes it', async () => {
  const input = { id: newId(), name: 'n', kind: 'openai-compatible' as const, base_url: 'http://127.0.0.1:9/v1' }
  const first = await cairn.api.models.addProvider(input)
  expect(await cairn.api.models.addProvider(input)).toEqual(first)
  expect(await refusal(cairn.api.models.addProvider({ ...input, name: 'm' }))).toMatchObject({ status: 409 })
  const { api } = await cairn.stranger()
  expect((await api.models.providers()).items).toEqual([])
  expect(await refusal(api.models.updateProvider({ id: input.id, name: 'x' }))).toMatchObject({ status: 404 })
  expect(await refusal(api.models.removeProvider({ id: input.id }))).toMatchObject({ status: 404 })
  const stale = { headers: { 'if-match': '"7"' } }
  expect(await refusal(cairn.api.models.updateProvider({ id: input.id, name: 'x' }, stale))).toMatchObject({
    status: 412,
  })
})
