/** A parsing thread that hangs, ends, throws or eats memory when a file's name asks for it; else the real one. */
import { type ParsingTask, work as parse } from '../src/parsing/worker.ts'

const eat = () => {
  const eaten: number[][] = []
  for (;;) eaten.push(new Array<number>(1_000_000).fill(eaten.length))
}

export const work = async (task: ParsingTask) => {
  Atomics.store(task.begun, 0, 1)
  if (task.file.name === 'hang.ts') for (;;);
  if (task.file.name === 'exit.ts') process.exit(1)
  if (task.file.name === 'throw.ts') throw new Error('out of order')
  if (task.file.name === 'memory.ts') eat()
  return parse(task)
}
