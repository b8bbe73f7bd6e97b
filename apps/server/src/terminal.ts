/** What a person sees in the terminal while Cairn runs: the link, then the progress of what it does. */
import { spawn } from 'node:child_process'
import { isatty } from 'node:tty'
import type { JobState } from '@cairn/api/jobs'

const interactive = isatty(1)

/** Prints the first lines. */
export function greet(link: string, folder: string | null, version: string): void {
  const lines = [`Cairn ${version} is up.`, '', `  ${link}`, '']
  if (folder) lines.push(`Indexing ${folder}; ask while it runs. Ctrl-C stops everything in order.`)
  else lines.push('Ctrl-C stops everything in order.')
  process.stdout.write(`${lines.join('\n')}\n`)
}

/** Opens the link in the browser; says nothing when it cannot. */
export function openBrowser(link: string): void {
  const command = { darwin: 'open', win32: 'explorer' }[process.platform as string] ?? 'xdg-open'
  spawn(command, [link], { stdio: 'ignore', detached: true })
    .on('error', () => undefined)
    .unref()
}

type Shown = Pick<JobState, 'job_id' | 'type' | 'status' | 'progress'>
/** What took longer than this, in ms, says that it is done. */
const worthTelling = 3_000

/**
 * One line that is written over while something runs (a line now and then where output is not a terminal), and one that
 * stays when something that took a while is done.
 */
export function makeProgressLine(now: () => number) {
  let lastAt = 0
  let last: { key: string; done: number; at: number } | undefined
  const firstSeen = new Map<string, number>()
  return {
    show(job: Shown): void {
      const at = now()
      if (job.status !== 'running') return this.ended(job, at)
      if (!firstSeen.has(job.job_id)) firstSeen.set(job.job_id, at)
      if (at - lastAt < (interactive ? 100 : 5_000)) return
      lastAt = at
      const { phase, steps_completed: done } = job.progress
      const key = `${job.type} ${phase}`
      const rate = last?.key === key && at > last.at ? ((done - last.done) / (at - last.at)) * 1000 : null
      last = { key, done, at }
      write(describe(job, rate), false)
    },
    ended(job: Shown, at: number): void {
      const took = at - (firstSeen.get(job.job_id) ?? at)
      firstSeen.delete(job.job_id)
      if (job.status === 'succeeded' && took >= worthTelling) write(`${describe(job, null)} · done`, true)
      else this.clear()
    },
    clear(): void {
      lastAt = 0
      if (interactive) process.stdout.write('\r\u001b[2K')
    },
  }
}

/** Over the line that is there; `stays` leaves it and begins another. */
function write(line: string, stays: boolean): void {
  const width = (process.stdout.columns ?? 100) - 1
  process.stdout.write(interactive ? `\r\u001b[2K${line.slice(0, width)}${stays ? '\n' : ''}` : `${line}\n`)
}

const works: Record<string, string> = {
  'files.scan': 'Looking through files',
  'git.scan': 'Reading commits',
  'passages.index': 'Indexing',
  'passages.vectors': 'Embedding',
  'imports.history': 'Importing history',
}

/** `Indexing: 512 of 742 (69 %), 5 s left · 3229 passages, 277/s`. A message that tells a rate of its own replaces ours. */
export function describe({ type, progress }: Pick<Shown, 'type' | 'progress'>, rate: number | null): string {
  const { phase, steps_completed: done, steps_total: total, eta_seconds: eta, message } = progress
  const of = total === null ? '' : ` of ${total} (${Math.floor((100 * done) / Math.max(total, 1))} %)`
  const speed = rate !== null && rate > 0 && !message?.includes('/s') ? `, ${Math.round(rate)}/s` : ''
  const left = eta === null ? '' : `, ${Math.round(eta)} s left`
  return `${works[type] ?? `${type} ${phase}`}: ${done}${of}${speed}${left}${message ? ` · ${message}` : ''}`
}
