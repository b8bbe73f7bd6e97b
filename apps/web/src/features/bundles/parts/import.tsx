/** Import: a file is looked at first, with what would happen; then it comes in. */
import type { BundleImported } from '@cairn/api/bundles'
import Check from 'lucide-solid/icons/check'
import { createSignal, For, Show } from 'solid-js'
import { api, type Trouble, troubleOf } from '../../../lib/api.ts'
import { number, plural } from '../../../lib/format.ts'
import { Button } from '../../../ui/button.tsx'
import { TextField } from '../../../ui/fields.tsx'
import { Safe } from '../../../ui/safe.tsx'
import { Section } from '../../settings/parts/section.tsx'
import { partName } from '../names.ts'
import { BundleJob } from './job.tsx'

type Asked = { job: string; dry: boolean }

export function ImportSection() {
  const [file, setFile] = createSignal<File | null>(null)
  const [passphrase, setPassphrase] = createSignal('')
  const [extra, setExtra] = createSignal<readonly string[]>([])
  const [asked, setAsked] = createSignal<Asked | null>(null)
  const [busy, setBusy] = createSignal(false)
  const [trouble, setTrouble] = createSignal<Trouble | null>(null)
  const ask = async (dry: boolean, components?: string[]) => {
    const chosen = file()
    if (!chosen) return
    setBusy(true)
    setTrouble(null)
    try {
      const { job_id } = await api.bundles.import.upload(chosen, {
        ...(dry && { dry_run: true }),
        ...(components && { components }),
        ...(passphrase() && { passphrase: passphrase() }),
      })
      setAsked({ job: job_id, dry })
    } catch (error) {
      setTrouble(troubleOf(error))
    }
    setBusy(false)
  }
  const look = (event: SubmitEvent) => {
    event.preventDefault()
    setExtra([])
    void ask(true)
  }
  return (
    <Section
      title="Import"
      note="Takes a file that Cairn exported. It is looked at first; what is here already stays, and bringing it in again changes nothing."
    >
      <form class="flex flex-col gap-3" onSubmit={look}>
        <div class="grid gap-3 sm:grid-cols-2">
          <div>
            <label for="bundle-file" class="mb-1 block text-xs font-medium text-dim">
              Bundle
            </label>
            <input
              id="bundle-file"
              type="file"
              accept=".zip,.age"
              class="w-full rounded-md bg-inset p-1.5 text-sm ring-1 ring-line ring-inset file:mr-3 file:h-7 file:rounded-md file:bg-raised file:px-2.5 file:text-sm file:text-ink"
              onChange={(event) => {
                setFile(event.currentTarget.files?.[0] ?? null)
                setAsked(null)
              }}
            />
          </div>
          <TextField
            label="Its passphrase, if it has one"
            type="password"
            autocomplete="off"
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
          <Button type="submit" disabled={busy() || file() === null}>
            Look at it first
          </Button>
        </div>
      </form>
      <Show when={asked()} keyed>
        {({ job, dry }) => (
          <BundleJob job={job} label={dry ? 'Looking' : 'Import'}>
            {(report: BundleImported) => (
              <>
                <Report report={report} />
                <Show when={dry}>
                  <Extra report={report} chosen={extra()} onChange={setExtra} />
                  <div class="mt-3">
                    <Button
                      look="primary"
                      disabled={busy()}
                      onClick={() =>
                        void ask(
                          false,
                          extra().length > 0 ? [...Object.keys(report.components), ...extra()] : undefined,
                        )
                      }
                    >
                      Bring it in
                    </Button>
                  </div>
                </Show>
              </>
            )}
          </BundleJob>
        )}
      </Show>
    </Section>
  )
}

const columns = ['created', 'updated', 'skipped', 'failed'] as const
const heads = ['New', 'Updated', 'Known already', 'Left out'] as const

function Report(props: { report: BundleImported }) {
  const parts = () =>
    Object.entries(props.report.components).filter(([, tally]) => columns.some((column) => tally[column] > 0))
  return (
    <>
      <p class="mb-2 flex items-center gap-1.5">
        <Show when={!props.report.dry_run} fallback="Nothing was written yet. This is what would happen:">
          <Check size={14} class="text-good" />
          {plural(props.report.total.created, 'new row')}, {number(props.report.total.updated)} updated,{' '}
          {number(props.report.total.skipped)} known already.
        </Show>
      </p>
      <div class="overflow-x-auto rounded-lg ring-1 ring-line" tabindex="0" role="region" aria-label="What comes in">
        <table class="w-full text-sm">
          <thead class="bg-side text-xs text-dim">
            <tr>
              <th class="px-3 py-1.5 text-left font-medium">Part</th>
              <For each={heads}>
                {(head) => <th class="px-3 py-1.5 text-right font-medium whitespace-nowrap">{head}</th>}
              </For>
            </tr>
          </thead>
          <tbody>
            <For
              each={parts()}
              fallback={
                <tr>
                  <td colspan="5" class="px-3 py-3 text-dim">
                    Nothing in it.
                  </td>
                </tr>
              }
            >
              {([name, tally]) => (
                <tr class="border-t border-line">
                  <td class="px-3 py-1">{partName(name)}</td>
                  <For each={columns}>
                    {(column) => <td class="px-3 py-1 text-right font-mono text-xs">{number(tally[column])}</td>}
                  </For>
                </tr>
              )}
            </For>
          </tbody>
        </table>
      </div>
      <Show when={props.report.faults.length > 0}>
        <details class="mt-2 text-xs text-dim">
          <summary class="cursor-pointer">Why some were left out</summary>
          <ul class="mt-1 flex flex-col gap-0.5">
            <For each={props.report.faults}>
              {(fault) => (
                <li>
                  {partName(fault.component)}: <Safe text={fault.reason} />{' '}
                  <span class="font-mono">
                    <Safe text={fault.id} />
                  </span>
                </li>
              )}
            </For>
          </ul>
        </details>
      </Show>
    </>
  )
}

/** What comes in only where somebody says so. */
function Extra(props: {
  report: BundleImported
  chosen: readonly string[]
  onChange: (names: readonly string[]) => void
}) {
  const names = () => Object.keys(props.report.left_out).filter((name) => props.report.left_out[name] === 'not_named')
  return (
    <Show when={names().length > 0}>
      <fieldset class="mt-3">
        <legend class="mb-1 text-xs text-dim">
          These say what Cairn may read, run or ask. Bring them in only from a bundle of your own:
        </legend>
        <For each={names()}>
          {(name) => (
            <label class="flex min-h-6 items-center gap-2 text-sm">
              <input
                type="checkbox"
                class="size-4 accent-(--color-accent)"
                checked={props.chosen.includes(name)}
                onChange={(event) =>
                  props.onChange(
                    event.currentTarget.checked
                      ? [...props.chosen, name]
                      : props.chosen.filter((other) => other !== name),
                  )
                }
              />
              {partName(name)}
            </label>
          )}
        </For>
      </fieldset>
    </Show>
  )
}
