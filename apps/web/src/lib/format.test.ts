import { describe, expect, it } from 'vitest'
import { bytes, dayKey, dayStart, duration, localesOf, makeDates, plural } from './format.ts'

const now = new Date(2026, 10, 21, 15, 0, 0).getTime()
const { ago, dayTitle } = makeDates(['en-GB'])
const before400 = now - 400 * 86_400_000
const before = (ms: number) => new Date(now - ms).toISOString()

describe('numbers and times for people', () => {
  it('gives sizes three figures', () => {
    expect([0, 999, 1_500, 23_400_000, 999_999].map(bytes)).toEqual(['0 B', '999 B', '1.5 kB', '23.4 MB', '1.0 MB'])
  })

  it('gives durations in the two largest units', () => {
    expect([0.2, 8, 120, 3_900, 7_200, 400_000].map(duration)).toEqual([
      '< 1 s',
      '8 s',
      '2 min',
      '65 min',
      '2 h',
      '5 days',
    ])
  })

  it('says how long ago by the local calendar', () => {
    expect(ago(before(10_000), now)).toBe('now')
    expect(ago(before(300_000), now)).toBe('5m')
    expect(ago(before(3 * 3_600_000), now)).toBe('3h')
    expect(ago(before(20 * 3_600_000), now)).toBe('yesterday')
    expect(ago(before(40 * 86_400_000), now)).toBe('12 Oct')
    expect(ago(before(400 * 86_400_000), now)).toBe('17 Oct 2025')
  })

  it('titles days', () => {
    expect(dayTitle(now, now)).toBe('Today')
    expect(dayTitle(now - 86_400_000, now)).toBe('Yesterday')
    expect(dayTitle(now - 3 * 86_400_000, now)).toBe('Wednesday 18 November')
  })

  it('writes dates as the first language that is known writes them', () => {
    const tries = [['de-DE', 'en'], ['en-US'], ['sv'], ['zz-ZZ', 'fr-FR']]
    expect(tries.map((languages) => makeDates(languages).shortDate(before400, now))).toEqual([
      '17. Okt. 2025',
      'Oct 17, 2025',
      '17 okt. 2025',
      '17 oct. 2025',
    ])
    expect(makeDates(['de-DE']).dayTitle(now - 3 * 86_400_000, now)).toBe('Mittwoch, 18. November')
    expect(makeDates(['de-DE']).dayTitle(now, now)).toBe('Today')
    expect(makeDates(['de-DE']).clock(new Date(now).toISOString())).toBe('15:00')
  })

  it('passes over what a browser calls a language and is none', () => {
    expect(localesOf(['en-US@posix', 'C', 'de_DE', '', 'de-at', 'zz'])).toEqual(['en-US', 'de-AT', 'zz'])
    expect(makeDates(localesOf(['en-US@posix'])).shortDate(before400, now)).toBe('Oct 17, 2025')
  })

  it('finds the days around one of 23 or 25 hours', () => {
    const [spring, autumn] = [new Date(2026, 2, 30, 0, 10).getTime(), new Date(2026, 9, 25, 23, 50).getTime()]
    expect([dayKey(spring, -1), dayKey(autumn, -1), dayKey(autumn, 1)]).toEqual([
      '2026-03-29',
      '2026-10-24',
      '2026-10-26',
    ])
    expect(dayTitle(new Date(2026, 9, 24, 0, 30).getTime(), autumn)).toBe('Yesterday')
    expect(ago(new Date(2026, 2, 29, 0, 30).toISOString(), spring)).toBe('yesterday')
  })

  it('goes from a day to its start and back', () => {
    expect(dayKey(Date.parse(dayStart('2026-11-21') ?? ''))).toBe('2026-11-21')
    expect(dayKey(Date.parse(dayStart('2026-11-30', 1) ?? ''))).toBe('2026-12-01')
    expect(dayStart('yesterday')).toBeNull()
  })

  it('counts one and many', () => {
    expect([plural(1, 'file'), plural(1234, 'file'), plural(2, 'memory', 'memories')]).toEqual([
      '1 file',
      '1,234 files',
      '2 memories',
    ])
  })
})
