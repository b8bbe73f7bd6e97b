/** What pages said, in a bundle: read and written in worker threads. It comes with its visit, and goes with it. */
import { linesOf, rowReader, textOf, toLine } from '../../../kernel/portable/line.ts'
import type { Fault, Page, ReadPage, WriteLines, Written } from '../../../kernel/portable/portable.ts'
import type { ReadApart, WriteApart } from '../../../kernel/scope.ts'
import { readAddress, visitId } from './address.ts'
import { soundText } from './page-text.ts'
import { knownVisits, textPage, textsBeside } from './portable-store.ts'
import { putTexts, type TextFields } from './text-store.ts'

export const readLines: ReadApart<ReadPage, Page> = async (from, { table, after, since, limit }) => {
  const rows = await textPage(from, { after: after === null ? null : String(after[0]), since, limit })
  const last = rows.length === limit ? rows.at(-1) : undefined
  return {
    text: textOf(rows.map((row) => toLine(table.columns, row))),
    rows: rows.length,
    after: last ? [last.id] : null,
  }
}

type Reader = Parameters<ReadApart<unknown, unknown>>[0]
type Sorted = { fresh: TextFields[]; newer: TextFields[]; skipped: number; faults: Fault[] }

async function sorted(from: Reader, { table, text, persons }: WriteLines, anyVisit: boolean): Promise<Sorted> {
  const faults: Fault[] = []
  const given = new Map<string, TextFields>()
  let skipped = 0
  const read = rowReader(table.columns, persons)
  for (const line of linesOf(text)) {
    const row = read(line) as { url: string; text: string } & Record<string, number>
    const address = readAddress(row.url)
    const sound = soundText(row.text)
    if (typeof address === 'string' || sound === null) {
      faults.push({ id: String(line.read_at), reason: 'its page is none, or says nothing' })
      continue
    }
    const truncated = row.truncated === 0 && !sound.truncated ? 0 : 1
    const visit = visitId(row.visited_at as number, address.page)
    if (given.has(address.page)) skipped += 1
    given.set(address.page, [address.page, visit, sound.text, truncated, row.read_at as number])
  }
  const visits = await knownVisits(
    from,
    [...given.values()].map(([, visit]) => visit),
  )
  const stored = new Map((await textsBeside(from, [...given.keys()])).map((row) => [row.id, row]))
  const result: Sorted = { fresh: [], newer: [], skipped, faults }
  for (const fields of given.values()) {
    const [page, visit, , , readAt] = fields
    const known = stored.get(page)
    if (!anyVisit && !visits.has(visit)) faults.push({ id: page, reason: 'the visit that it came with is not here' })
    else if (!known) result.fresh.push(fields)
    else if (known.read_at < readAt) result.newer.push(fields)
    else result.skipped += 1
  }
  return result
}

const tallied = ({ fresh, newer, skipped, faults }: Sorted): Written => {
  return { created: fresh.length, updated: newer.length, skipped, failed: faults.length, faults }
}

export const sortLines: ReadApart<WriteLines, Written> = async (from, given) =>
  tallied(await sorted(from, given, given.components.includes('visits')))

export const writeLines: WriteApart<WriteLines, Written> = async (tx, given) => {
  const sort = await sorted(tx, given, false)
  const texts = [...sort.fresh, ...sort.newer]
  const read = texts.length > 0 ? await putTexts(tx, texts) : []
  if (read.length > 0) {
    await tx.reindex('visit', read)
    tx.event({ type: 'pages.read', subject: 'history', data: { pages: read.length } })
  }
  return tallied(sort)
}
