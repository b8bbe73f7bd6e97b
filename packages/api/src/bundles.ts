/** Bundles: what a person has in a workspace as one file, out of one Cairn and into another, or kept. */
import { operation, operations } from './operation.ts'
import { Accepted, count, Id, list, optional, page, paging, type Static, shape, Time, Type, text } from './shapes.ts'

/** Largest bundle that is taken in, in bytes as it is sent: 16 GiB. */
export const maxBundleBytes = 17_179_869_184
/** A part of a bundle: `threads`, `visits`, … */
export const ComponentName = Type.String({ pattern: '^[a-z][a-z_]{0,49}$' })
const Components = list(ComponentName, { minItems: 1, maxItems: 100 })
/** Spaces count. Nobody can open the bundle without it. */
const Passphrase = text(1_000, 8)

export const Component = shape({
  name: ComponentName,
  /** Comes in only where it is named: it widens what Cairn may read, run or ask. */
  named: Type.Boolean(),
  /** Comes into a personal workspace only. */
  personal: Type.Boolean(),
})
export type Component = Static<typeof Component>

/** What the job `bundles.export` ends with. */
export const BundleExported = shape({
  bundle_id: Id,
  download_url: Type.String(),
  /** Size of the file. */
  bytes: count,
  sha256: Type.String(),
  /** A passphrase opens it. */
  protected: Type.Boolean(),
  expires_at: Time,
  /** Component → rows. */
  components: Type.Record(Type.String(), count),
})
export type BundleExported = Static<typeof BundleExported>

export const Tally = shape({
  created: count,
  /** Were there, in an earlier state. */
  updated: count,
  /** Were there already, or in a later state. */
  skipped: count,
  /** Did not come in; `faults` says of the first why. */
  failed: count,
})
export type Tally = Static<typeof Tally>

/** What the job `bundles.import` ends with. */
export const BundleImported = shape({
  /** True: nothing was written, this is what would happen. */
  dry_run: Type.Boolean(),
  components: Type.Record(Type.String(), Tally),
  total: Tally,
  /** The first hundred rows that did not come in. */
  faults: list(shape({ component: Type.String(), id: Type.String(), reason: Type.String() })),
  /** Components of the bundle that were left out, and why: `not_named`, `not_personal`. */
  left_out: Type.Record(Type.String(), Type.String()),
})
export type BundleImported = Static<typeof BundleImported>

export const Bundle = shape({
  id: Id,
  bytes: count,
  protected: Type.Boolean(),
  download_url: Type.String(),
  created_at: Time,
  /** It is removed by itself then. */
  expires_at: Time,
})
export type Bundle = Static<typeof Bundle>

const owner = { role: 'owner', callers: ['people'] } as const

export const bundles = operations('bundles', {
  components: operation({
    method: 'GET',
    path: '/api/export/components',
    summary: 'List what a bundle can hold, in the order that it comes in',
    effect: 'read',
    ...owner,
    output: shape({ items: list(Component) }),
  }),
  list: operation({
    method: 'GET',
    path: '/api/export/bundles',
    summary: 'List bundles that can be downloaded, newest first',
    effect: 'read',
    ...owner,
    query: paging,
    output: page(Bundle),
  }),
  export: operation({
    method: 'POST',
    path: '/api/export/bundle',
    summary: 'Write what is in this workspace into a bundle',
    description:
      'A job; its result says where the file can be fetched (`download_url`), for 24 hours. A ZIP file of `manifest.json` and one file of JSON lines for each component; with a passphrase an age file (age-encryption.org/v1) of it. Secrets do not travel. `since` leaves out what did not change after that time; visits and messages go by their own time.',
    effect: 'write',
    ...owner,
    body: { components: optional(Components), since: optional(Time), passphrase: optional(Passphrase) },
    output: Accepted,
    status: 202,
    idempotent: true,
    errors: ['BUNDLE_COMPONENT_UNKNOWN'],
  }),
  exportSome: operation({
    method: 'GET',
    path: '/api/export/bundle',
    summary: 'The same, asked for by an address: ?component=threads,messages',
    effect: 'write',
    ...owner,
    query: { component: optional(Components), since: optional(Time) },
    output: Accepted,
    status: 202,
    errors: ['BUNDLE_COMPONENT_UNKNOWN'],
  }),
  download: operation({
    method: 'GET',
    path: '/api/export/bundle/{id}',
    summary: 'Download a bundle',
    effect: 'read',
    ...owner,
    params: { id: Id },
    reply: ['bytes'],
    output: Type.String({ description: 'ZIP file, or an age file of it' }),
    errors: ['BUNDLE_NOT_FOUND'],
  }),
  remove: operation({
    method: 'DELETE',
    path: '/api/export/bundle/{id}',
    summary: 'Remove a bundle that is kept for download',
    effect: 'write',
    ...owner,
    params: { id: Id },
    output: shape({ removed: shape({ bundles: count }) }),
    errors: ['BUNDLE_NOT_FOUND'],
  }),
  import: operation({
    method: 'POST',
    path: '/api/import/bundle',
    summary: 'Bring in a bundle',
    description:
      "Takes the file as multipart field `bundle`, behind fields of the names below; or, on a person's own machine, its `path` in a JSON body. A job: the whole file is checked before the first row is written. What is there already stays; of two states of a thread, task or memory the later one stands; other content under an id that is taken is told as a fault. `dry_run` writes nothing and says what would happen.",
    effect: 'write',
    ...owner,
    input: 'upload',
    body: {
      path: optional(text(4_096, 1)),
      dry_run: optional(Type.Boolean()),
      components: optional(Components),
      passphrase: optional(Passphrase),
    },
    output: Accepted,
    status: 202,
    idempotent: true,
    maxBytes: maxBundleBytes,
    errors: ['BODY_TOO_LARGE', 'BUNDLE_COMPONENT_UNKNOWN', 'BUNDLE_NOT_READABLE', 'CALLER_NOT_ALLOWED'],
  }),
})
