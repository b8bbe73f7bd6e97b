/** The shape of your memory at a glance, and how it grew. */
import { operation, operations } from './operation.ts'
import { count, list, oneOf, optional, type Static, shape, Time, Type, text } from './shapes.ts'

export const Overview = shape({
  /** Rows by feature: `history`, `threads`, `memories`, `files`, …. */
  counts: Type.Record(Type.String(), count),
  /** Bytes by part; measured at most every five minutes unless exact ones are asked for. */
  storage: Type.Record(Type.String(), count),
  storage_at: Time,
  jobs: Type.Record(Type.String(), count),
  index: shape({ passages: count, pending: count, failed: count }),
  sidecar: oneOf('starting', 'up', 'down', 'off'),
  version: text(40),
})
export type Overview = Static<typeof Overview>

export const activitySpans = ['day', 'week', 'month'] as const
export type ActivitySpan = (typeof activitySpans)[number]

export const Activity = shape({
  by: oneOf(...activitySpans),
  time_zone: Type.String(),
  /** What is counted, in the order to show it: `visits`, `messages`, `tasks_done`, …. */
  kinds: list(Type.String()),
  /** The oldest first, those without anything too. */
  items: list(
    shape({
      /** Its first day, `2026-11-21`, in the time zone asked for. */
      day: Type.String(),
      from: Time,
      /** Exclusive. */
      to: Time,
      counts: Type.Record(Type.String(), count),
    }),
  ),
  /** Over all items. */
  total: Type.Record(Type.String(), count),
})
export type Activity = Static<typeof Activity>

export const overview = operations('overview', {
  get: operation({
    method: 'GET',
    path: '/api/overview',
    summary: 'Counts, storage, jobs and index health',
    effect: 'read',
    query: {
      /** Storage is measured now. Counts are exact either way. */
      exact: optional(Type.Boolean()),
    },
    output: Overview,
  }),
  activity: operation({
    method: 'GET',
    path: '/api/overview/activity',
    summary: 'What came in and was done, by day, week or month',
    description:
      'Whole days, weeks or months, from the one that holds `from` to the one that holds `to`; at most 400 of them. Exact at any size: nothing is counted anew.',
    effect: 'read',
    query: {
      /** `day` unless said. */
      by: optional(oneOf(...activitySpans)),
      /** 30 days, 26 weeks or 12 months unless said. */
      from: optional(Time),
      /** Now unless said. */
      to: optional(Time),
      /** IANA name, as `Europe/Berlin`; UTC unless said. */
      time_zone: optional(text(60, 1)),
      week_start: optional(
        Type.Integer({
          minimum: 1,
          maximum: 7,
          description: 'first day of a week, 1 is Monday (default), 7 is Sunday',
        }),
      ),
    },
    output: Activity,
  }),
})
