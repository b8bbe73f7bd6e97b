import { beforeEach, describe, expect, it } from 'vitest'
import { concernsOf, type Line, startLive } from './live.ts'

/** A line in hand: what was sent, and the levers of the other end. */
function makeLine() {
  const line: Line & { sent: unknown[]; closed: boolean } = {
    sent: [],
    closed: false,
    send: (text) => void line.sent.push(JSON.parse(text)),
    close: () => {
      line.closed = true
      line.onclose?.()
    },
    onopen: null,
    onmessage: null,
    onclose: null,
  }
  return line
}

let lines: ReturnType<typeof makeLine>[]
let waits: { action: () => void; ms: number; taken: boolean }[]
let log: string[]
let live: ReturnType<typeof startLive>

const event = (sequence: number, type = 'memory.created') => ({
  type: 'event',
  event: { type, sequence, subject: 's' },
})
const say = (frame: unknown) => lines.at(-1)?.onmessage?.({ data: JSON.stringify(frame) })

beforeEach(() => {
  lines = []
  waits = []
  log = []
  live = startLive({
    connect: () => {
      lines.push(makeLine())
      return lines.at(-1) as Line
    },
    later: (action, ms) => {
      const wait = { action, ms, taken: false }
      waits.push(wait)
      return () => {
        wait.taken = true
      }
    },
    onEvent: (one) => log.push(`event ${one.sequence}`),
    onProgress: (job) => log.push(`progress ${job.job_id}`),
    onSidecar: (state) => log.push(`sidecar ${state}`),
    onMissed: () => log.push('missed'),
    onState: (state) => log.push(state),
  })
})

describe('the live line', () => {
  it('subscribes to everything from now on when it opens first', () => {
    lines[0]?.onopen?.()
    expect(lines[0]?.sent).toEqual([{ type: 'subscribe', topics: ['*'], after: null }])
    expect(log).toEqual(['connecting', 'open'])
  })

  it('resumes after the last event it has seen, and drops what comes twice', () => {
    lines[0]?.onopen?.()
    say(event(7))
    say(event(8))
    lines[0]?.onclose?.()
    waits[0]?.action()
    lines[1]?.onopen?.()
    expect(lines[1]?.sent).toEqual([{ type: 'subscribe', topics: ['*'], after: 8 }])
    say(event(8))
    say(event(9))
    expect(log.filter((line) => line.startsWith('event'))).toEqual(['event 7', 'event 8', 'event 9'])
    expect(log).not.toContain('missed')
  })

  it('says that something may have been missed when there is no number to resume from', () => {
    lines[0]?.onopen?.()
    lines[0]?.onclose?.()
    waits[0]?.action()
    lines[1]?.onopen?.()
    expect(log).toContain('missed')
  })

  it('reads everything again when it fell behind, and goes on from the number it is told', () => {
    lines[0]?.onopen?.()
    say(event(3))
    say({ type: 'resync', last: 900 })
    expect(log).toContain('missed')
    lines[0]?.onclose?.()
    waits[0]?.action()
    lines[1]?.onopen?.()
    expect(lines[1]?.sent).toEqual([{ type: 'subscribe', topics: ['*'], after: 900 }])
  })

  it('waits longer after each failed try, and starts anew after a good one', () => {
    for (let at = 0; at < 7; at++) {
      lines.at(-1)?.onclose?.()
      waits.at(-1)?.action()
    }
    expect(waits.map((wait) => wait.ms)).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000])
    lines.at(-1)?.onopen?.()
    lines.at(-1)?.onclose?.()
    expect(waits.at(-1)?.ms).toBe(500)
  })

  it('tries at once when woken, and only when it is waiting', () => {
    live.wake()
    expect(lines).toHaveLength(1)
    lines[0]?.onclose?.()
    live.wake()
    expect(lines).toHaveLength(2)
    expect(waits[0]?.taken).toBe(true)
  })

  it('passes on progress and the AI process, and survives noise', () => {
    lines[0]?.onopen?.()
    say({ type: 'progress', job: { job_id: 'j' } })
    say({ type: 'sidecar', state: 'down' })
    lines[0]?.onmessage?.({ data: '{' })
    lines[0]?.onmessage?.({ data: new ArrayBuffer(1) })
    say(null)
    say({ type: 'new kind' })
    expect(log.slice(2)).toEqual(['progress j', 'sidecar down'])
  })

  it('stays closed when stopped', () => {
    live.stop()
    expect(lines[0]?.closed).toBe(true)
    expect(waits).toHaveLength(0)
  })
})

describe('what an event makes old', () => {
  it('is known by the first word of its type', () => {
    expect(concernsOf('memory.created')).toContain('memories')
    expect(concernsOf('thread.deleted')).toContain('threads')
  })

  it('is everything for a type that is not known', () => {
    expect(concernsOf('weather.changed')).toBeNull()
  })
})
