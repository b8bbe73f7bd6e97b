/** The reader's thread. */
import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import { type Bounds, type Problem, type ReadFile, readNetscape } from './netscape.ts'

export type Reading = Bounds & { file: ReadableStream }

export const read = ({ file, ...bounds }: Reading): Promise<ReadFile | Problem> =>
  readNetscape(Readable.fromWeb(file), bounds)
