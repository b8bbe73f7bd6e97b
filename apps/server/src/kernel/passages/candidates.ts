/**
 * Which passages are scored at all: those that hold most of what is rare in the query. Whole posting lists are read, the
 * rarest terms first, as far as a budget goes; a list costs about 6 ms per 100,000 passages, reading and scoring a
 * passage's record a hundred times as much each.
 */
import type { QueryTerm } from './query.ts'
import { type Match, strongToken, termToken } from './tokens.ts'

/** A posting list of a term to be read, of its numbers the `most` newest, and what a passage on it is worth. */
export type List = { of: QueryTerm; match: Match; weight: number; length: number; most: number }
/** What was read of one. */
export type Read = { of: QueryTerm; numbers: readonly number[]; weight: number }

/**
 * Postings read for one query, and passages whose records are then scored: with twice as many `bench/retrieval` finds
 * nothing more.
 */
const POSTINGS = 200_000
export const SCORED = 1_000
/** Shares of a term's weight for holding it, and for being about it. */
const held = 0.55
const about = 0.45

/**
 * The lists to read, rarest terms first. What is about a term too common to be read is still read when that fits; a query
 * of nothing but such terms reads the shortest list that there is.
 */
export function lists(space: number, terms: readonly QueryTerm[], filter: readonly Match[]): List[] {
  const rarest = [...terms].sort((a, b) => a.passages - b.passages || (a.term < b.term ? -1 : 1))
  const chosen: List[] = []
  let left = POSTINGS
  // Of a single term's passages those that are about it come first, then the newest: no more is read than can be taken.
  const alone = terms.length === 1
  const most = alone ? 2 * SCORED : POSTINGS
  const take = (list: List, whatever = false) => {
    if (list.length === 0 || (list.length > left && !whatever)) return
    chosen.push({ ...list, match: filter.length > 0 ? { all: [list.match, ...filter] } : list.match })
    left -= list.length
  }
  const all = (of: QueryTerm): List => ({
    ...{ of, match: termToken(space, of.term), weight: of.weight * held, length: of.passages, most },
  })
  const strong = (of: QueryTerm): List => ({
    ...{ of, match: strongToken(space, of.term), length: of.strong, most },
    weight: alone ? of.weight : of.weight * about,
  })
  for (const term of rarest) {
    take(strong(term))
    take(all(term))
  }
  const first = rarest[0]
  if (chosen.length === 0 && first) take(first.strong > 0 ? strong(first) : all(first), true)
  return chosen
}

/** Share of all passages from which a term is common, and passages that are enough without those that hold only such. */
const commonShare = 0.1
export const ENOUGH = 200

/**
 * Whether what was read of rarer terms will do without that of a common one: all of it is scored, and what the common one
 * would add to it comes last in any order. `passages`: how many there are.
 */
export function willDo(read: readonly Read[], term: QueryTerm, passages: number): boolean {
  if (term.passages < passages * commonShare || read.some(({ of }) => of === term)) return false
  const found = new Set<number>()
  for (const { numbers } of read) {
    for (const number of numbers) found.add(number)
    if (found.size > SCORED) return false
  }
  return found.size >= ENOUGH
}

/** Numbers this far apart are counted in an array, which is ten times as fast as a map where it is not mostly empty. */
const widest = 4_000_000
const emptiest = 40
const buckets = 4_096

/**
 * The numbers of the `most` passages that the lists value highest; of equals those indexed last. Linear in the postings:
 * values fall into buckets, and only the bucket at the border is sorted.
 */
export function select(read: readonly { numbers: readonly number[]; weight: number }[], most: number): number[] {
  const { numbers, values } = sums(read)
  if (numbers.length <= most) return [...numbers]
  let highest = 0
  for (const value of values) if (value > highest) highest = value
  const bucketOf = (value: number) => Math.min(buckets - 1, Math.floor((value / highest) * buckets))
  const sizes = new Uint32Array(buckets)
  for (const value of values) (sizes[bucketOf(value)] as number)++
  let border = buckets - 1
  for (let taken = sizes[border] as number; taken < most; taken += sizes[border] as number) border--
  const above: number[] = []
  const at: number[] = []
  for (let index = 0; index < numbers.length; index++) {
    const bucket = bucketOf(values[index] as number)
    if (bucket > border) above.push(numbers[index] as number)
    else if (bucket === border) at.push(index)
  }
  const [numberAt, valueAt] = [(index: number) => numbers[index] as number, (index: number) => values[index] as number]
  at.sort((a, b) => valueAt(b) - valueAt(a) || numberAt(b) - numberAt(a))
  return [...above, ...at.slice(0, most - above.length).map(numberAt)]
}

/** Numbers, and what each is worth. */
type Sums = { numbers: Float64Array; values: Float64Array }

/** Every number on any list with the sum of its weights. */
function sums(read: readonly { numbers: readonly number[]; weight: number }[]): Sums {
  let [low, high, count] = [Number.POSITIVE_INFINITY, 0, 0]
  for (const { numbers } of read) {
    count += numbers.length
    for (const number of numbers) {
      if (number < low) low = number
      if (number > high) high = number
    }
  }
  if (count === 0) return { numbers: new Float64Array(), values: new Float64Array() }
  const width = high - low
  return width < widest && width < count * emptiest ? sumsInArray(read, low, high, count) : sumsInMap(read)
}

function sumsInArray(
  read: readonly { numbers: readonly number[]; weight: number }[],
  low: number,
  high: number,
  most: number,
): Sums {
  const sum = new Float64Array(high - low + 1)
  for (const { numbers, weight } of read) for (const number of numbers) (sum[number - low] as number) += weight
  const [numbers, values] = [new Float64Array(most), new Float64Array(most)]
  let count = 0
  for (let at = 0; at < sum.length; at++) {
    const value = sum[at] as number
    if (value === 0) continue
    numbers[count] = at + low
    values[count++] = value
  }
  return { numbers: numbers.subarray(0, count), values: values.subarray(0, count) }
}

function sumsInMap(read: readonly { numbers: readonly number[]; weight: number }[]): Sums {
  const sum = new Map<number, number>()
  for (const { numbers, weight } of read) for (const number of numbers) sum.set(number, (sum.get(number) ?? 0) + weight)
  return { numbers: Float64Array.from(sum.keys()), values: Float64Array.from(sum.values()) }
}
