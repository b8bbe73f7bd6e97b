/** Brings in the lines of a batch and moves the import on, in one transaction. Called in a worker thread. */
import type { WriteLines, Written } from '../../../kernel/portable/portable.ts'
import type { ReadApart, WriteApart } from '../../../kernel/scope.ts'
import { moveOn } from './progress.ts'

export type BatchToWrite = { id: string; module: string; given: WriteLines; lines: number }

export const writeBatch: WriteApart<BatchToWrite, void> = async (tx, { id, module, given, lines }) => {
  const { writeLines } = (await import(module)) as { writeLines: WriteApart<WriteLines, Written> }
  const written = await writeLines(tx, given)
  await moveOn(tx, id, given.table.component, lines, written)
}

/** What would become of the lines. */
export const sortBatch: ReadApart<{ module: string; given: WriteLines }, Written> = async (from, { module, given }) => {
  const { sortLines } = (await import(module)) as { sortLines: ReadApart<WriteLines, Written> }
  return sortLines(from, given)
}

/** What can be done with the lines before the writer is held. */
export const prepareBatch: ReadApart<{ module: string; given: WriteLines }, unknown> = async (
  from,
  { module, given },
) => {
  const { prepareLines } = (await import(module)) as { prepareLines: ReadApart<WriteLines, unknown> }
  return prepareLines(from, given)
}
