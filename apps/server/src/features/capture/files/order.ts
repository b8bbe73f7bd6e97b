/** The one order of files: by folder, then by name, both by their bytes in UTF-8, as both databases sort text. */

/** Compares two well-formed strings as their UTF-8 bytes would compare. */
export function compareBytes(one: string, other: string): number {
  const shorter = Math.min(one.length, other.length)
  for (let at = 0; at < shorter; at++) {
    const [a, b] = [one.charCodeAt(at), other.charCodeAt(at)]
    if (a !== b) return rank(a) - rank(b)
  }
  return one.length - other.length
}

/** Surrogates stand for characters beyond U+FFFF and sort after U+E000 to U+FFFF. */
const rank = (unit: number) => (unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800)

/** Folder (empty, or ending in `/`) and name of a path. */
export function splitPath(path: string): { folder: string; name: string } {
  const at = path.lastIndexOf('/') + 1
  return { folder: path.slice(0, at), name: path.slice(at) }
}

export const compareFiles = (one: { folder: string; name: string }, other: { folder: string; name: string }) =>
  compareBytes(one.folder, other.folder) || compareBytes(one.name, other.name)
