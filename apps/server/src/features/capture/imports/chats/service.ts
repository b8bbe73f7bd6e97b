/** Takes an export file and has it brought in. What can be seen at once is refused at once; the rest ends the job. */
import { fail } from '@cairn/api/errors'
import { maxChatsBytes } from '@cairn/api/imports'
import type { CloudEvent } from '../../../../kernel/events/event.ts'
import type { Call } from '../../../../kernel/gate/call.ts'
import type { Kernel } from '../../../../kernel/kernel.ts'
import { inputOf } from '../store.ts'
import { unreadable } from './elements.ts'
import { chatsJob, dropUpload } from './job.ts'

export function makeChatsService({ blobs, database, log }: Pick<Kernel, 'blobs' | 'database' | 'log'>) {
  async function chats(call: Call<unknown>): Promise<{ job_id: string }> {
    let stored: { hash: string; bytes: number } | null = null
    for await (const { name, stream } of call.upload ?? []) {
      // What the transport cuts off at its limit is seen by its length.
      if (name === 'file' && stored === null) stored = await blobs.put(call.workspace, stream, maxChatsBytes - 1)
      else stream.resume()
    }
    if (stored === null) throw fail('INVALID_INPUT', {}, [{ path: '/file', message: 'is required: the export file' }])
    const { hash, bytes } = stored
    try {
      await sniff(call.workspace, hash)
      const job_id = await call.write((tx) => tx.enqueue({ ...chatsJob, input: { upload: hash, bytes } }))
      return { job_id }
    } catch (error) {
      await dropUpload(blobs, call, hash, null)
      throw error
    }
  }

  /** Refuses what the first bytes give away. */
  async function sniff(workspace: string, hash: string): Promise<void> {
    const stream = await blobs.read(workspace, hash)
    let head = ''
    for await (const chunk of stream ?? []) {
      head = (chunk as Buffer).subarray(0, 1_024).toString('latin1')
      break
    }
    if (head === '') throw unreadable('it is empty')
    if (head.startsWith('PK')) throw unreadable('it is a ZIP file, unpack it and take conversations.json out of it')
    if (!/^(\xef\xbb\xbf)?\s*(\[|$)/.test(head)) throw unreadable('it is not a list of conversations')
  }

  /** A job that ended without its run having a say leaves no file behind: it was cancelled, or took too long. */
  function ended(event: CloudEvent): void {
    if (event.data.type !== chatsJob.type) return
    const from = { workspace: event.workspace, db: database.db }
    inputOf(from, event.subject)
      .then(async (input) => {
        if (typeof input?.upload === 'string') await dropUpload(blobs, from, input.upload, event.subject)
      })
      .catch((error: unknown) => log.warn({ err: error }, 'an uploaded file could not be removed'))
  }

  return { chats, ended }
}
