import { createMemo, For, Show } from 'solid-js'
import { bytes, duration } from '../../lib/format.ts'
import { useRead } from '../../lib/queries.ts'
import { CairnMark } from '../../ui/cairn.tsx'
import { Failure } from '../../ui/empty.tsx'
import { Row, Rows, Section } from './parts/section.tsx'

export default function AboutSettings() {
  const status = useRead('health', 'status', () => ({}))
  const deep = useRead('health', 'deep', () => ({}))
  const facts = createMemo(() => {
    const now = status.data
    if (!now) return []
    return [
      ['Version', now.version],
      ['Runs since', duration(now.uptime_s)],
      ['Database', now.database === 'sqlite' ? 'SQLite, in one file' : 'PostgreSQL'],
      ['Memory', bytes(now.memory_bytes)],
      ['AI process', `${now.sidecar.state}${now.sidecar.restarts > 0 ? `, restarted ${now.sidecar.restarts}×` : ''}`],
    ]
  })
  const tones = { ok: 'bg-good', degraded: 'bg-warn', down: 'bg-bad' }
  return (
    <>
      <div class="flex items-center gap-4">
        <CairnMark size={44} class="text-accent" />
        <div>
          <h2 class="text-lg font-semibold">Cairn</h2>
          <p class="text-sm text-dim">A workspace that remembers, on your own machine.</p>
        </div>
      </div>
      <Show when={!status.isError} fallback={<Failure error={status.error} />}>
        <Section title="This installation">
          <Rows>
            <For each={facts()}>
              {([name, value]) => (
                <Row class="text-sm">
                  <span class="w-28 text-dim">{name}</span>
                  {value}
                </Row>
              )}
            </For>
          </Rows>
        </Section>
      </Show>
      <Section title="Health" note="Each part, with the time it took to answer.">
        <Rows>
          <For each={deep.data?.checks}>
            {(check) => (
              <Row class="text-sm">
                <span class={`size-2 rounded-full ${tones[check.status]}`} />
                <span class="w-28">{check.name}</span>
                <span class="min-w-0 flex-1 text-dim">
                  {check.status}
                  <Show when={check.detail}>{(detail) => <>: {detail()}</>}</Show>
                </span>
                <span class="text-xs text-faint">{check.latency_ms.toFixed(1)} ms</span>
              </Row>
            )}
          </For>
        </Rows>
      </Section>
      <Section title="For programs">
        <p class="text-sm text-dim">
          Everything here can also be done by HTTP and by the command line.{' '}
          <a class="text-accent-ink underline underline-offset-2" href="/docs" target="_blank" rel="noopener">
            API reference
          </a>{' '}
          ·{' '}
          <a
            class="text-accent-ink underline underline-offset-2"
            href="/api/openapi.json"
            target="_blank"
            rel="noopener"
          >
            OpenAPI document
          </a>
        </p>
      </Section>
    </>
  )
}
