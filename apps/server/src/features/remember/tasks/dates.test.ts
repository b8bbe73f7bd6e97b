import { expect, test } from 'vitest'
import { dateReader } from './dates.ts'

/** A Saturday, ten in the morning in Berlin. */
const now = Date.parse('2026-11-21T09:00:00.000Z')
const nine = '2026-11-22T08:00:00.000Z'
const friday = '2026-11-27T22:59:00.000Z'
const read = async (text: string, ...languages: string[]) =>
  (await dateReader({ zone: 'Europe/Berlin', languages }))(text, now)
const made = async (text: string, ...languages: string[]) => {
  const { title, due_at } = await read(text, ...languages)
  return [title, due_at]
}

test.each([
  ['ar', 'اتصل بأحمد غدا الساعة 9', 'اتصل بأحمد', nine],
  ['de', 'Anna anrufen morgen 9 Uhr', 'Anna anrufen', nine],
  ['de', 'Bericht bis Freitag', 'Bericht', friday],
  ['de', 'Bericht spätestens bis zum 1.12. abgeben', 'Bericht abgeben', '2026-12-01T22:59:00.000Z'],
  ['de', 'Miete am 1. Dezember um 14:30', 'Miete', '2026-12-01T13:30:00.000Z'],
  ['de', 'heute Abend: Müll', 'Müll', '2026-11-21T17:00:00.000Z'],
  ['es', 'Llamar a Ana mañana a las 9', 'Llamar a Ana', nine],
  ['es', 'Informe para el viernes', 'Informe', friday],
  ['es', 'Pagar pasado mañana', 'Pagar', '2026-11-23T22:59:00.000Z'],
  ['fi', 'Soita Annalle huomenna klo 9', 'Soita Annalle', nine],
  ['fi', 'Raportti perjantaina', 'Raportti', friday],
  ['fr', 'Appeler Anna demain à 9h', 'Appeler Anna', nine],
  ['fr', 'Rapport avant vendredi', 'Rapport', friday],
  ['fr', 'Payer après-demain à 9h', 'Payer', '2026-11-23T08:00:00.000Z'],
  ['fr', 'Dîner ce soir', 'Dîner', '2026-11-21T17:00:00.000Z'],
  ['id', 'Telepon Anna besok jam 9', 'Telepon Anna', nine],
  ['id', 'Laporan sebelum Jumat', 'Laporan', friday],
  ['it', 'Chiamare Anna domani alle 9', 'Chiamare Anna', nine],
  ['it', 'Relazione entro venerdì', 'Relazione', friday],
  ['ja', '明日の午前9時にアンナに電話', 'アンナに電話', nine],
  ['ja', '金曜日までにレポート', 'レポート', friday],
  ['nl', 'Anna bellen morgen om 9 uur', 'Anna bellen', nine],
  ['nl', 'Verslag voor vrijdag', 'Verslag', friday],
  ['nl', 'Huur overmorgen', 'Huur', '2026-11-23T22:59:00.000Z'],
  ['pt', 'Ligar para Ana amanhã às 9h', 'Ligar para Ana', nine],
  ['pt', 'Relatório até sexta-feira', 'Relatório', friday],
  ['ru', 'Позвонить Анне завтра в 9:00', 'Позвонить Анне', nine],
  ['ru', 'Отчёт до пятницы', 'Отчёт', friday],
  ['sv', 'Ring Anna imorgon kl 9', 'Ring Anna', nine],
  ['sv', 'Ring Anna i morgon kl. 9:00', 'Ring Anna', nine],
  ['sv', 'Rapport senast på fredag', 'Rapport', friday],
  ['uk', 'Подзвонити Анні завтра о 9:00', 'Подзвонити Анні', nine],
  ['vi', 'Gọi Anna ngày mai lúc 9 giờ', 'Gọi Anna', nine],
  ['vi', 'Báo cáo trước thứ sáu', 'Báo cáo', friday],
  ['zh-Hans-CN', '明天上午9点给安娜打电话', '给安娜打电话', nine],
  ['zh-TW', '星期五之前交報告', '交報告', friday],
])('%s: %s', async (language, words, title, due_at) => {
  expect(await made(words, language)).toEqual([title, due_at])
  // Also for those who name another language before, and not for those who do not speak it.
  expect(await made(words, 'en-US', language)).toEqual([title, due_at])
  expect(await made(words)).not.toEqual([title, due_at])
})

