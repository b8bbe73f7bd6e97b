/** Rows of this feature as the database holds them, and what the API shows of them. */
import type { ShadowMode, Tab } from '@cairn/api/tabs'
import { iso, isoOrNull } from '../../../kernel/clock.ts'

export type TabRow = {
  workspace: string
  id: string
  shadow_mode: ShadowMode
  thread_id: string | null
  current_history_id: string | null
  current_url: string | null
  current_title: string | null
  last_visited_at: number | null
  version: number
  created_at: number
  updated_at: number
}

export function toTab({ workspace: _, ...row }: TabRow): Tab {
  return {
    ...row,
    last_visited_at: isoOrNull(row.last_visited_at),
    created_at: iso(row.created_at),
    updated_at: iso(row.updated_at),
  }
}
