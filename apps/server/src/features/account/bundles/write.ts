/** Brings in the lines of a batch and moves the import on, in one transaction. Called in a worker thread. */
import type { WriteLines, Written } from '../../../kernel/portable/portable.ts'
import type { ReadApart, WriteApart } from '../../../kernel/scope.ts'
import { moveOn } from './progress.ts'

export type BatchToWrite = { id: string; module: string; given: WriteLines; lines: number }

/** False when nothing was written, since something that the lines need has gone. */
export const writeBatch: WriteApart<BatchToWrite, boolean> = async (tx, { id, module, given, lines }) => {
  const { writeLines } = (await import(module)) as { writeLines: WriteApart<WriteLines, Written | null> }
  const written = await writeLines(tx, given)
  if (written) await moveOn(tx, id, given.table.component, lines, written)
  return written !== null
}

/** What would become of the lines. */
export const sortBatch: ReadApart<{ module: string; given: WriteLines }, Written> = async (from, { module, given }) => {
  const { sortLines } = (await import(module)) as { sortLines: ReadApart<WriteLines, Written> }
  return sortLines(from, given)
}
