/**
 * Where things stand among their siblings: keys between keys (fractional indexing), so that a move writes the one row
 * that moves. Keys grow by a character every few moves to one spot; long ones are dealt out anew among their neighbours.
 */
import { fail } from '@cairn/api/errors'
import { generateKeyBetween, generateNKeysBetween } from 'fractional-indexing'

export type Spot = { before?: string; after?: string; to?: 'top' | 'bottom' }

/** The siblings of the one that moves, without it. */
export type Siblings = {
  /** What a spot that names none of them is told, after the name of its field: "is not another task of this column". */
  strange: string
  /** Key of one of them; undefined when it is none. */
  positionOf(id: string): Promise<string | undefined>
  /** Those beyond a key, the nearest first; from the end where it is null. */
  beyond(side: { beyond: string | null; up: boolean; limit: number }): Promise<{ id: string; position: string }[]>
  setPosition(id: string, position: string): Promise<unknown>
}

/** From this length on a key is replaced by a short one. */
export const longKey = 40

/** The key of a spot. Neighbours' keys may change for it. INVALID_INPUT for two spots at once, or a strange neighbour. */
export async function positionAt(siblings: Siblings, spot: Spot, usual: 'top' | 'bottom'): Promise<string> {
  const said = (['before', 'after', 'to'] as const).filter((name) => spot[name] !== undefined)
  if (said.length > 1) throw refuse(said[1] as string, `cannot be told together with ${said[0]}`)
  const key = await between(siblings, spot, usual)
  if (key.length < longKey) return key
  await dealAnew(siblings, key)
  return between(siblings, spot, usual)
}

async function between(siblings: Siblings, spot: Spot, usual: 'top' | 'bottom'): Promise<string> {
  const next = async (beyond: string | null, up: boolean) => {
    const [row] = await siblings.beyond({ beyond, up, limit: 1 })
    return row?.position ?? null
  }
  if (spot.before !== undefined) {
    const low = await neighbour(siblings, 'before', spot.before)
    return generateKeyBetween(await next(low, true), low)
  }
  if (spot.after !== undefined) {
    const high = await neighbour(siblings, 'after', spot.after)
    return generateKeyBetween(high, await next(high, false))
  }
  return (spot.to ?? usual) === 'bottom'
    ? generateKeyBetween(await next(null, true), null)
    : generateKeyBetween(null, await next(null, false))
}

async function neighbour(siblings: Siblings, field: 'before' | 'after', id: string): Promise<string> {
  const position = await siblings.positionOf(id)
  if (position !== undefined) return position
  throw refuse(field, siblings.strange)
}

const refuse = (field: string, message: string) => fail('INVALID_INPUT', {}, [{ path: `/${field}`, message }])

/** Gives the siblings around a key new keys, as many of them as it takes for short ones. */
async function dealAnew(siblings: Siblings, key: string): Promise<void> {
  for (let limit = 64; ; limit *= 4) {
    const side = { beyond: key, limit: limit + 1 }
    const above = await siblings.beyond({ ...side, up: true })
    const below = await siblings.beyond({ ...side, up: false })
    const from = above.length > limit ? (above.pop()?.position ?? null) : null
    const to = below.length > limit ? (below.pop()?.position ?? null) : null
    const whole = from === null && to === null
    const rows = [...above.reverse(), ...below]
    const keys = from !== null && from === to ? [] : generateNKeysBetween(from, to, rows.length)
    if (!whole && (keys.length === 0 || keys.some((one) => one.length >= longKey / 2))) continue
    for (const [at, row] of rows.entries()) await siblings.setPosition(row.id, keys[at] as string)
    return
  }
}

/** Is this a key that others can be put beside? Keys that come in from elsewhere are asked before they are kept. */
export function isPosition(key: string): boolean {
  try {
    generateKeyBetween(key, null)
    generateKeyBetween(null, key)
    return /^[0-9A-Za-z]+$/.test(key)
  } catch {
    return false
  }
}
