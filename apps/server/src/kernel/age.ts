/**
 * Files under a passphrase, as age writes them: https://age-encryption.org/v1 (scrypt recipient, ChaCha20-Poly1305 in
 * pieces of 64 KiB). Streams of any length in flat memory; every age program opens them.
 */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { newSecret } from './ids.ts'

export type AgeProblem = 'wrong passphrase' | 'damaged'
/** What cannot be opened, and why. */
export class AgeError extends Error {
  readonly problem: AgeProblem
  constructor(problem: AgeProblem) {
    super(problem)
    this.problem = problem
  }
}

const version = 'age-encryption.org/v1'
const piece = 65_536
const tag = 16
/** Work that a passphrase costs, as an exponent of 2 (128 MiB): OWASP's least for scrypt. The most that is done to open one. */
const work = { ours: 17, most: 19 } as const
const longestHeader = 4_096

const derive = promisify(scrypt) as (
  passphrase: string,
  salt: Uint8Array,
  length: number,
  options: object,
) => Promise<Buffer>

const wrappingKey = (passphrase: string, salt: Uint8Array, exponent: number) =>
  derive(passphrase, Buffer.concat([Buffer.from(`${version}/scrypt`), salt]), 32, {
    ...{ N: 2 ** exponent, r: 8, p: 1 },
    maxmem: 2 ** exponent * 1_024 + 33_554_432,
  })
const expand = (key: Uint8Array, salt: Uint8Array, info: string) => Buffer.from(hkdfSync('sha256', key, salt, info, 32))
const random16 = () => Buffer.from(newSecret(16), 'base64url')
const plainBase64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64').replace(/=+$/, '')
const headerMac = (fileKey: Uint8Array, header: string) =>
  createHmac('sha256', expand(fileKey, Buffer.alloc(0), 'header'))
    .update(header)
    .digest()

function seal(key: Uint8Array, nonce: Uint8Array, plain: Uint8Array): Buffer {
  const cipher = createCipheriv('chacha20-poly1305', key, nonce, { authTagLength: tag })
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

/** Null when the bytes are not what was sealed under this key. */
function unseal(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array): Buffer | null {
  if (sealed.length < tag) return null
  const decipher = createDecipheriv('chacha20-poly1305', key, nonce, { authTagLength: tag })
  decipher.setAuthTag(sealed.subarray(-tag))
  try {
    return Buffer.concat([decipher.update(sealed.subarray(0, -tag)), decipher.final()])
  } catch {
    return null
  }
}

/** The number of a piece, and whether it is the last: what is cut off, put in or turned round is noticed. */
function nonceOf(number: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(12)
  nonce.writeUIntBE(number, 5, 6)
  nonce[11] = last ? 1 : 0
  return nonce
}

/** Encrypts a stream. `exponent` is the work that each try of a passphrase costs. */
export async function* encrypted(
  plain: AsyncIterable<Uint8Array>,
  passphrase: string,
  exponent: number = work.ours,
): AsyncGenerator<Buffer> {
  const [fileKey, salt, nonce] = [random16(), random16(), random16()]
  const wrapped = seal(await wrappingKey(passphrase, salt, exponent), Buffer.alloc(12), fileKey)
  const header = `${version}\n-> scrypt ${plainBase64(salt)} ${exponent}\n${plainBase64(wrapped)}\n---`
  yield Buffer.from(`${header} ${plainBase64(headerMac(fileKey, header))}\n`)
  yield nonce
  const key = expand(fileKey, nonce, 'payload')
  let number = 0
  for await (const { bytes, last } of pieces(plain, piece)) yield seal(key, nonceOf(number++, last), bytes)
}

/** Decrypts what `encrypted`, or any age program, wrote under a passphrase. Throws AgeError. */
export async function* decrypted(sealed: AsyncIterable<Uint8Array>, passphrase: string): AsyncGenerator<Buffer> {
  const source = sealed[Symbol.asyncIterator]()
  let held = Buffer.alloc(0)
  const more = async () => {
    const { value, done } = await source.next()
    if (done) return false
    held = Buffer.concat([held, value as Uint8Array])
    return true
  }
  const headerEnd = () => {
    const end = held.indexOf('\n--- ')
    return end < 0 ? -1 : held.indexOf('\n', end + 1)
  }
  while (headerEnd() < 0 && held.length <= longestHeader && (await more()));
  const end = headerEnd()
  if (end < 0 || end > longestHeader) throw new AgeError('damaged')
  const fileKey = await fileKeyIn(held.subarray(0, end).toString('latin1'), passphrase)
  while (held.length < end + 17 && (await more()));
  if (held.length < end + 17) throw new AgeError('damaged')
  const key = expand(fileKey, held.subarray(end + 1, end + 17), 'payload')
  const rest = held.subarray(end + 17)
  async function* payload() {
    yield rest
    for (let next = await source.next(); !next.done; next = await source.next()) yield next.value
  }
  let number = 0
  for await (const { bytes, last } of pieces(payload(), piece + tag)) {
    const plain = unseal(key, nonceOf(number++, last), bytes)
    if (plain === null) throw new AgeError('damaged')
    yield plain
  }
}

async function fileKeyIn(header: string, passphrase: string): Promise<Buffer> {
  const match = new RegExp(`^${version}\n-> scrypt ([\\w+/]{22}) (\\d{1,2})\n([\\w+/]{43})\n--- ([\\w+/]{43})$`).exec(
    header,
  )
  const [, salt = '', exponent = '', wrapped = '', mac = ''] = match ?? []
  if (!match || Number(exponent) < 1 || Number(exponent) > work.most) throw new AgeError('damaged')
  const wrapping = await wrappingKey(passphrase, Buffer.from(salt, 'base64'), Number(exponent))
  const fileKey = unseal(wrapping, Buffer.alloc(12), Buffer.from(wrapped, 'base64'))
  if (fileKey?.length !== 16) throw new AgeError('wrong passphrase')
  const given = Buffer.from(mac, 'base64')
  const wanted = headerMac(fileKey, header.slice(0, header.lastIndexOf('---') + 3))
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) throw new AgeError('damaged')
  return fileKey
}

/** A stream in pieces of one size, the last of which is known as such. */
async function* pieces(
  source: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<{ bytes: Buffer; last: boolean }> {
  let parts: Uint8Array[] = []
  let length = 0
  for await (const bytes of source) {
    parts.push(bytes)
    length += bytes.length
    if (length <= size) continue
    const joined = Buffer.concat(parts)
    let at = 0
    // One byte more has to be there: only then is it not the last.
    for (; joined.length - at > size; at += size) yield { bytes: joined.subarray(at, at + size), last: false }
    parts = [joined.subarray(at)]
    length = joined.length - at
  }
  yield { bytes: Buffer.concat(parts), last: true }
}

/** Is this the beginning of an age file? */
export const isAge = (head: Uint8Array) =>
  Buffer.from(head)
    .subarray(0, version.length + 1)
    .toString('latin1') === `${version}\n`
