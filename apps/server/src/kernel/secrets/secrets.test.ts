import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { testScopes } from '../../../test/database.ts'
import { type Log, makeLog } from '../log.ts'
import { makeSecrets } from './secrets.ts'

const log: Log = makeLog({ format: 'json', level: 'silent' })

async function room() {
  const home = await mkdtemp(join(tmpdir(), 'cairn-secrets-'))
  onTestFinished(() => rm(home, { recursive: true, force: true }))
  return { home, secrets: makeSecrets({ home, keychain: false, log }), scope: (await testScopes()).scope() }
}

test('a transaction never waits for the key: without it beforehand nothing is put', async () => {
  const { secrets, scope } = await room()
  const put = () => scope.write((tx) => secrets.put(tx, 'a', 'hush'))
  await expect(put()).rejects.toThrow('after `ready`')
  expect(await secrets.get(scope, 'a')).toBeNull()
  await secrets.ready()
  await put()
  expect(await secrets.get(scope, 'a')).toBe('hush')
})

test('a key that is locked is asked for again once somebody has unlocked it', async () => {
  const { home, secrets, scope } = await room()
  await writeFile(join(home, 'master.keychain'), '')
  await expect(secrets.ready()).rejects.toMatchObject({ code: 'SECRET_LOCKED' })
  await rm(join(home, 'master.keychain'))
  await secrets.ready()
  await scope.write((tx) => secrets.put(tx, 'a', 'hush'))
  expect(await secrets.get(scope, 'a')).toBe('hush')
})
