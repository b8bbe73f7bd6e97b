import { buffer } from 'node:stream/consumers'
import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { AgeError, decrypted, encrypted, isAge } from './age.ts'

const passphrase = 'correct horse battery staple'
const through = (bytes: Uint8Array, size = 1_000) =>
  Readable.from(
    (function* () {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
    })(),
  )
const opened = (bytes: Uint8Array, word = passphrase) => buffer(Readable.from(decrypted(through(bytes), word)))

/** Written by age-encryption 0.3.1, the TypeScript of age's author. */
const foreign = `YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHNjcnlwdCBNOTd2YTIvcVRJemFaUTlNaGVwYTlRIDEwCjhMaXM1SEZCM0psbVBCcmtSd25kUHZRaHNt
Mkg1cUdwQVlyRktPTGwyazAKLS0tIFVOOUtkN1NIUW9rYkoxVUE4SHBWTDU1THhwT095Wjhld284cUxhNzdoRncKmTJ4iunVpTXjDQFJYjPTru91qb7SYHnsXScFanCHEDRn
BB7OVM7UGUHAFSeJRzU=`

test('what another age program wrote opens', async () => {
  const bytes = Buffer.from(foreign, 'base64')
  expect(isAge(bytes)).toBe(true)
  expect(String(await opened(bytes))).toBe('heap of stones\n')
})

test('what was sealed opens whole, at every length around the end of a piece; nothing may be changed or cut off', async () => {
  for (const length of [0, 65_536, 65_537]) {
    const plain = Buffer.alloc(length, 'cairn')
    const sealed = await buffer(Readable.from(encrypted(through(plain, 7_777), passphrase, 10)))
    expect((await opened(sealed)).equals(plain), String(length)).toBe(true)
    if (length !== 65_537) continue
    const end = sealed.indexOf('\n--- ') + 49
    for (const spoilt of [
      sealed.subarray(0, -1),
      sealed.subarray(0, -17),
      sealed.subarray(0, end),
      sealed.subarray(0, 40),
    ])
      await expect(opened(spoilt)).rejects.toThrow(AgeError)
    await expect(opened(sealed, 'another word')).rejects.toMatchObject({ problem: 'wrong passphrase' })
  }
})

test('work that nobody would wait for is not begun', async () => {
  const costly = Buffer.from(foreign, 'base64').toString('latin1').replace(' 10\n', ' 30\n')
  await expect(opened(Buffer.from(costly, 'latin1'))).rejects.toMatchObject({ problem: 'damaged' })
})
