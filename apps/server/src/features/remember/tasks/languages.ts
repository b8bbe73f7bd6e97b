/**
 * The languages that dates are read in: chrono-node's readers, each loaded when somebody who speaks it first writes a
 * date, and what they leave to us: the words around a date, and a few forms that they do not know.
 */
import type { Chrono, Parser, Refiner } from 'chrono-node'

export type Language = {
  /** In the order of trust. */
  load: () => Promise<readonly Chrono[]>
  /** Ends with a word that leads to a date, as "by"; it goes when the date leaves a title. */
  before: RegExp
  /** Begins with one that follows a date. */
  after?: RegExp
  /** Words in a date that tell a time of day. */
  dayTime: RegExp
  /** Written without spaces: a date may end in the middle of what looks like a word. */
  dense?: true
}

export const english: Language = {
  // Day before month in figures; where that makes an odd thing of "dec 24", the month's name comes first.
  load: async () => {
    const { GB, casual } = await import('chrono-node/en')
    return [short(GB), short(casual)]
  },
  before: leading('by|on|at|due|until|till|before|for'),
  dayTime: /\b(?:morning|noon|afternoon|evening|tonight|night|midnight)\b/i,
}

/** By their primary subtag, as `de` of `de-AT`. */
const bySubtag: Readonly<Record<string, Language>> = {
  en: english,
  ar: {
    load: async () => [own((await import('chrono-node/ar')).casual)],
    before: leading('قبل|يوم|في|حتى|بحلول'),
    dayTime: /صباح|ظهر|مساء|ليل|فجر/,
  },
  de: {
    load: async () => [own((await import('chrono-node/de')).casual, [dayDotMonth])],
    before: leading('am|bis|um|vor|zum|ab|den|dem|im|für|gegen|spätestens|fällig'),
    dayTime: /früh|morgens|mittag|abend|nacht/i,
  },
  es: {
    load: async () => [own((await import('chrono-node/es')).casual, [days('pasado\\s+mañana', 2)])],
    before: leading('antes|para|hasta|del?|el|la|a|al|en'),
    dayTime: /(?:por|de|en|esta)\s+(?:la\s+)?mañana|tarde|noche|mediod[ií]a|madrugada/i,
  },
  fi: {
    load: async () => [own((await import('chrono-node/fi')).casual, [dayDotMonth])],
    before: leading('viimeistään|ennen|klo'),
    after: /^\s*(?:mennessä|asti)(?!\p{L})/iu,
    dayTime: /aamu|päivällä|ilta|illalla|yöllä/i,
  },
  fr: {
    load: async () => [own((await import('chrono-node/fr')).casual, [days('après-demain', 2)])],
    before: leading("avant|d['’]ici|pour|jusqu['’](?:à|au)|le|la|à|au|du|dès|vers"),
    dayTime: /matin|midi|soir|nuit/i,
  },
  id: {
    load: async () => [own((await import('chrono-node/id')).casual)],
    before: leading('sebelum|pada|sampai|hari|untuk|jam'),
    dayTime: /pagi|siang|sore|malam/i,
  },
  it: {
    load: async () => [own((await import('chrono-node/it')).casual)],
    before: leading('entro|prima|per|di|del|il|la|alle|fino|a'),
    dayTime: /mattin|mezzogiorno|pomeriggio|sera|nott/i,
  },
  ja: {
    load: async () => [own((await import('chrono-node/ja')).casual, [days('明後日|あさって', 2)])],
    before: /$^/,
    after: /^(?:までに|まで|には|に|の|は)/,
    dayTime: /[朝昼夕晩夜]|正午/,
    dense: true,
  },
  nl: {
    load: async () => [own((await import('chrono-node/nl')).casual, [days('overmorgen', 2)])],
    before: leading('voor|op|om|tegen|uiterlijk|tot|vanaf|de'),
    dayTime: /ochtend|middag|avond|nacht/i,
  },
  pt: {
    load: async () => {
      const times = timeOfDay('(?:[àa]s?\\s+)?(\\d{1,2})\\s?h(?:oras?)?(\\d{2})?')
      return [own((await import('chrono-node/pt')).casual, [days('depois\\s+de\\s+amanhã', 2), times])]
    },
    before: leading('até|antes|para|em|n?[oa]|às?|d[eoa]|dia'),
    dayTime: /(?<!\p{L})manhã|tarde|noite|meio-dia/iu,
  },
  ru: {
    load: async () => [own((await import('chrono-node/ru')).casual)],
    before: leading('не позднее|до|ко?|на|во?'),
    dayTime: /утр|полдень|полноч|вечер|ноч/i,
  },
  sv: {
    load: async () => {
      const words = [days('i\\s?dag', 0), days('i\\s?morgon', 1), days('i\\s?övermorgon', 2)]
      const times = [
        timeOfDay('(?:kl\\.?|klockan)\\s*(\\d{1,2})(?:[:.](\\d{2}))?'),
        timeOfDay('(?<![\\d.:])(\\d{1,2}):(\\d{2})'),
      ]
      return [own((await import('chrono-node/sv')).casual, [...words, ...times], [joining])]
    },
    before: leading('till|på|senast|den|innan|före|kl\\.?'),
    dayTime: /(?<!i\s?)morgon|middag|kväll|natt/i,
  },
  uk: {
    load: async () => [own((await import('chrono-node/uk')).casual)],
    before: leading('не пізніше|до|на|[ву]|об?'),
    dayTime: /ран[ко]|полуд|опівн|веч[оі]р|ніч|ноч/i,
  },
  vi: {
    load: async () => [own((await import('chrono-node/vi')).casual)],
    before: leading('vào|trước|lúc|đến|hạn|cho'),
    dayTime: /sáng|trưa|chiều|tối|đêm|khuya/i,
  },
  zh: {
    load: async () => [own((await import('chrono-node/zh')).casual)],
    before: /(?:在|到|于|於|至|截至|最晚)$/,
    after: /^(?:之前|以前|前|之内|内|的)/,
    dayTime: /[早晚夜]|[上下中]午|凌晨/,
    dense: true,
  },
}
export const languages: ReadonlyMap<string, Language> = new Map(Object.entries(bySubtag))

