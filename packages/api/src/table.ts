/** All operations of Cairn, by feature, in the order of the house. */
import { bookmarks } from './bookmarks.ts'
import { browser } from './browser.ts'
import { bundles } from './bundles.ts'
import { capture } from './capture.ts'
import { chat } from './chat.ts'
import { crawls } from './crawls.ts'
import { digest } from './digest.ts'
import { documents } from './documents.ts'
import { egress } from './egress.ts'
import { events } from './events.ts'
import { files } from './files.ts'
import { git } from './git.ts'
import { health } from './health.ts'
import { imports } from './imports.ts'
import { jobs } from './jobs.ts'
import { memories } from './memories.ts'
import { models } from './models.ts'
import { openai } from './openai.ts'
import type { Operation } from './operation.ts'
import { overview } from './overview.ts'
import { privacy } from './privacy.ts'
import { repos } from './repos.ts'
import { roots } from './roots.ts'
import { search } from './search.ts'
import { tabs } from './tabs.ts'
import { tasks } from './tasks.ts'
import { threads } from './threads.ts'
import { users } from './users.ts'
import { workspaces } from './workspaces.ts'

export const table = {
  users,
  workspaces,
  roots,
  capture,
  models,
  threads,
  memories,
  tasks,
  browser,
  bookmarks,
  tabs,
  files,
  git,
  documents,
  crawls,
  imports,
  search,
  chat,
  openai,
  repos,
  jobs,
  digest,
  overview,
  events,
  egress,
  bundles,
  privacy,
  health,
}
export type Table = typeof table

/** Every operation in one list. */
export const allOperations = Object.values(table).flatMap((feature) => Object.values(feature) as unknown as Operation[])
