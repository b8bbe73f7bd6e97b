/** Changes of sources cut into pieces that one transaction takes. */
import type { SourceChange } from './prepare.ts'
import type { Piece } from './write.ts'

/** Groups of pieces, each about `size()` passages of work; asked anew for each group, so that it can follow the speed. */
export function* makePieces(changes: readonly SourceChange[], size: () => number): Generator<Piece[]> {
  let group: Piece[] = []
  let room = size()
  for (const change of changes) {
    for (const piece of split(change, Math.max(size(), 8))) {
      group.push(piece)
      room -= work(piece)
      if (room > 0) continue
      yield group
      group = []
      room = size()
    }
  }
  if (group.length > 0) yield group
}

const work = ({ add, keep, remove }: Piece) => 1 + add.length + (keep.length + remove.length) / 4

/**
 * The first piece takes out what goes for good; what lives on under a new passage goes in the piece that writes it. The
 * last one makes the source whole.
 */
function* split(change: SourceChange, size: number): Generator<Piece> {
  const { source, passages } = change
  const reborn = new Map(change.reborn.map(({ id, number }) => [id, number]))
  const ending = new Set(reborn.values())
  let remove = change.remove.filter((number) => !ending.has(number))
  let { add, keep } = change
  for (;;) {
    const adding = add.slice(0, size)
    const keeping = keep.slice(0, size * 4)
    const removing = remove.slice(0, size * 4)
    add = add.slice(adding.length)
    keep = keep.slice(keeping.length)
    remove = remove.slice(removing.length)
    const again = adding.flatMap(({ id }) => reborn.get(id) ?? [])
    const last = add.length + keep.length + remove.length === 0
    yield { source, passages, add: adding, keep: keeping, remove: [...removing, ...again], reborn: again, last }
    if (last) return
  }
}
