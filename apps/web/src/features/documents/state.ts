import type { Crawl, CrawlSchedule } from '@cairn/api/crawls'
import type { Document } from '@cairn/api/documents'
import { createRoot, createSignal } from 'solid-js'
import { api, troubleOf } from '../../lib/api.ts'
import { plural } from '../../lib/format.ts'
import { go } from '../../lib/layout.ts'
import { removeLater } from '../../lib/undo.ts'
import { attempt, say } from '../../ui/notices.tsx'

const [crawling, setCrawling] = createRoot(() => createSignal(false))
export { crawling }
export const openCrawl = () => setCrawling(true)
export const closeCrawl = () => setCrawling(false)

export const accepted =
  '.pdf,.html,.htm,.md,.markdown,.txt,.rss,.atom,.xml,application/pdf,text/html,text/markdown,text/plain'

/** Asks for files, wherever that was asked for; they are kept, unless something else is to become of them. */
export function chooseFiles(take: (files: File[]) => void = (files) => void upload(files)): void {
  const input = document.createElement('input')
  Object.assign(input, { type: 'file', multiple: true, accept: accepted })
  input.addEventListener('change', () => take([...(input.files ?? [])]))
  input.click()
}

/** Keeps files one after the other; what cannot be read is named with the reason. */
export async function upload(files: readonly File[]): Promise<void> {
  const kept: Document[] = []
  for (const file of files)
    try {
      kept.push(await api.documents.add.upload(file))
    } catch (error) {
      say({ text: `“${file.name}” was not kept`, detail: troubleOf(error).detail, tone: 'bad' })
    }
  const [first] = kept
  if (!first) return
  if (kept.length === 1) return go({ kind: 'document', id: first.id, lines: null }, { keep: true })
  say({ text: `Kept ${plural(kept.length, 'document')}` })
  go({ kind: 'documents', q: '' })
}

/** Takes it off the list, for a few seconds with a way back. */
export function removeDocument({ id, title }: Pick<Document, 'id' | 'title'>): void {
  const undo = removeLater(id, () => attempt(() => api.documents.remove({ id })))
  say({ text: `Removed “${title}”`, action: { label: 'Undo', run: undo } })
}

/** What a crawl looks for, or where it begins. */
export const whatOf = ({ query, seeds }: Pick<Crawl, 'query' | 'seeds'>) =>
  query || seeds.map((seed) => seed.replace(/^https?:\/\//, '')).join(', ')

/** What was fetched stays; for a few seconds there is a way back. */
export function stopRepeating(schedule: CrawlSchedule): void {
  const undo = removeLater(schedule.id, () => attempt(() => api.crawls.removeSchedule({ id: schedule.id })))
  say({ text: `“${whatOf(schedule)}” is fetched no more`, action: { label: 'Undo', run: undo } })
}

export const isOver = ({ status }: Pick<Crawl, 'status'>) => ['succeeded', 'failed', 'cancelled'].includes(status)
