import { describe, expect, it } from 'vitest'
import { layOut, rowAt, rowOfDay } from './timeline.ts'

const days = [
  { day: '2026-11-21', visits: 2 },
  { day: '2026-11-20', visits: 0 },
  { day: '2026-11-19', visits: 1 },
]

describe('the timeline', () => {
  const timeline = layOut(days)

  it('has a heading and a row per visit for each day that has any', () => {
    expect(timeline.rows).toBe(5)
    const rows = Array.from({ length: 5 }, (_, row) => rowAt(timeline, row))
    expect(rows).toEqual([
      { day: '2026-11-21', at: -1 },
      { day: '2026-11-21', at: 0 },
      { day: '2026-11-21', at: 1 },
      { day: '2026-11-19', at: -1 },
      { day: '2026-11-19', at: 0 },
    ])
  })

  it('has nothing beyond its ends', () => {
    expect(rowAt(timeline, -1)).toBeNull()
    expect(rowAt(timeline, 5)).toBeNull()
    expect(rowAt(layOut([]), 0)).toBeNull()
  })

  it('finds a day, or the newest one before it', () => {
    expect(rowOfDay(timeline, '2026-11-21')).toBe(0)
    expect(rowOfDay(timeline, '2026-11-20')).toBe(3)
    expect(rowOfDay(timeline, '1999-01-01')).toBe(0)
  })

  it('finds rows among three thousand days at once', () => {
    const long = layOut(Array.from({ length: 3_000 }, (_, at) => ({ day: String(9_999 - at), visits: 33 })))
    expect(long.rows).toBe(3_000 * 34)
    expect(rowAt(long, 34 * 2_000)).toEqual({ day: '7999', at: -1 })
    expect(rowAt(long, 34 * 2_000 + 33)).toEqual({ day: '7999', at: 32 })
  })
})
