import { For, Show } from 'solid-js'
import { bytes, full } from '../../lib/format.ts'
import { go } from '../../lib/layout.ts'
import { usePages, useRead } from '../../lib/queries.ts'
import { Button } from '../../ui/button.tsx'
import { Safe } from '../../ui/safe.tsx'
import { CaptureSettings } from '../capture/settings.tsx'
import { EraseSettings, RetentionSettings } from '../privacy/settings.tsx'
import { Row, Rows, Section } from './parts/section.tsx'

export default function PrivacySettings() {
  const egress = usePages('egress', 'list', () => ({ limit: 100 }))
  const routes = useRead('models', 'routes', () => ({}))
  return (
    <>
      <Section
        first
        title="Privacy"
        note="Everything Cairn knows lies on this machine. There is no account and no telemetry. Requests leave only for what you set up, and each is listed here."
      >
        <Rows>
          <Row>
            <div class="min-w-0 flex-1">
              <p class="text-sm font-medium">Models elsewhere</p>
              <p class="text-xs text-dim">
                <Show when={routes.data?.no_cloud} fallback="May be asked when you add one.">
                  Closed: nothing is sent to a model beyond this machine.
                </Show>
              </p>
            </div>
            <Button size="sm" onClick={() => go({ kind: 'settings', section: 'models' }, { keep: true })}>
              Models
            </Button>
          </Row>
          <Row>
            <div class="min-w-0 flex-1">
              <p class="text-sm font-medium">Browser history</p>
              <p class="text-xs text-dim">See it, and delete single visits.</p>
            </div>
            <Button
              size="sm"
              onClick={() => go({ kind: 'history', q: '', site: '', from: '', to: '' }, { keep: true })}
            >
              History
            </Button>
          </Row>
        </Rows>
      </Section>
      <CaptureSettings />
      <EraseSettings />
      <RetentionSettings />
      <Section title="What left this machine" note="Newest first: when, where to, why and how much.">
        <div
          class="max-h-[28rem] overflow-auto rounded-lg ring-1 ring-line"
          tabindex="0"
          role="region"
          aria-label="Requests that left"
        >
          <table class="w-full text-sm">
            <thead class="sticky top-0 bg-side text-left text-xs text-dim">
              <tr>
                <For each={['When', 'Where to', 'Why', 'Sent', 'Received', 'How it went']}>
                  {(head) => <th class="px-3 py-1.5 font-medium whitespace-nowrap">{head}</th>}
                </For>
              </tr>
            </thead>
            <tbody>
              <For
                each={egress.items()}
                fallback={
                  <tr>
                    <td colspan="6" class="px-3 py-4 text-dim">
                      {egress.query.isPending ? 'Reading…' : 'Nothing has left this machine.'}
                    </td>
                  </tr>
                }
              >
                {(row) => (
                  <tr class="border-t border-line">
                    <td class="px-3 py-1 text-xs whitespace-nowrap text-dim">{full(row.at)}</td>
                    <td class="px-3 py-1 font-mono text-xs">
                      <Safe text={row.host} />
                    </td>
                    <td class="px-3 py-1">
                      <Safe text={row.purpose} />
                    </td>
                    <td class="px-3 py-1 whitespace-nowrap">{bytes(row.bytes_sent)}</td>
                    <td class="px-3 py-1 whitespace-nowrap">
                      {row.bytes_received === null ? '–' : bytes(row.bytes_received)}
                    </td>
                    <td class="px-3 py-1">
                      <Safe text={row.outcome} />
                    </td>
                  </tr>
                )}
              </For>
            </tbody>
          </table>
          <Show when={egress.query.hasNextPage}>
            <div class="p-2">
              <Button size="sm" look="quiet" onClick={egress.more}>
                Older ones
              </Button>
            </div>
          </Show>
        </div>
      </Section>
    </>
  )
}
