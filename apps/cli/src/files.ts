import { openAsBlob } from 'node:fs'
import { absolute } from './config.ts'
import { UsageError } from './context.ts'

/** A file to send along, read as it is sent; UsageError where there is none. */
export const fileToSend = async (path: string): Promise<Blob> =>
  // It throws at once where there is no such file.
  (async () => openAsBlob(absolute(path)))().catch(() => {
    throw new UsageError(`There is no file ${path} that can be read.`)
  })
