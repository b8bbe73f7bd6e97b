/** The only source of ids and randomness. */
import { hash, randomBytes, randomFillSync } from 'node:crypto'
import { v7 } from 'uuid'

/** UUIDv7 (RFC 9562): sorts by the time it was made, also within a millisecond and when the clock goes back. */
export function newId(): string {
  const random = draw()
  const now = Date.now()
  if (now > last) {
    last = now
    sequence = random.readInt32BE(6) & 0x7fff_ffff
  } else {
    sequence = (sequence + 1) | 0
    if (sequence === 0) last += 1
  }
  return v7({ random, msecs: last, seq: sequence })
}
let last = 0
let sequence = 0

/** Secret of `bytes` random bytes, base64url. */
export const newSecret = (bytes = 32) => randomBytes(bytes).toString('base64url')
/** 16 random bytes, lower-case hex. */
export const randomSalt = () => draw().toString('hex')
/** SHA-256 of text (UTF-8) or bytes, lower-case hex. */
export const sha256 = (data: string | Uint8Array) => hash('sha256', data)

/** 16 random bytes out of a supply: asking the system for each took longer than writing the row they are for. */
function draw(): Buffer {
  if (drawn === supply.length) {
    randomFillSync(supply)
    drawn = 0
  }
  drawn += 16
  return supply.subarray(drawn - 16, drawn)
}
const supply = Buffer.alloc(16 * 256)
let drawn = supply.length

/** A SHA-256 in hex as UUID of version 8 (RFC 9562: free for the application). */
export const uuidOf = (hash: string) =>
  `${hash.slice(0, 8)}-${hash.slice(8, 12)}-8${hash.slice(13, 16)}-a${hash.slice(17, 20)}-${hash.slice(20, 32)}`
