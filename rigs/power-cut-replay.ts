/**
 * What the disk may hold after a power cut, out of the system calls of the writing process (strace): everything that was
 * synced, and of the rest any part, torn at any sector. Harsher than most disks, and it needs no rights.
 */
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'

type Step =
  | { kind: 'write'; file: string; at: number; bytes: Buffer }
  | { kind: 'truncate'; file: string; size: number }
  | { kind: 'sync'; file: string }
  | { kind: 'acknowledged'; numbers: number[] }
export type Trace = readonly Step[]

/** Calls that change files, make changes durable, or print. */
export const traced = 'openat,close,write,pwrite64,pwritev,ftruncate,fsync,fdatasync'
const sector = 512

/** Reads a log of `strace -f -xx`. Only the database and its log count; the lock file protects nothing that is kept. */
export async function readTrace(log: string, files: readonly string[]): Promise<Trace> {
  const open = new Map<number, string>()
  const begun = new Map<string, string>()
  const steps: Step[] = []
  for (const line of (await readFile(log, 'latin1')).split('\n')) {
    const call = whole(line, begun)
    if (call) note(call, open, new Set(files), steps)
  }
  return steps
}

/** One finished call; a call that another thread interrupted is put together from its two lines. */
function whole(line: string, begun: Map<string, string>): string | null {
  const [, thread = '', rest = ''] = /^(\d+) +(.*)$/.exec(line) ?? []
  const unfinished = / <unfinished \.\.\.>$/
  if (unfinished.test(rest)) {
    begun.set(thread, rest.replace(unfinished, ''))
    return null
  }
  const resumed = /^<\.\.\. \w+ resumed>/.exec(rest)
  return resumed ? (begun.get(thread) ?? '') + rest.slice(resumed[0].length) : rest
}

function note(call: string, open: Map<number, string>, files: ReadonlySet<string>, steps: Step[]) {
  const [, name = '', given = '', result = ''] = /^(\w+)\((.*)\) += (-?\d+)/.exec(call) ?? []
  if (Number(result) < 0 || name === '') return
  if (name === 'openat') {
    const path = /"((?:\\x[0-9a-f]{2})*)"/.exec(given)?.[1]
    open.set(Number(result), basename(decode(path ?? '').toString()))
    return
  }
  const descriptor = Number(/^\d+/.exec(given)?.[0])
  if (name === 'close') {
    open.delete(descriptor)
    return
  }
  const data = /"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?/.exec(given)
  if (name === 'write' && descriptor === 1) {
    const numbers = decode(data?.[1] ?? '')
      .toString()
      .split('\n')
      .filter((text) => /^\d+$/.test(text))
    steps.push({ kind: 'acknowledged', numbers: numbers.map(Number) })
    return
  }
  const file = open.get(descriptor)
  if (file === undefined || !files.has(file)) return
  if (name === 'fsync' || name === 'fdatasync') steps.push({ kind: 'sync', file })
  else if (name === 'ftruncate') steps.push({ kind: 'truncate', file, size: Number(/(\d+)$/.exec(given)?.[1]) })
  else if (name === 'pwrite64' && data && !data[2])
    steps.push({ kind: 'write', file, at: Number(/(\d+)$/.exec(given)?.[1]), bytes: decode(data[1] ?? '') })
  else throw new Error(`a call that the replay does not know: ${name}`)
}

const decode = (escaped: string) => Buffer.from(escaped.replaceAll('\\x', ''), 'hex')

/** The files as a power cut before step `cut` may leave them, and what had been acknowledged by then. */
export function afterPowerCut(trace: Trace, before: ReadonlyMap<string, Buffer>, cut: number, random: () => number) {
  const durable = new Map([...before].map(([file, bytes]) => [file, Buffer.from(bytes)]))
  const pending = new Map<string, Step[]>()
  const acknowledged: number[] = []
  for (const step of trace.slice(0, cut)) {
    if (step.kind === 'acknowledged') acknowledged.push(...step.numbers)
    else if (step.kind === 'sync') {
      for (const earlier of pending.get(step.file) ?? []) apply(durable, earlier)
      pending.delete(step.file)
    } else pending.set(step.file, [...(pending.get(step.file) ?? []), step])
  }
  for (const steps of pending.values()) for (const step of steps) if (random() < 0.5) apply(durable, torn(step, random))
  return { files: durable, acknowledged }
}

/** One in five of the writes that were under way ends at a sector's edge. */
function torn(step: Step, random: () => number): Step {
  if (step.kind !== 'write' || random() > 0.2) return step
  return { ...step, bytes: step.bytes.subarray(0, Math.floor((random() * step.bytes.length) / sector) * sector) }
}

function apply(files: Map<string, Buffer>, step: Step) {
  if (step.kind !== 'write' && step.kind !== 'truncate') return
  const old = files.get(step.file) ?? Buffer.alloc(0)
  const size = step.kind === 'truncate' ? step.size : Math.max(old.length, step.at + step.bytes.length)
  const grown =
    size === old.length ? old : Buffer.concat([old.subarray(0, size), Buffer.alloc(Math.max(0, size - old.length))])
  if (step.kind === 'write') step.bytes.copy(grown, step.at)
  files.set(step.file, grown)
}
