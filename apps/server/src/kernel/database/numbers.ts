/** Whole numbers that both databases and JavaScript hold exactly. */

/** The number itself, or RangeError when it is a whole number that JavaScript cannot hold exactly. */
export function safe(value: number): number {
  if (Number.isSafeInteger(value)) return value
  throw new RangeError(`${value} is beyond 2^53 and cannot be stored as a whole number.`)
}
