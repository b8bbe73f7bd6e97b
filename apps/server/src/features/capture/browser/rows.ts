/** Rows of the browser memory. */
import type { Db } from '../../../kernel/database/dialect.ts'

export type HistoryRow = {
  workspace: string
  id: string
  page_id: string
  bucket: number
  title: string | null
  visited_at: number
  referrer: string | null
  duration_ms: number | null
  source: string
  tab_id: string | null
  status_code: number | null
  content_type: string | null
}
export type PageRow = {
  workspace: string
  id: string
  url: string
  site: string
  title: string | null
  visit_count: number
  first_seen: number
  last_seen: number
}
export type SiteRow = {
  workspace: string
  id: string
  domain: string
  bucket: number
  visits: number
  pages: number
  first_seen: number
  last_seen: number
}
export type BucketRow = { workspace: string; bucket: number; changes: number; counted: number; removals: number }
export type PageTextRow = {
  workspace: string
  id: string
  visit_id: string
  text: string
  truncated: number
  read_at: number
}
/** A visit with what its page knows. */
export type VisitRow = Omit<HistoryRow, 'workspace' | 'bucket'> & Pick<PageRow, 'url' | 'site'>

export type BrowserTables = {
  history: HistoryRow
  pages: PageRow
  site: SiteRow
  page_bucket: BucketRow
  page_text: PageTextRow
}
export type Reader = { workspace: string; db: Db }

export const tables = (reader: Reader) => reader.db.withTables<BrowserTables>()
