/**
 * How history travels: visits with the addresses of their pages, and what pages said. Ids follow from address and time,
 * so the same visit comes in once from wherever; pages and sites are counted anew where they come in.
 */
import { id, integer, masked, nullable, text, time } from '../../../kernel/portable/line.ts'
import { type Portable, portable } from '../../../kernel/portable/portable.ts'
import { longestAddress } from './address.ts'
import { gatherVisits } from './gather.ts'
import { longestText } from './page-text.ts'
import { recount } from './recount.ts'

const module = new URL('./portable-write.ts', import.meta.url)
const url = text(longestAddress, 1)
const title = nullable(text(1_000))

export const portableHistory: readonly Portable[] = [
  portable(
    {
      ...{ component: 'visits', table: 'history', key: ['id'], time: 'visited_at', newest: false },
      columns: {
        ...{ url, page_title: title, title, visited_at: time, referrer: nullable(text(longestAddress)) },
        ...{ duration_ms: nullable(integer), source: text(50, 1), tab_id: nullable(id) },
        ...{ status_code: nullable(integer), content_type: nullable(text(200)) },
      },
      event: 'visits.created',
    },
    { personal: true, module, gather: gatherVisits, finish: async (scope, told) => void (await recount(scope, told)) },
  ),
  portable(
    {
      ...{ component: 'page_texts', table: 'page_text', key: ['id'], time: 'read_at', newest: true },
      columns: { url, visited_at: time, text: masked(text(longestText, 1)), truncated: integer, read_at: time },
      event: 'pages.read',
    },
    { personal: true, module: new URL('./portable-texts.ts', import.meta.url) },
  ),
]
