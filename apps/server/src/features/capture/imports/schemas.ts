/**
 * The tables in which browsers keep visits, read alike. Chromium: `History`, times in microseconds since 1601; Firefox:
 * `places.sqlite`, microseconds since 1970. Both exceed 2^53 or come near it: they are divided before they leave SQLite.
 */

export type Schema = {
  /** Tables and the columns that are read. */
  needs: Record<string, readonly string[]>
  /** Columns that older versions lack, and what stands for them. */
  perhaps: Record<string, Record<string, string>>
  /** Rows `place, url, title, skip` behind a place, in their order. */
  places: string
  /**
   * Rows `key, place, time, duration, origin, skip` behind a key, in their order: time in epoch milliseconds, origin the
   * key of the visit that led here, skip why it is no visit of a person.
   */
  visits: string
  /** Where visits are, and their column with the place. */
  visitTable: string
  visitPlace: string
  /** Count rows by reading all that is needed of them. */
  counts: { places: string; visits: string }
}

/** What is longer is cut or refused afterwards; this keeps megabytes of a `data:` address or a title out of memory. */
const texts = 'substr(url, 1, 16385) as url, substr(title, 1, 10000) as title'
/** A year: what is longer was a machine asleep. */
const longest = 31_622_400_000

/** The low byte says how a page was reached; 3 and 4 are frames. https://source.chromium.org: page_transition_types.h */
const chainStart = '0x10000000'
const chainEnd = '0x20000000'

export const chromium: Schema = {
  needs: { urls: ['id', 'url', 'title'], visits: ['id', 'url', 'visit_time', 'from_visit', 'transition'] },
  perhaps: { urls: { hidden: '0' }, visits: { visit_duration: '0' } },
  // What was only shown in frames is hidden.
  places: `select id as place, ${texts}, case when hidden then 'subframe' end as skip
    from urls where id > ? order by id limit ?`,
  visits: `select id as key, url as place, visit_time / 1000 - 11644473600000 as time,
      nullif(min(max(visit_duration / 1000, 0), ${longest}), 0) as duration,
      case when transition & ${chainStart} then from_visit else (
        with recursive chain(key, origin, transition, depth) as (
          select id, from_visit, transition, 0 from visits where id = v.from_visit
          union all
          select up.id, up.from_visit, up.transition, depth + 1 from chain join visits as up on up.id = chain.origin
          where not (chain.transition & ${chainStart}) and depth < 20
        ) select origin from chain where transition & ${chainStart}
      ) end as origin,
      case when transition & 0xff in (3, 4) then 'subframe' when not (transition & ${chainEnd}) then 'redirect' end as skip
    from visits as v where id > ? order by id limit ?`,
  visitTable: 'visits',
  visitPlace: 'url',
  counts: {
    places: 'select count(*) as number, sum(length(url)) + sum(length(title)) as read from urls not indexed',
    visits:
      'select count(*) as number, sum(length(visit_time)) + sum(length(transition)) as read from visits not indexed',
  },
}

/** Kinds of visits: 4 embedded, 8 framed, 5 and 6 reached over a redirect. https://searchfox.org: nsINavHistoryService.idl */
export const firefox: Schema = {
  needs: {
    moz_places: ['id', 'url', 'title'],
    moz_historyvisits: ['id', 'place_id', 'visit_date', 'from_visit', 'visit_type'],
  },
  perhaps: { moz_places: { hidden: '0' }, moz_historyvisits: {} },
  // What only redirected is hidden.
  places: `select id as place, ${texts}, case when hidden then 'redirect' end as skip
    from moz_places where id > ? order by id limit ?`,
  visits: `select id as key, place_id as place, visit_date / 1000 as time, null as duration,
      case when visit_type not in (5, 6) then from_visit else (
        with recursive chain(key, origin, type, depth) as (
          select id, from_visit, visit_type, 0 from moz_historyvisits where id = v.from_visit
          union all
          select up.id, up.from_visit, up.visit_type, depth + 1 from chain join moz_historyvisits as up on up.id = chain.origin
          where chain.type in (5, 6) and depth < 20
        ) select origin from chain where type not in (5, 6)
      ) end as origin,
      case when visit_type in (4, 8) then 'subframe' end as skip
    from moz_historyvisits as v where id > ? order by id limit ?`,
  visitTable: 'moz_historyvisits',
  visitPlace: 'place_id',
  counts: {
    places: 'select count(*) as number, sum(length(url)) + sum(length(title)) as read from moz_places not indexed',
    visits: 'select count(*) as number, sum(length(visit_date)) as read from moz_historyvisits not indexed',
  },
}
