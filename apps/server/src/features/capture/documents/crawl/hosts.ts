/**
 * Manners: what a host lets robots do (RFC 9309), two requests at once at most, and a pause between them. The file is
 * read once per crawl and kept with it.
 */
import parser from 'robots-parser'
import type { Clock } from '../../../../kernel/clock.ts'
import type { Departed, Outgoing, Wanted } from '../../../../kernel/egress/outgoing.ts'
import type { EgressLog } from '../../../../kernel/egress/egress.ts'
import type { Scope } from '../../../../kernel/scope.ts'
import { crawlUrl } from './addresses.ts'
import type { Plan } from './rows.ts'
import { hostByOrigin, putHost } from './store.ts'

type Robots = {
  /** Undefined for an address of another host. */
  isAllowed(url: string, agent: string): boolean | undefined
  /** Seconds. */
  getCrawlDelay(agent: string): number | undefined
  getSitemaps(): string[]
}
/** Its types say that it is a module of ES, which it is not. */
const robotsParser = parser as unknown as (url: string, text: string) => Robots

/** How robots.txt calls us. */
const name = 'cairn'
const atOnce = 2
/** RFC 9309 asks for 500 KiB at least. */
const longestRobots = 512_000
const mostRedirects = 5
/** A host that asks for longer pauses than this is asked as if it wanted these. Milliseconds. */
const longestDelay = 30_000
/** Stands for the file of a host that could not be asked for it, with the reason. */
const nothingAllowed = (reason: string) => `# ${reason}\nUser-agent: *\nDisallow: /`

/** `reason`: why nothing may be asked, or `robots`. */
export type Rules = { text: string; reason: string; allows(url: string): boolean; sitemaps: string[]; mapped: boolean }
type Host = { busy: number; nextAt: number; delay: number }
export type Hosts = ReturnType<typeof makeHosts>

export function makeHosts(
  parts: { outgoing: Outgoing; egress: EgressLog; clock: Clock },
  scope: Scope,
  crawl: string,
  plan: Plan,
) {
  const { outgoing, egress, clock } = parts
  const hosts = new Map<string, Host>()
  const rules = new Map<string, Promise<Rules>>()
  const timeout = plan.timeout_seconds * 1_000

  const hostOf = (host: string): Host => {
    const known = hosts.get(host) ?? { busy: 0, nextAt: 0, delay: plan.delay_ms }
    hosts.set(host, known)
    return known
  }

  /** One request outside of what is written with a page. */
  async function ask(url: string, maxBytes: number): Promise<Departed> {
    const wanted: Wanted = { url, purpose: 'crawl', maxBytes, timeout }
    const answer = await outgoing.get(scope, wanted)
    await egress.settle(scope, answer.ticket, { bytes: answer.received, outcome: answer.failure ?? 'ok' })
    return answer
  }

  async function robotsAt(origin: string): Promise<string> {
    let url = `${origin}/robots.txt`
    for (let hop = 0; hop <= mostRedirects; hop++) {
      const answer = await ask(url, longestRobots)
      // Who cannot be reached is not asked for more; who has no such file lets everything be read.
      if (answer.failure !== null) return nothingAllowed(answer.failure)
      if (answer.status === 200) return answer.body.toString('utf8').replaceAll('\0', ' ')
      if (answer.status >= 500 || answer.status === 429) return nothingAllowed('robots')
      const next = answer.status >= 300 && answer.status < 400 ? URL.parse(answer.headers.location ?? '', url) : null
      if (!next) return ''
      url = next.href
    }
    return ''
  }

  async function load(origin: string): Promise<Rules> {
    const known = await hostByOrigin(scope, crawl, origin)
    const text = known?.robots ?? (await robotsAt(origin))
    if (!known)
      await scope.write((tx) =>
        putHost(tx, { workspace: tx.workspace, crawl_id: crawl, origin, robots: text, mapped: 0 }),
      )
    const robots = robotsParser(`${origin}/robots.txt`, text)
    const host = hostOf(new URL(origin).host)
    host.delay = Math.max(host.delay, Math.min((robots.getCrawlDelay(name) ?? 0) * 1_000, longestDelay))
    return {
      text,
      reason: /^# (\w+)\nUser-agent: \*\nDisallow: \/$/.exec(text)?.[1] ?? 'robots',
      allows: (url) => robots.isAllowed(url, name) ?? true,
      sitemaps: robots.getSitemaps().flatMap((one) => crawlUrl(one) ?? []),
      mapped: known?.mapped === 1,
    }
  }

  return {
    ask,
    rules(origin: string): Promise<Rules> {
      const loading = rules.get(origin) ?? load(origin)
      rules.set(origin, loading)
      return loading
    },
    /** Hosts that are not to be asked at this moment. */
    resting(): string[] {
      const now = clock.monotonic()
      return [...hosts].filter(([, host]) => host.busy >= atOnce || host.nextAt > now).map(([host]) => host)
    },
    /** Milliseconds until one of them may be asked again; null when none pauses. */
    pause(): number | null {
      const now = clock.monotonic()
      const times = [...hosts.values()].filter((host) => host.busy < atOnce && host.nextAt > now)
      return times.length === 0 ? null : Math.min(...times.map(({ nextAt }) => nextAt - now))
    },
    enter(host: string): void {
      const one = hostOf(host)
      one.busy += 1
      one.nextAt = Math.max(one.nextAt, clock.monotonic()) + one.delay
    },
    leave(host: string): void {
      hostOf(host).busy -= 1
    },
    /** A host asked to be left alone for a while. */
    hold(host: string, milliseconds: number): void {
      const one = hostOf(host)
      one.nextAt = Math.max(one.nextAt, clock.monotonic() + milliseconds)
    },
  }
}
