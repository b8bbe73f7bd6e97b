/** For scripts that tests and rigs kill: a line is out of the process before the next statement runs. */
import { writeSync } from 'node:fs'

/** Prints a line at once. Waits while the reader has not kept up, which Node reports as EAGAIN. */
export function say(line: string): void {
  for (;;) {
    try {
      writeSync(1, `${line}\n`)
      return
    } catch (error) {
      if ((error as { code?: string }).code !== 'EAGAIN') throw error
      Atomics.wait(nothing, 0, 0, 1)
    }
  }
}
const nothing = new Int32Array(new SharedArrayBuffer(4))
