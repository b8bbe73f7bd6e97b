/** What is captured, what is paused, and whether the text of pages is kept: a part of the privacy settings. */
import type { CapturePause, CaptureStatus } from '@cairn/api/capture'
import { createSignal, For, type JSX, Show } from 'solid-js'
import { api, type Trouble, troubleOf } from '../../lib/api.ts'
import { full } from '../../lib/format.ts'
import { useRead } from '../../lib/queries.ts'
import { Button } from '../../ui/button.tsx'
import { Failure, Waiting } from '../../ui/empty.tsx'
import { Switch, TextField } from '../../ui/fields.tsx'
import { attempt } from '../../ui/notices.tsx'
import { Safe } from '../../ui/safe.tsx'
import { Row, Rows, Section } from '../settings/parts/section.tsx'
import { setPaused } from './state.ts'

export function CaptureSettings() {
  const capture = useRead('capture', 'get', () => ({}))
  const roots = useRead('roots', 'list', () => ({ limit: 200 }))
  const pauses = () => capture.data?.pauses.filter(({ target }) => target !== 'all') ?? []
  const nameOf = (pause: CapturePause) =>
    pause.site ?? roots.data?.items.find(({ id }) => id === pause.root)?.name ?? 'a folder'
  const resume = ({ site, root }: CapturePause) =>
    void attempt(() => api.capture.resume(site !== null ? { site } : { root: root as string }))
  return (
    <Section
      title="Capture"
      note="What Cairn takes in by itself: visits, tabs, files and commits. What comes while it is paused is not kept; folders are looked through again afterwards."
    >
      <Show when={!capture.isError} fallback={<Failure error={capture.error} small />}>
        <Show when={capture.data} fallback={<Waiting lines={2} />}>
          {(status) => (
            <Rows>
              <Row>
                <Switch
                  label="Capture"
                  hint={pausedWords(status())}
                  checked={!status().paused}
                  onChange={(on) => void setPaused(!on)}
                />
              </Row>
              <For each={pauses()}>
                {(pause) => (
                  <Row>
                    <p class="min-w-0 flex-1 truncate text-sm">
                      <Safe text={nameOf(pause)} />{' '}
                      <span class="text-xs text-dim">
                        is paused
                        <Show when={pause.until}>{(until) => <> until {full(until())}</>}</Show>
                      </span>
                    </p>
                    <Button size="sm" onClick={() => resume(pause)} aria-label={`Go on capturing ${nameOf(pause)}`}>
                      Go on
                    </Button>
                  </Row>
                )}
              </For>
              <Row>
                <SiteForm
                  label="Pause a site"
                  hint="With what lies below it."
                  action="Pause"
                  send={(site) => api.capture.pause({ site })}
                />
              </Row>
              <Row>
                <Switch
                  label="Keep the text of pages"
                  hint="Where a client sends it, so that the history is found by what pages said. Never of private windows; secrets are masked."
                  checked={status().page_text.on}
                  onChange={(on) => void attempt(() => api.capture.setPageText({ on }))}
                />
              </Row>
              <For each={status().page_text.sites}>
                {(rule) => (
                  <Row>
                    <div class="min-w-0 flex-1">
                      <Switch
                        label={`Text of ${rule.site}`}
                        checked={rule.on}
                        onChange={(on) => void attempt(() => api.capture.setPageText({ site: rule.site, on }))}
                      />
                    </div>
                    <Button
                      size="sm"
                      look="quiet"
                      aria-label={`Treat ${rule.site} as the others`}
                      onClick={() => void attempt(() => api.capture.setPageText({ site: rule.site, on: null }))}
                    >
                      As the others
                    </Button>
                  </Row>
                )}
              </For>
              <Row>
                <SiteForm
                  label={status().page_text.on ? 'Keep no text of a site' : 'Keep the text of a site'}
                  hint="With what lies below it."
                  action="Add"
                  send={(site) => api.capture.setPageText({ site, on: !status().page_text.on })}
                />
              </Row>
            </Rows>
          )}
        </Show>
      </Show>
    </Section>
  )
}

function pausedWords({ paused, pauses }: CaptureStatus): string {
  if (!paused) return 'On.'
  const until = pauses.find(({ target }) => target === 'all')?.until
  return until ? `Paused until ${full(until)}: nothing is taken in.` : 'Paused: nothing is taken in.'
}

/** A site to say something of. */
function SiteForm(props: {
  label: string
  hint: JSX.Element
  action: string
  send: (site: string) => Promise<unknown>
}) {
  const [site, setSite] = createSignal('')
  const [trouble, setTrouble] = createSignal<Trouble | null>(null)
  const send = async (event: SubmitEvent) => {
    event.preventDefault()
    setTrouble(null)
    try {
      await props.send(site().trim())
      setSite('')
    } catch (error) {
      setTrouble(troubleOf(error))
    }
  }
  return (
    <form class="flex w-full items-start gap-2" onSubmit={(event) => void send(event)}>
      <TextField
        class="min-w-0 flex-1"
        label={props.label}
        hint={props.hint}
        placeholder="example.com"
        maxLength={300}
        value={site()}
        onInput={(event) => setSite(event.currentTarget.value)}
        {...(trouble() && { error: trouble()?.detail ?? '' })}
      />
      <Button type="submit" class="mt-5.5" disabled={!site().trim()}>
        {props.action}
      </Button>
    </form>
  )
}
