/** CloudEvents 1.0 (structured JSON) with the extensions of Cairn: `workspace`, `sequence`, `actor`, `job`. */
export type CloudEvent = {
  specversion: '1.0'
  id: string
  source: '/cairn'
  /** For example `memory.created`. */
  type: string
  subject: string
  /** ISO 8601, UTC. */
  time: string
  datacontenttype: 'application/json'
  data: Record<string, unknown>
  workspace: string
  /** Gapless per workspace, from 1. */
  sequence: number
  actor: string
  job: string | null
}
