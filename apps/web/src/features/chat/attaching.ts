/** Files on their way into the next question: each becomes a document as soon as it is handed over. */
import type { Attachment } from '@cairn/api/threads'
import { createSignal } from 'solid-js'
import { api, troubleOf } from '../../lib/api.ts'
import { say } from '../../ui/notices.tsx'

/** `document` is null while the file is being sent and read. */
export type Attaching = { key: number; name: string; document: Attachment | null }
export type Attachings = ReturnType<typeof makeAttachings>

/** More are refused by the core. */
const most = 10
let nextKey = 1

export function makeAttachings() {
  const [all, setAll] = createSignal<readonly Attaching[]>([])
  const drop = (key: number) => setAll((before) => before.filter((one) => one.key !== key))

  async function send(file: File): Promise<void> {
    const key = nextKey++
    setAll((before) => [...before, { key, name: file.name, document: null }])
    try {
      const { id, title } = await api.documents.add.upload(file)
      const known = all().some((one) => one.document?.id === id)
      if (known) drop(key)
      else setAll((before) => before.map((one) => (one.key === key ? { ...one, document: { id, title } } : one)))
    } catch (error) {
      drop(key)
      say({ text: `“${file.name}” was not attached`, detail: troubleOf(error).detail, tone: 'bad' })
    }
  }

  return {
    all,
    drop,
    /** Is one still being sent? */
    busy: () => all().some(({ document }) => document === null),
    documents: () => all().flatMap(({ document }) => document ?? []),
    clear: () => setAll([]),
    add(files: readonly File[]): void {
      const room = most - all().length
      for (const file of files.slice(0, room)) void send(file)
      if (files.length > room) say({ text: `At most ${most} documents go along with a question`, tone: 'bad' })
    },
  }
}
