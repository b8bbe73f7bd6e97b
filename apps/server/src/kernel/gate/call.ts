/** What a handler is given, and what it may answer. */
import type { Readable } from 'node:stream'
import type { Reply } from '@cairn/api/operation'
import type { Scope } from '../scope.ts'

export type Call<I> = Scope & {
  input: I
  /** The request's id, in every log line and problem. */
  request: string
  /** What the caller asked for out of the operation's kinds of reply. */
  accepts: Reply
  /** Body of a `raw` input, or the parts of an `upload`, as they stream in. */
  upload?: AsyncIterable<UploadPart>
  body?: Readable
  header(name: string): string | undefined
  /** Writes what comes before the effect itself: not the transaction that an `Idempotency-Key` is recorded in. */
  prepare: Scope['write']
}

export type UploadPart = {
  name: string
  filename: string | null
  type: string
  stream: Readable
  /** The fields that stood before it in the form, as text. */
  fields: Readonly<Record<string, string>>
}
export type Frame = { event: string; data: unknown; id?: string }
/** A two-way connection after the upgrade. */
export type Socket = {
  /** Sends text, or text as UTF-8 already. */
  send(text: string | Uint8Array): void
  close(code?: number, reason?: string): void
  onMessage(listener: (data: string) => void): void
  onClose(listener: () => void): void
  /** Bytes that are queued and not yet sent: back off while it is high. */
  buffered(): number
}

/** What a handler answers: the output of a `json` operation as it is, or one of the other kinds made by `answer`. */
export type HandlerResult<O> = O | Answer
export type Answer = { [kind]: Exclude<Reply, 'json'> } & (
  | { text: string; type: string }
  | { frames: AsyncIterable<Frame> }
  | { bytes: Readable | Uint8Array; type: string; name: string | null; headers: Record<string, string> }
  | { location: string; cookie: string | null }
  | { open: (socket: Socket) => void }
)

const kind = Symbol('kind of answer')
export const kindOf = (result: unknown): Reply =>
  typeof result === 'object' && result !== null && kind in result ? (result as Answer)[kind] : 'json'

export const answer = {
  text: (text: string, type = 'text/plain; charset=utf-8'): Answer => ({ [kind]: 'text', text, type }),
  events: (frames: AsyncIterable<Frame>): Answer => ({ [kind]: 'events', frames }),
  bytes: (
    bytes: Readable | Uint8Array,
    type: string,
    name: string | null = null,
    headers: Record<string, string> = {},
  ): Answer => ({ [kind]: 'bytes', bytes, type, name, headers }),
  redirect: (location: string, cookie: string | null = null): Answer => ({ [kind]: 'redirect', location, cookie }),
  socket: (open: (socket: Socket) => void): Answer => ({ [kind]: 'socket', open }),
}
