/** Export: what is in this workspace into one file, with a choice of parts, from a day on, under a passphrase. */
import type { BundleExported } from '@cairn/api/bundles'
import Check from 'lucide-solid/icons/check'
import { createMemo, createSignal, For, Show } from 'solid-js'
import { api, type Trouble, troubleOf } from '../../../lib/api.ts'
import { ago, bytes, dayStart, plural } from '../../../lib/format.ts'
import { makeOld, usePages, useRead } from '../../../lib/queries.ts'
import { Button, ButtonLink } from '../../../ui/button.tsx'
import { TextField } from '../../../ui/fields.tsx'
import { attempt } from '../../../ui/notices.tsx'
import { Row, Rows, Section } from '../../settings/parts/section.tsx'
import { groups, partName } from '../names.ts'
import { BundleJob } from './job.tsx'

export function ExportSection() {
  const components = useRead('bundles', 'components', () => ({}))
  const kept = usePages('bundles', 'list', () => ({ limit: 20 }))
  const [off, setOff] = createSignal<ReadonlySet<string>>(new Set<string>())
  const [since, setSince] = createSignal('')
  const [passphrase, setPassphrase] = createSignal('')
  const [job, setJob] = createSignal<string | null>(null)
  const [trouble, setTrouble] = createSignal<Trouble | null>(null)
  /** Parts in their groups; what no group knows stands for itself. */
  const choices = createMemo(() => {
    const all = (components.data?.items ?? []).map(({ name }) => name)
    const grouped = new Set(groups.flatMap(({ parts }) => parts))
    const rest = all.filter((name) => !grouped.has(name)).map((name) => ({ title: partName(name), parts: [name] }))
    const here = groups.map(({ title, parts }) => ({ title, parts: parts.filter((part) => all.includes(part)) }))
    return [...here, ...rest].filter(({ parts }) => parts.length > 0)
  })
  const chosen = () => choices().filter(({ title }) => !off().has(title))
  const toggle = (title: string) => {
    const next = new Set(off())
    if (!next.delete(title)) next.add(title)
    setOff(next)
  }
  const start = async (event: SubmitEvent) => {
    event.preventDefault()
    setTrouble(null)
    const from = since() ? dayStart(since()) : null
    try {
      const { job_id } = await api.bundles.export({
        ...(off().size > 0 && { components: chosen().flatMap(({ parts }) => parts) }),
        ...(from && { since: from }),
        ...(passphrase() && { passphrase: passphrase() }),
      })
      setJob(job_id)
      setPassphrase('')
    } catch (error) {
      setTrouble(troubleOf(error))
    }
  }
  return (
    <>
      <Section
        first
        title="Export"
        note="Everything in this workspace as one file: to keep, to read with other programs, or to bring in elsewhere. Keys and other secrets do not travel."
      >
        <form class="flex flex-col gap-3" onSubmit={(event) => void start(event)}>
          <fieldset>
            <legend class="mb-1 text-xs font-medium text-dim">Parts</legend>
            <div class="grid grid-cols-2 gap-x-4 gap-y-1 sm:grid-cols-3">
              <For each={choices()}>
                {({ title }) => (
                  <label class="flex min-h-6 items-center gap-2 text-sm">
                    <input
                      type="checkbox"
                      class="size-4 accent-(--color-accent)"
                      checked={!off().has(title)}
                      onChange={() => toggle(title)}
                    />
                    {title}
                  </label>
                )}
              </For>
            </div>
          </fieldset>
          <div class="grid gap-3 sm:grid-cols-2">
            <TextField
              label="Only what changed since"
              type="date"
              value={since()}
              onInput={(event) => setSince(event.currentTarget.value)}
            />
            <TextField
              label="Passphrase (optional)"
              type="password"
              autocomplete="new-password"
              minLength={8}
              hint="Nobody opens the file without it, you neither."
              value={passphrase()}
              onInput={(event) => setPassphrase(event.currentTarget.value)}
            />
          </div>
          <Show when={trouble()}>
            {(one) => (
              <p role="alert" class="text-sm text-bad">
                {one().title}. {one().detail}
              </p>
            )}
          </Show>
          <div>
            <Button type="submit" look="primary" disabled={chosen().length === 0}>
              Export
            </Button>
          </div>
        </form>
        <Show when={job()} keyed>
          {(id) => (
            <BundleJob job={id} label="Export">
              {(done: BundleExported) => (
                <p class="flex flex-wrap items-center gap-2">
                  <Check size={14} class="text-good" />
                  <span>
                    {plural(
                      Object.values(done.components).reduce((sum, rows) => sum + rows, 0),
                      'row',
                    )}
                    , {bytes(done.bytes)}.
                  </span>
                  <ButtonLink look="primary" size="sm" href={done.download_url} download="">
                    Download
                  </ButtonLink>
                </p>
              )}
            </BundleJob>
          )}
        </Show>
      </Section>
      <Show when={kept.items().length > 0}>
        <Section title="Kept for download" note="They go by themselves a day after they were made.">
          <Rows>
            <For each={kept.items()}>
              {(one) => (
                <Row>
                  <p class="min-w-0 flex-1 text-sm">
                    {bytes(one.bytes)}
                    {one.protected ? ', under a passphrase' : ''}{' '}
                    <span class="text-xs text-dim">made {ago(one.created_at, Date.now())}</span>
                  </p>
                  <ButtonLink size="sm" look="quiet" href={one.download_url} download="">
                    Download
                  </ButtonLink>
                  <Button
                    size="sm"
                    look="quiet"
                    onClick={() =>
                      void attempt(() => api.bundles.remove({ id: one.id })).then(() => makeOld(['bundles']))
                    }
                  >
                    Remove
                  </Button>
                </Row>
              )}
            </For>
          </Rows>
        </Section>
      </Show>
    </>
  )
}