function leading(words: string): RegExp {
  return new RegExp(`(?:^|[\\s,;:(–-])(?:${words})\\s*$`, 'iu')
}

/**
 * "3 dagen later", "3 часа назад": where the word at the end is missing, these search through a line of units for minutes,
 * and the core waits for them.
 */
const endless = /(?:Ago|Later)FormatParser$|^FITimeUnitWithin/

/** A reader of our own, with more parsers and without those that may not end; the one of the library stays as it is. */
function own(reader: Chrono, parsers: readonly Parser[] = [], refiners: readonly Refiner[] = []): Chrono {
  const copy = reader.clone()
  copy.parsers = [...copy.parsers.filter((parser) => !endless.test(parser.constructor.name)), ...parsers]
  copy.refiners.push(...refiners)
  return copy
}

/**
 * English keeps "in 2 weeks" and "3 days later", of three units at most ("1 day 2 hours 30 minutes"): the library tries
 * eleven, in each of the ways that the spaces between them can be told apart ("a couple of hours a couple of hours …").
 */
function short(reader: Chrono): Chrono {
  const copy = reader.clone()
  copy.parsers = copy.parsers.map((parser): Parser => {
    let bounded: RegExp | undefined
    return {
      pattern(context) {
        if (bounded) return bounded
        const { source, flags } = parser.pattern(context)
        bounded = new RegExp(source.replaceAll('){0,10}', '){0,2}'), flags)
        return bounded
      },
      extract: (context, match) => parser.extract(context, match),
    }
  })
  return copy
}

/** A day counted from today. */
function days(words: string, ahead: number): Parser {
  const pattern = new RegExp(`(?<!\\p{L})(?:${words})(?!\\p{L})`, 'iu')
  return {
    pattern: () => pattern,
    extract({ refDate }) {
      const date = new Date(refDate)
      date.setDate(date.getDate() + ahead)
      return { year: date.getFullYear(), month: date.getMonth() + 1, day: date.getDate() }
    },
  }
}

/** `14:30` in other words: the hour is the first group, minutes the second. */
function timeOfDay(words: string): Parser {
  const pattern = new RegExp(`(?<![\\p{L}\\d])${words}(?![\\p{L}\\d])`, 'iu')
  return {
    pattern: () => pattern,
    extract(_, [, hour, minute = '0']) {
      return Number(hour) < 24 && Number(minute) < 60 ? { hour: Number(hour), minute: Number(minute) } : null
    },
  }
}

/** `1.12.`, where the second dot says that it is no number. */
const dayDotMonth: Parser = {
  pattern: () => /(?<![\d.])(\d{1,2})\.\s?(\d{1,2})\.(?!\d)/,
  extract(_, [, day, month]) {
    const [d, m] = [Number(day), Number(month)]
    return d >= 1 && d <= 31 && m >= 1 && m <= 12 ? { day: d, month: m } : null
  },
}

/** A day and the time right after it are one date. */
const joining: Refiner = {
  refine: (context, results) =>
    results.filter((result, at) => {
      const day = results[at - 1]
      if (!day?.start.isOnlyDate() || !result.start.isOnlyTime()) return true
      if (!/^\s*,?\s*$/.test(context.text.slice(day.index + day.text.length, result.index))) return true
      for (const part of ['hour', 'minute'] as const) day.start.assign(part, result.start.get(part) ?? 0)
      day.text = context.text.slice(day.index, result.index + result.text.length)
      return false
    }),
}
