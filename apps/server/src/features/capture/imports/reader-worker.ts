/** The reader's thread: holds one history open and hands it over batch by batch. */
import { move, transferableSymbol, valueSymbol } from 'piscina'
import type { HistorySource } from '@cairn/api/imports'
import type { Extent, HistoryReader, PageBatch, VisitBatch } from './batch.ts'
import { databaseProblem, openDatabaseReader } from './database-reader.ts'
import { openJsonReader } from './jsonl-reader.ts'
import { isProblem, type Problem, problemOf } from './problem.ts'
import { chromium, firefox } from './schemas.ts'

export type Opening = { source: HistorySource; file: string; now: number }

let reader: HistoryReader | null = null

/** Opens a history, reads it through once and finds what is wrong with it. */
export function open({ source, file, now }: Opening): Extent | Problem {
  try {
    const opened =
      source === 'jsonl'
        ? openJsonReader(file, source, now)
        : openDatabaseReader(file, source === 'firefox' ? firefox : chromium, source, now)
    if (isProblem(opened)) return opened
    reader = opened
    const { unit, total, pages } = opened
    return { unit, total, pages }
  } catch (error) {
    return problemOf(error)
  }
}

export const nextPages = (from: { after: string; limit: number }) =>
  told((history) => {
    const batch: PageBatch = history.nextPages(from.after, from.limit)
    return handOver(batch, [batch.json])
  })
export const nextVisits = (from: { after: number; limit: number }) =>
  told((history) => {
    const batch: VisitBatch = history.nextVisits(from.after, from.limit)
    return handOver(batch, batch.pages ? [batch.visits, batch.pages] : [batch.visits])
  })

/** A batch whose lists change threads without being copied. */
const handOver = <T>(value: T, lists: readonly Uint8Array[]) =>
  move({ [valueSymbol]: value, [transferableSymbol]: lists.map(({ buffer }) => buffer) } as never) as T

export function close(): void {
  reader?.close()
  reader = null
}

function told<T>(read: (history: HistoryReader) => T): T | Problem {
  if (!reader) throw new Error('No history is open.')
  try {
    return read(reader)
  } catch (error) {
    return databaseProblem(error)
  }
}
