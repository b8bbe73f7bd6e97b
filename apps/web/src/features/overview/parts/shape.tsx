import type { Overview } from '@cairn/api/overview'
import { createMemo, createSignal, For, type JSX, Show } from 'solid-js'
import { api } from '../../../lib/api.ts'
import { ago, bytes, compact, number, plural } from '../../../lib/format.ts'
import { readAgain, useRead } from '../../../lib/queries.ts'
import { Shares } from '../../../ui/bars.tsx'
import { Button } from '../../../ui/button.tsx'
import { complain } from '../../../ui/notices.tsx'
import { kindColour, kindName } from '../../../ui/place-icon.tsx'

const tones = [
  'var(--color-accent)',
  'var(--color-kind-message)',
  'var(--color-kind-commit)',
  'var(--color-kind-visit)',
  'var(--color-kind-memory)',
  'var(--color-kind-other)',
]
const toneOf = (at: number) => tones[Math.min(at, tones.length - 1)] ?? ''

/** The shape of what is remembered: how much of what, whether all is well, and what it takes on the disk. */
export function Shape(props: { overview: Overview }) {
  const status = useRead('search', 'status', () => ({}))
  const kinds = createMemo(() =>
    Object.entries(status.data?.kinds ?? {})
      .map(([kind, { sources, passages }]) => ({ kind, sources, passages }))
      .filter(({ sources }) => sources > 0)
      .sort((a, b) => b.passages - a.passages),
  )
  const storage = createMemo(() =>
    Object.entries(props.overview.storage)
      .filter(([, size]) => size > 0)
      .sort(([, a], [, b]) => b - a),
  )
  const total = () => storage().reduce((sum, [, size]) => sum + size, 0)
  const [measuring, setMeasuring] = createSignal(false)
  const measure = async () => {
    setMeasuring(true)
    await api.overview.get({ exact: true }).then(() => readAgain('overview'), complain)
    setMeasuring(false)
  }
  return (
    <Show when={kinds().length > 0 || storage().length > 0}>
      <section
        aria-label="The shape of your memory"
        class="grid gap-x-6 gap-y-8 border-t border-line pt-6 @2xl:grid-cols-2 @4xl:grid-cols-3"
      >
        <Block title="Can be found and cited" value={plural(props.overview.index.passages, 'passage')}>
          <Shares
            label="Passages by kind of source"
            parts={kinds().map(({ kind, passages }) => ({ key: kind, value: passages, colour: kindColour(kind) }))}
          />
          <Rows
            rows={kinds().map(({ kind, sources, passages }) => ({
              colour: kindColour(kind),
              name: kindName(kind, true),
              value: number(sources),
              note: `${compact(passages)} ${passages === 1 ? 'passage' : 'passages'}`,
            }))}
          />
        </Block>
        <Health overview={props.overview} />
        <Block title="On the disk" value={bytes(total())}>
          <Shares
            label="Storage by part"
            parts={storage().map(([part, size], at) => ({ key: part, value: size, colour: toneOf(at) }))}
          />
          <Rows
            rows={storage()
              .slice(0, tones.length)
              .map(([part, size], at) => ({
                colour: toneOf(at),
                name: part.replaceAll('_', ' '),
                value: bytes(size),
              }))}
          />
          <p class="mt-1.5 flex items-center gap-1 text-xs text-faint">
            Measured {ago(props.overview.storage_at, Date.now())}
            <Button look="quiet" size="sm" disabled={measuring()} onClick={() => void measure()}>
              Measure now
            </Button>
          </p>
        </Block>
      </section>
    </Show>
  )
}

/** Is what came in findable, did the work go through, is the AI process there? */
function Health(props: { overview: Overview }) {
  const jobs = (...states: string[]) => states.reduce((sum, state) => sum + (props.overview.jobs[state] ?? 0), 0)
  const { pending, failed } = { pending: () => props.overview.index.pending, failed: () => props.overview.index.failed }
  const look = () => failed() + jobs('failed')
  return (
    <Block title="Health" value={look() > 0 ? 'Needs a look' : 'All well'}>
      <Rows
        rows={[
          {
            colour: failed() > 0 ? 'var(--color-bad)' : pending() > 0 ? 'var(--color-warn)' : 'var(--color-good)',
            name: 'Index',
            value:
              failed() > 0 ? `${number(failed())} failed` : pending() > 0 ? `${compact(pending())} wait` : 'up to date',
          },
          {
            colour: jobs('failed') > 0 ? 'var(--color-bad)' : 'var(--color-good)',
            name: 'Jobs',
            note: jobs('running', 'queued') > 0 ? `${number(jobs('running', 'queued'))} to do` : undefined,
            value: jobs('failed') > 0 ? `${number(jobs('failed'))} failed` : 'in order',
            href: jobs('failed') > 0 ? '/jobs?status=failed' : '/jobs',
          },
          {
            colour: sidecarColours[props.overview.sidecar],
            name: 'AI process',
            value: props.overview.sidecar,
            href: '/settings/models',
          },
        ]}
      />
    </Block>
  )
}
const sidecarColours: Record<Overview['sidecar'], string> = {
  up: 'var(--color-good)',
  starting: 'var(--color-warn)',
  down: 'var(--color-bad)',
  off: 'var(--color-kind-other)',
}

function Block(props: { title: string; value: string; children: JSX.Element }) {
  return (
    <div class="min-w-0 px-2">
      <h2 class="text-xs font-semibold text-dim">{props.title}</h2>
      <p class="mt-0.5 mb-2.5 text-lg font-semibold">{props.value}</p>
      {props.children}
    </div>
  )
}

type Row = { colour: string; name: string; value: string; note?: string | undefined; href?: string }
function Rows(props: { rows: readonly Row[] }) {
  return (
    <ul class="mt-2.5">
      <For each={props.rows}>
        {(row) => (
          <li class="flex h-6 items-center gap-2 text-sm">
            <span class="size-2 shrink-0 rounded-sm" style={{ background: row.colour }} />
            <span class="min-w-0 flex-1 truncate text-dim">{row.name}</span>
            <Show when={row.note}>
              <span class="shrink-0 text-xs text-faint">{row.note}</span>
            </Show>
            <Show when={row.href} fallback={<span class="min-w-16 shrink-0 text-right">{row.value}</span>}>
              <a href={row.href} class="min-w-16 shrink-0 rounded-sm text-right hover:underline">
                {row.value}
              </a>
            </Show>
          </li>
        )}
      </For>
    </ul>
  )
}
