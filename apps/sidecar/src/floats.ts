/** Vectors on the wire: base64 of little-endian float32. */
import { endianness } from 'node:os'

/** Base64 text of a vector. */
export const encodeFloats = (vector: Float32Array): string => {
  const bytes = Buffer.from(vector.buffer.slice(vector.byteOffset, vector.byteOffset + vector.byteLength))
  return (endianness() === 'LE' ? bytes : bytes.swap32()).toString('base64')
}

/** The vector behind a base64 text, or null where it has another length or a number that is none. */
export const decodeFloats = (text: string, dimensions?: number): Float32Array | null => {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.byteLength === 0 || bytes.byteLength % 4 !== 0) return null
  if (dimensions !== undefined && bytes.byteLength !== dimensions * 4) return null
  const aligned = endianness() === 'LE' ? Buffer.from(bytes) : Buffer.from(bytes).swap32()
  const floats = new Float32Array(aligned.buffer.slice(aligned.byteOffset, aligned.byteOffset + aligned.byteLength))
  return floats.every(Number.isFinite) ? floats : null
}
