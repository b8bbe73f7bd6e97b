import { expect, test } from 'vitest'
import { newId, newSecret, randomSalt, sha256 } from './ids.ts'

test('ids are UUIDs of version 7, differ, and sort in the order they were made', () => {
  const ids = Array.from({ length: 20_000 }, newId)
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids.toSorted()).toEqual(ids)
})

test('salts and secrets never come twice', () => {
  const all = Array.from({ length: 5_000 }, () => [randomSalt(), newSecret()]).flat()
  expect(new Set(all).size).toBe(all.length)
  expect(randomSalt()).toMatch(/^[0-9a-f]{32}$/)
  expect(newSecret(16)).toHaveLength(22)
})

test('sha256 is that of FIPS 180-4', () => {
  expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  expect(sha256(new TextEncoder().encode('abc'))).toBe(sha256('abc'))
})
