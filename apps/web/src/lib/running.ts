/** Jobs that run now, from the live line, and what they are called. */
import { createMemo, createRoot } from 'solid-js'
import type { LiveJob } from './live.ts'
import { running } from './online.ts'

/** Bigger and longer work first. */
export const runningJobs = createRoot(() =>
  createMemo(() =>
    Object.values(running)
      .filter((job) => job.status === 'running')
      .sort((a, b) => (b.progress.steps_total ?? 0) - (a.progress.steps_total ?? 0)),
  ),
)

/** Share done over all running jobs that know their total; null where none does. */
export function overallShare(): number | null {
  let done = 0
  let total = 0
  for (const { progress } of runningJobs()) {
    if (!progress.steps_total) continue
    done += progress.steps_completed
    total += progress.steps_total
  }
  return total > 0 ? Math.min(1, done / total) : null
}

const known: Record<string, string> = {
  'imports.history': 'Importing browser history',
  'imports.bookmarks': 'Importing bookmarks of a browser',
  'bookmarks.import': 'Importing bookmarks',
  focused_crawl: 'Fetching pages',
  'imports.chats': 'Importing conversations',
  'bundles.export': 'Exporting',
  'bundles.import': 'Importing a bundle',
  'files.scan': 'Looking through a folder',
  'files.forget': 'Forgetting a folder',
  'git.scan': 'Reading commits',
  'git.forget': 'Forgetting commits',
  'passages.index': 'Indexing',
  'passages.rebuild': 'Rebuilding the index',
  'passages.vectors': 'Indexing by meaning',
  'browser.remove': 'Removing visits',
  'browser.recount': 'Counting visits',
  'privacy.delete': 'Erasing',
  'privacy.retain': 'Clearing what is old',
  'chat.answer': 'Answering',
  'tabs.follow': 'Following tabs',
  'capture.resume': 'Ending pauses',
  'tasks.detach': 'Letting go of a thread',
  'tasks.purge': 'Removing tasks for good',
  'threads.remove': 'Removing a thread',
  'threads.reindex': 'Indexing a thread under its new title',
  'bookmarks.remove': 'Removing a folder of bookmarks',
  'jobs.prune': 'Removing old jobs',
  'tasks.find': 'Looking for tasks in what was said',
  'memories.find': 'Looking for what to remember',
  'documents.crawls_due': 'Starting fetches that are due',
  'documents.drop': 'Letting go of documents',
  'bundles.expire': 'Removing old exports',
}

/** A job's type in words: `imports.history` → Importing browser history. */
export function jobTitle(type: string): string {
  const title = known[type]
  if (title) return title
  const words = type.replaceAll(/[._-]+/g, ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** What a job is doing now, in a line. */
export const jobLine = (job: Pick<LiveJob, 'progress'>) =>
  [job.progress.phase, job.progress.message].filter(Boolean).join(' · ')