test('English is read whatever somebody speaks, and the fullest reading counts', async () => {
  const all = ['ar', 'de', 'es', 'fi', 'fr', 'id', 'it', 'ja', 'nl', 'pt', 'ru', 'sv', 'uk', 'vi', 'zh']
  for (const language of [...all, 'xx', 'tlh-Latn']) {
    expect([language, ...(await made('Call Anna tomorrow 9:00', language))]).toEqual([language, 'Call Anna', nine])
    expect([language, ...(await made('Do the dishes by friday', language))]).toEqual([
      language,
      'Do the dishes',
      friday,
    ])
  }
  // What the workbench shows of a date, in English, is read back as it stands.
  const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sept', 'Oct', 'Nov', 'Dec']
  for (const language of all)
    for (const [at, month] of months.entries()) {
      const { due_at } = await read(`4 ${month} 2031 09:30`, language)
      expect([language, new Date(due_at as string).getUTCMonth(), due_at?.slice(8, 10)]).toEqual([language, at, '04'])
    }
})

test('a piece of a word, or a short word that is a day as well, is no date', async () => {
  for (const text of ['Das so machen', 'Do ut des', 'Er rief mich früh an', 'So geht es'])
    expect(await read(text, 'de')).toMatchObject({ due_at: null, title: text })
  expect(await made('Bericht bis Fr', 'de')).toEqual(['Bericht', friday])
  expect(await made('Ir al mar con Ana', 'es')).toEqual(['Ir al mar con Ana', null])
  expect(await made('A ter com Ana', 'pt')).toEqual(['A ter com Ana', null])
})

test('no text keeps a reader busy for long', async () => {
  const hostile: Record<string, readonly string[]> = {
    ar: ['ساعة يوم أيام '],
    de: ['1 Stunde ', 'zwei Wochen '],
    en: ['couple h ', 'a couple of hours and ', '1 mo ', 'next few d, ', 'oct 1 '],
    es: ['1 hora ', 'un par de días y '],
    fi: ['1 tuntia '],
    fr: ['1 heure ', 'quelques jours '],
    id: ['1 jam '],
    it: ['1 ora ', 'un paio di giorni e '],
    ja: ['明日1時'],
    nl: ['1 uur ', 'paar dagen '],
    pt: ['1 hora '],
    ru: ['часов дня недель ', '1 час '],
    sv: ['1 timme '],
    uk: ['годин дні тижнів ', '1 година '],
    vi: ['1 giờ '],
    zh: ['1小時', '二'],
  }
  const anywhere = ['1 ', '1.1,', '1/1 ', '12:30-', `3${' '.repeat(480)}x`]
  // Each of many of these alone would take longer than a test may.
  for (const [language, own] of Object.entries(hostile))
    for (const text of [...own, ...anywhere]) await read(`x ${text.repeat(490)}`.slice(0, 490), language)
})

test('today is the day there, in every language, and clocks that change are those there', async () => {
  const today = async (zone: string, at: string, text: string, language: string) =>
    (await dateReader({ zone, languages: [language] }))(text, Date.parse(at)).due_at
  // Half past midnight on the 22nd in Berlin, nine in the evening on the 20th in New York.
  const words = { de: 'morgen', en: 'tomorrow', es: 'mañana', fr: 'demain', ja: '明日', nl: 'morgen', sv: 'imorgon' }
  for (const [language, word] of Object.entries(words)) {
    expect([word, await today('Europe/Berlin', '2026-11-21T23:30:00Z', word, language)]).toEqual([
      ...[word, '2026-11-23T22:59:00.000Z'],
    ])
    expect([word, await today('America/New_York', '2026-11-21T02:00:00Z', word, language)]).toEqual([
      ...[word, '2026-11-22T04:59:00.000Z'],
    ])
  }
  expect(await today('Asia/Shanghai', '2026-11-21T22:30:00Z', '明天', 'zh')).toBe('2026-11-23T15:59:00.000Z')
  expect(await today('America/New_York', '2026-11-21T02:00:00Z', '明天', 'zh')).toBe('2026-11-22T04:59:00.000Z')
  // The hour that clocks leave out in spring is one later, and the first of two in autumn.
  const newYork = (text: string, at: string) => today('America/New_York', at, text, 'en')
  expect(await newYork('14 March 2027 02:30', '2026-11-21T12:00:00Z')).toBe('2027-03-14T07:30:00.000Z')
  expect(await newYork('1 November 2026 01:30', '2026-10-21T12:00:00Z')).toBe('2026-11-01T05:30:00.000Z')
  expect(await newYork('in 2 hours', '2027-03-14T06:30:00Z')).toBe('2027-03-14T08:30:00.000Z')
  expect(await newYork('2027-03-14 09:00 UTC', '2027-03-13T12:00:00Z')).toBe('2027-03-14T09:00:00.000Z')
})
