/** Tabs of the browser as they stand: what each shows, and the thread that belongs to it. */
import { operation, operations } from './operation.ts'
import {
  count,
  Id,
  list,
  nullable,
  oneOf,
  optional,
  page,
  paging,
  Removed,
  type Static,
  shape,
  Time,
  Type,
  text,
} from './shapes.ts'

/** Most tabs that a workspace holds, and most that one call brings. */
export const mostTabs = 10_000

/** What is read of the pages that a tab shows: `off` no text, `visited_only` theirs. */
export const ShadowMode = oneOf('off', 'visited_only')
export type ShadowMode = Static<typeof ShadowMode>

export const Tab = shape({
  id: Id,
  shadow_mode: ShadowMode,
  /** The thread that is had about it. */
  thread_id: nullable(Id),
  /** The visit it stands at, where that was kept. */
  current_history_id: nullable(Id),
  current_url: nullable(Type.String({ description: 'secrets in it are masked' })),
  current_title: nullable(Type.String()),
  last_visited_at: nullable(Time),
  /** Its ETag is this number in quotes; send it as `If-Match` to change only what you have seen. */
  version: Type.Integer({ minimum: 1 }),
  created_at: Time,
  updated_at: Time,
})
export type Tab = Static<typeof Tab>

const Address = text(16_384, 1)
/** The first 1,000 characters are kept. */
const Title = text(10_000)
const shown = {
  url: optional(nullable(Address)),
  title: optional(nullable(Title)),
  /** The page was visited at this time: that visit is kept, too. */
  visited_at: optional(Time),
  /** Text of the page; needs `visited_at`. The first 200,000 characters are kept, where its site's switch is on. */
  text: optional(nullable(text(2_000_000))),
  shadow_mode: optional(ShadowMode),
}
const maxBytes = 8_388_608

export const tabs = operations('tabs', {
  list: operation({
    method: 'GET',
    path: '/api/browser/tabs',
    summary: 'List the open tabs, the last changed first',
    effect: 'read',
    query: {
      ...paging,
      /** Text in title or address, letter case aside. */
      q: optional(text(500)),
      thread_id: optional(Id),
    },
    output: page(Tab),
  }),
  create: operation({
    method: 'POST',
    path: '/api/browser/tabs',
    summary: 'Note that a tab was opened',
    description:
      'With an id of your own the call can be repeated: same id and page returns the row, another page is 409. A tab of a private window is refused.',
    effect: 'write',
    body: { id: optional(Id), ...shown, thread_id: optional(nullable(Id)), incognito: optional(Type.Boolean()) },
    output: Tab,
    status: 201,
    maxBytes,
    errors: ['CAPTURE_PAUSED', 'CONFLICT', 'TABS_FULL', 'WORKSPACE_NOT_PERSONAL'],
  }),
  replace: operation({
    method: 'PUT',
    path: '/api/browser/tabs',
    summary: 'Say which tabs are open: these, and no others',
    description:
      'Tabs that are known keep their thread. Pages of paused sites are left out. What is not named is closed.',
    effect: 'write',
    body: {
      tabs: list(
        shape({
          id: Id,
          url: optional(nullable(Address)),
          title: optional(nullable(Title)),
          last_visited_at: optional(nullable(Time)),
        }),
        { maxItems: mostTabs },
      ),
    },
    output: shape({ created: count, changed: count, closed: count, left_out: count }),
    maxBytes: 33_554_432,
    errors: ['CAPTURE_PAUSED', 'WORKSPACE_NOT_PERSONAL'],
  }),
  get: operation({
    method: 'GET',
    path: '/api/browser/tabs/{id}',
    summary: 'Read one tab',
    effect: 'read',
    params: { id: Id },
    output: Tab,
    errors: ['TAB_NOT_FOUND'],
  }),
  update: operation({
    method: 'PATCH',
    path: '/api/browser/tabs/{id}',
    summary: 'Note that a tab shows another page, or read more or less of it',
    effect: 'write',
    params: { id: Id },
    body: shown,
    output: Tab,
    maxBytes,
    errors: ['CAPTURE_PAUSED', 'PRECONDITION_FAILED', 'TAB_NOT_FOUND'],
  }),
  remove: operation({
    method: 'DELETE',
    path: '/api/browser/tabs/{id}',
    summary: 'Note that a tab was closed; its visits and its thread stay',
    effect: 'write',
    params: { id: Id },
    output: Removed,
    errors: ['TAB_NOT_FOUND', 'PRECONDITION_FAILED'],
  }),
  bind: operation({
    method: 'POST',
    path: '/api/browser/tabs/{id}/thread',
    summary: 'Bind a tab to a thread, or let it go',
    description:
      'With `thread_id` to that thread, with null to none. Without it the thread that the tab has is used again, or a new one is started for it.',
    effect: 'write',
    params: { id: Id },
    body: { thread_id: optional(nullable(Id)) },
    output: Tab,
    errors: ['TAB_NOT_FOUND', 'THREAD_NOT_FOUND'],
  }),
})
