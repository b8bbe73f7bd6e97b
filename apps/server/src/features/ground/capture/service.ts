/** Rules of capture. Functions that write take the transaction first. */
import type { CapturePause, CaptureStatus } from '@cairn/api/capture'
import { fail } from '@cairn/api/errors'
import { type Clock, iso, isoOrNull } from '../../../kernel/clock.ts'
import type { Scope, Tx } from '../../../kernel/scope.ts'
import { readSite } from '../../../kernel/sites.ts'
import type { Roots } from '../roots/index.ts'
import { type CaptureRules, isOn, mostRules, rulesFrom } from './rules.ts'
import * as store from './store.ts'

type Reader = Pick<Scope, 'workspace' | 'db'>
type Target = { all?: true; site?: string; root?: string }

const minute = 60_000

export function makeCaptureService({ clock, roots }: { clock: Clock; roots: Pick<Roots, 'all' | 'row'> }) {
  /** What may be taken in now. The one place where that is decided. */
  async function rules(from: Reader): Promise<CaptureRules> {
    const [pauses, texts] = [await store.pauses(from), await store.textRules(from)]
    return rulesFrom(pauses, texts, clock.now())
  }

  async function status(from: Reader): Promise<CaptureStatus> {
    const [pauses, texts] = [await store.pauses(from), await store.textRules(from)]
    const known = new Set((await roots.all(from)).map(({ id }) => id))
    const on = pauses.filter((row) => isOn(row, clock.now()) && (row.target !== 'root' || known.has(row.ref)))
    const all = on.filter(({ target }) => target === 'all')
    return {
      paused: all.length > 0,
      pauses: [...all, ...on.filter(({ target }) => target !== 'all')].map(toPause),
      page_text: {
        on: texts.find(({ site }) => site === '')?.kept !== 0,
        sites: texts.filter(({ site }) => site !== '').map(({ site, kept }) => ({ site, on: kept === 1 })),
      },
    }
  }

  /** Pauses, or says anew until when. ROOT_NOT_FOUND. */
  async function pause(tx: Tx, { minutes, ...target }: Target & { minutes?: number }): Promise<CaptureStatus> {
    const which = targetOf(target)
    if (which.target === 'root') await roots.row(tx, which.ref)
    const rows = await store.pauses(tx)
    const before = rows.find((row) => row.target === which.target && row.ref === which.ref)
    if (!before && rows.length >= mostRules) throw refuse('', `makes more than ${mostRules} pauses`)
    const until = minutes === undefined ? null : tx.now + minutes * minute
    const known = before && isOn(before, tx.now) ? before : undefined
    if (known && known.until === until) return status(tx)
    const paused_at = known?.paused_at ?? tx.now
    await store.putPause(tx, { workspace: tx.workspace, ...which, until, paused_at })
    if (until !== null) await tx.enqueue({ type: 'capture.resume', input: {}, runAt: until })
    tx.event({ type: 'capture.paused', subject: tx.workspace, data: { ...told(which), until: isoOrNull(until) } })
    return status(tx)
  }

  /** Ends one pause; where there is none, nothing happens. */
  async function resume(tx: Tx, target: Target): Promise<CaptureStatus> {
    const which = targetOf(target)
    if (await store.deletePause(tx, which)) {
      tx.event({ type: 'capture.resumed', subject: tx.workspace, data: told(which) })
    }
    return status(tx)
  }

  /** Switches the keeping of text, of a site or of all others. */
  async function setPageText(tx: Tx, { site: asked, on }: { site?: string; on: boolean | null }) {
    if (asked === undefined && on === null) throw refuse('/on', 'must be true or false where no site is named')
    const site = asked === undefined ? '' : readSite(asked, '/site')
    const rows = await store.textRules(tx)
    const before = rows.find((row) => row.site === site)
    if (!before && on !== null && rows.length >= mostRules) throw refuse('/site', `makes more than ${mostRules} sites`)
    if ((before?.kept ?? null) === (on === null ? null : Number(on))) return status(tx)
    if (on === null) await store.deleteTextRule(tx, site)
    else await store.putTextRule(tx, site, Number(on))
    tx.event({ type: 'capture.changed', subject: tx.workspace, data: { page_text: on, site: site !== '' } })
    return status(tx)
  }

  return { rules, status, pause, resume, setPageText }
}

const refuse = (path: string, message: string) => fail('INVALID_INPUT', {}, [{ path, message }])

function targetOf({ all, site, root }: Target): store.Which {
  const given: store.Which[] = []
  if (all) given.push({ target: 'all', ref: '' })
  if (site !== undefined) given.push({ target: 'site', ref: readSite(site, '/site') })
  if (root !== undefined) given.push({ target: 'root', ref: root })
  const [which] = given
  if (which && given.length === 1) return which
  throw refuse('', 'takes exactly one of all=true, site, root')
}

/** What an event says of a pause: of a site no more than that it is one. */
export const told = ({ target, ref }: store.Which) => ({ target, ...(target === 'root' && { root: ref }) })

const toPause = ({ target, ref, until, paused_at }: store.PauseRow): CapturePause => ({
  target,
  site: target === 'site' ? ref : null,
  root: target === 'root' ? ref : null,
  until: isoOrNull(until),
  paused_at: iso(paused_at),
})
