/** A thread as Markdown: the branch that is shown, every answer with what it cites. Written as it is read. */
import { setImmediate as turn } from 'node:timers/promises'
import type { Citation, Message } from '@cairn/api/threads'
import { iso } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { linesUp, messagesAt, turnsUp } from './lines.ts'
import * as store from './store.ts'
import type { ThreadRow } from './rows.ts'

type Reader = Pick<Scope, 'workspace' | 'db'>

/** Messages in memory at a time; each may hold 5 MB. */
const atOnce = 10
/** Others have a turn after so many. */
const often = 200

const speakers: Record<Message['role'], string> = {
  user: 'You',
  assistant: 'Answer',
  system: 'Instruction',
  tool: 'Tool',
}

/** The document piece by piece, from the first message to the last. */
export async function* markdownOf(from: Reader, thread: ThreadRow): AsyncGenerator<string> {
  const head = [
    `# ${oneLine(thread.title) || 'Untitled thread'}`,
    `*${iso(thread.created_at)} · ${oneLine(thread.origin)}*`,
  ]
  if (thread.description.trim() !== '') head.push(thread.description.trim())
  yield `${head.join('\n\n')}\n`
  const lines = thread.head_id === null ? [] : await linesUp(from, thread.id, thread.head_id)
  const turns = turnsUp(lines, Number.POSITIVE_INFINITY).toReversed()
  for (let at = 0; at < turns.length; at += atOnce) {
    const messages = (await messagesAt(from, thread.id, turns.slice(at, at + atOnce))).toReversed()
    for (const message of messages) yield `\n${section(message)}\n`
    // SQLite answers at once: others come in between.
    if (at % often === 0) await turn()
  }
}

/** A thread's document and a name for its file, out of the title; null when there is no such thread. */
export async function exported(from: Reader, id: string) {
  const thread = await store.threadById(from, id)
  if (!thread) return null
  const name = thread.title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60)
  return { name: `${name.toWellFormed() || 'thread'}.md`, pieces: markdownOf(from, thread) }
}

function section({ role, model, created_at, state, content, citations, attachments }: Message): string {
  const who = [speakers[role], model && oneLine(model), created_at, state === 'partial' && 'cut off']
  const heading = `## ${who.filter(Boolean).join(' · ')}`
  const beside = [...attachments.map(({ title }) => `- Attached: ${oneLine(title)}`), ...citations.map(source)]
  return [heading, content.trim(), ...(beside.length > 0 ? [beside.join('\n')] : [])].join('\n\n')
}

function source({ n, source: { title, uri }, place }: Citation): string {
  const lines = place?.start_line ? `, lines ${place.start_line}–${place.end_line}` : ''
  const names = [...new Set([oneLine(title), oneLine(uri)])].filter(Boolean).join(' — ')
  return `- [${n}] ${names}${lines}`
}

const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim()
