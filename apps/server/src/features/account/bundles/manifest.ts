/** What a bundle says of itself. */
import { ComponentName } from '@cairn/api/bundles'
import { count, Id, list, nullable, optional, type Static, shape, Time, Type, text } from '@cairn/api/shapes'
import { fail } from '@cairn/api/errors'

/** Raised when older Cairns could misread what is written; `upgrade.ts` reads what they wrote. */
export const schemaVersion = 2
export const manifestFile = 'manifest.json'
export const fileOf = (component: string) => `${component}.ndjson`
/** Where a file lies that lines name by its sum; as many of them as one bundle holds at most. */
export const travellingFile = (sha256: string) => `files/${sha256}`
export const mostFiles = 200_000

/** Fields that are not known are left to newer Cairns that add some: they do not change what is there. */
export const Manifest = Type.Object({
  format: Type.Literal('cairn-bundle'),
  schema_version: Type.Integer({ minimum: 1 }),
  id: Id,
  created_at: Time,
  /** Version of the Cairn that wrote it. */
  cairn: text(100),
  workspace: Id,
  /** Who took it out. */
  person: text(200),
  since: nullable(Time),
  /** The head of the workspace's event log, for `cairn verify --at`. */
  events: optional(shape({ sequence: count, hash: text(100) })),
  components: list(
    shape({
      name: ComponentName,
      rows: count,
      bytes: count,
      sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    }),
    { maxItems: 200 },
  ),
})
export type Manifest = Static<typeof Manifest>
export type Part = Omit<Manifest['components'][number], 'sha256'> & {
  /** None in what other programs wrote before. */
  sha256: string | null
  /** Its file in the ZIP. */
  file: string
}
/** A bundle as it is read, whichever version it was. */
export type Contents = { version: number; person: string; since: string | null; parts: Part[] }

export const unreadable = (reason: string, cause?: unknown) => fail('BUNDLE_NOT_READABLE', { reason }, [], cause)
