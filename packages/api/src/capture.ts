/** Capture: what Cairn takes in by itself, and where it was told to stop. */
import { operation, operations } from './operation.ts'
import { Id, list, nullable, oneOf, optional, type Static, shape, Time, Type, text } from './shapes.ts'

/** `all` is everything that is captured; `site` a site with what lies below it; `root` a registered folder. */
export const CaptureTarget = oneOf('all', 'site', 'root')
export type CaptureTarget = Static<typeof CaptureTarget>

export const CapturePause = shape({
  target: CaptureTarget,
  /** Set where the target is a site. */
  site: nullable(Type.String()),
  /** Set where the target is a root. */
  root: nullable(Id),
  /** When it ends by itself; null when somebody has to end it. */
  until: nullable(Time),
  paused_at: Time,
})
export type CapturePause = Static<typeof CapturePause>

export const CaptureStatus = shape({
  /** Is everything paused? */
  paused: Type.Boolean(),
  /** What is paused now, the whole first, then the latest. */
  pauses: list(CapturePause),
  /** Is the text of pages kept when a client sends it? Never that of private windows. */
  page_text: shape({
    /** Of sites that nothing else is said of. */
    on: Type.Boolean(),
    sites: list(shape({ site: Type.String(), on: Type.Boolean() })),
  }),
})
export type CaptureStatus = Static<typeof CaptureStatus>

/** Host, domain or address. */
const SiteName = text(300, 1)
/** Exactly one of the three. */
const target = { all: optional(Type.Literal(true)), site: optional(SiteName), root: optional(Id) }
const people = { callers: ['people'], output: CaptureStatus } as const

export const capture = operations('capture', {
  get: operation({
    method: 'GET',
    path: '/api/capture',
    summary: 'What is captured and what is paused',
    effect: 'read',
    output: CaptureStatus,
  }),
  pause: operation({
    ...people,
    method: 'POST',
    path: '/api/capture/pause',
    summary: 'Pause capture: everything, a site or a folder',
    description:
      'Exactly one of `all=true`, `site` (with its subdomains) or `root`. What comes while it is paused is not kept, and not kept later either; a folder is looked through again afterwards.',
    effect: 'write',
    body: {
      ...target,
      /** Until somebody ends it unless said. */
      minutes: optional(Type.Integer({ minimum: 1, maximum: 525_600 })),
    },
    errors: ['ROOT_NOT_FOUND'],
  }),
  resume: operation({
    ...people,
    method: 'POST',
    path: '/api/capture/resume',
    summary: 'Go on capturing: end one pause',
    description: 'Exactly one of `all=true`, `site` or `root`, as it was paused. Other pauses stay.',
    effect: 'write',
    body: target,
  }),
  setPageText: operation({
    ...people,
    method: 'PUT',
    path: '/api/capture/page-text',
    summary: 'Say whether the text of pages is kept: of one site, or of all others',
    description: 'What was kept before stays. With `site`, `on: null` takes back what was said of it.',
    effect: 'write',
    body: { site: optional(SiteName), on: nullable(Type.Boolean()) },
  }),
})
