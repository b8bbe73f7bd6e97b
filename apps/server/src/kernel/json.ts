/** JSON with the keys of every object in order: one text for one content, so that stored content can be compared. */
export function stableJson(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) => {
    if (typeof one !== 'object' || one === null || Array.isArray(one)) return one
    return Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}

/** A list in JSON that is put together as UTF-8, item by item; `bytes` is how long it will be, more or less. */
export function jsonList(bytes: number) {
  let buffer = Buffer.allocUnsafeSlow(Math.max(bytes, 64))
  let length = 0
  return {
    /** `json`: the item. */
    add(json: string): void {
      const most = length + 3 * json.length + 2
      if (most > buffer.length) buffer = Buffer.concat([buffer.subarray(0, length)], 2 * most)
      length += buffer.write(length === 0 ? '[' : ',', length, 'latin1')
      length += buffer.write(json, length)
    },
    /** Ends the list. */
    bytes(): Uint8Array {
      if (length === 0) return Buffer.from('[]')
      length += buffer.write(']', length, 'latin1')
      return buffer.subarray(0, length)
    },
  }
}
