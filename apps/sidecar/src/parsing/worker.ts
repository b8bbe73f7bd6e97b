/** What runs in a parsing thread: one file at a time. */
import { makeGrammars } from './grammars.ts'
import { type ParsedFile, parseFile, type SourceFile } from './parse.ts'

const grammars = makeGrammars()

/** One file; `begun` is set to 1 when the work on it begins, so that a slow start of the thread is nobody's fault. */
export type ParsingTask = { file: SourceFile; begun: Int32Array }

export const work = async ({ file, begun }: ParsingTask): Promise<ParsedFile> => {
  Atomics.store(begun, 0, 1)
  try {
    return await parseFile(file, grammars)
  } catch {
    // Only a broken grammar gets here. The thread ends, the pool makes a new one and says so to the caller.
    process.exit(70)
  }
}
