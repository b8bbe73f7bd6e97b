/** What every feature is built from. Put together once, in `wire.ts`; knows no feature. */
import type { Config } from '../config.ts'
import type { Blobs } from './blobs/blobs.ts'
import type { Clock } from './clock.ts'
import type { Database } from './database/database.ts'
import type { EgressLog } from './egress/egress.ts'
import type { Outgoing } from './egress/outgoing.ts'
import type { Events } from './events/events.ts'
import type { Jobs } from './jobs/jobs.ts'
import type { Log } from './log.ts'
import type { Passages } from './passages/passages.ts'
import type { MakeScope } from './scopes.ts'
import type { Secrets } from './secrets/secrets.ts'
import type { Sidecar } from './sidecar/client.ts'

export type Kernel = {
  config: Config
  version: string
  clock: Clock
  log: Log
  database: Database
  scope: MakeScope
  events: Events
  jobs: Jobs
  passages: Passages
  blobs: Blobs
  secrets: Secrets
  egress: EgressLog
  /** Fetches what people and agents name. */
  outgoing: Outgoing
  sidecar: Sidecar
  /** Name of the login cookie; of this home alone, because cookies ignore ports. */
  cookieName: string
  secureCookies: boolean
  /** Address that people use, without a slash at the end; known once the server listens. */
  publicUrl(): string
}
