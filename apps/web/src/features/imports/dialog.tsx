import type { HistoryImported, Profile } from '@cairn/api/imports'
import { createSignal, For, Show } from 'solid-js'
import { api, type Trouble, troubleOf } from '../../lib/api.ts'
import { ago, bytes, number, plural } from '../../lib/format.ts'
import { useRead } from '../../lib/queries.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Waiting } from '../../ui/empty.tsx'
import { Select, TextField } from '../../ui/fields.tsx'
import { Safe } from '../../ui/safe.tsx'
import { ImportProgress } from './progress.tsx'
import { closeImport, importing } from './state.ts'

const browsers = [
  ['chrome', 'Chrome'],
  ['edge', 'Edge'],
  ['brave', 'Brave'],
  ['chromium', 'Chromium'],
  ['firefox', 'Firefox'],
  ['jsonl', 'File of visits (JSON lines or Takeout)'],
] as const
type Source = (typeof browsers)[number][0]
const nameOf = (source: string) => browsers.find(([id]) => id === source)?.[1] ?? source

/** Brings in a browser's history: the profiles found on this machine, or one by its path. */
export default function ImportDialog() {
  const profiles = useRead('imports', 'profiles', () => ({}))
  const [jobs, setJobs] = createSignal<Record<string, string>>({})
  const [trouble, setTrouble] = createSignal<Trouble | null>(null)
  const [source, setSource] = createSignal<Source>('chromium')
  const [path, setPath] = createSignal('')
  const start = async (from: Source, at: string) => {
    setTrouble(null)
    try {
      const { job_id } = await api.imports.history({ source: from, ...(at && { path: at }) })
      setJobs({ ...jobs(), [at || from]: job_id })
    } catch (error) {
      setTrouble(troubleOf(error))
    }
  }
  return (
    <Dialog
      open={importing()}
      onClose={closeImport}
      title="Import browser history"
      description="A copy of the browser's own file is read, also while the browser runs. Doing it again adds only what is new."
      width="max-w-xl"
    >
      <h3 class="mb-1 text-xs font-semibold text-dim">Found on this machine</h3>
      <ul class="flex flex-col gap-1">
        <For
          each={profiles.data?.items}
          fallback={
            <li class="rounded-md bg-inset px-3 py-2.5 text-sm text-dim">
              <Show when={!profiles.isPending} fallback={<Waiting lines={2} />}>
                No browser profile in the usual places. Give the path of one below.
              </Show>
            </li>
          }
        >
          {(profile) => (
            <ProfileRow
              profile={profile}
              job={jobs()[profile.path]}
              onStart={() => void start(profile.source, profile.path)}
            />
          )}
        </For>
      </ul>
      <form
        class="mt-5 flex flex-col gap-2"
        onSubmit={(event) => {
          event.preventDefault()
          void start(source(), path().trim())
        }}
      >
        <h3 class="text-xs font-semibold text-dim">From another place</h3>
        <div class="flex flex-wrap items-end gap-2">
          <Select
            label="Browser"
            class="w-44"
            value={source()}
            options={browsers.map(([value, label]) => ({ value, label }))}
            onChange={(event) => setSource(event.currentTarget.value as Source)}
          />
          <TextField
            label="Profile folder or file"
            class="min-w-48 flex-1"
            placeholder="/home/you/.config/chromium/Default"
            value={path()}
            onInput={(event) => setPath(event.currentTarget.value)}
          />
          <Button type="submit" size="lg" disabled={!path().trim()}>
            Import
          </Button>
        </div>
        <Show when={trouble()}>
          {(one) => (
            <p role="alert" class="text-sm text-bad">
              {one().title}. {one().detail}
            </p>
          )}
        </Show>
        <Show when={jobs()[path().trim()]}>{(job) => <ImportProgress job={job()} said={visitsRead} />}</Show>
      </form>
    </Dialog>
  )
}

function ProfileRow(props: { profile: Profile; job: string | undefined; onStart: () => void }) {
  return (
    <li class="rounded-md px-3 py-2 ring-1 ring-line ring-inset">
      <div class="flex items-center gap-3">
        <div class="min-w-0 flex-1">
          <p class="truncate text-sm font-medium">
            {nameOf(props.profile.source)} · <Safe text={props.profile.name} />
          </p>
          <p class="truncate text-xs text-dim" title={props.profile.path}>
            {bytes(props.profile.bytes)}, changed {ago(props.profile.changed_at, Date.now())} ·{' '}
            <Safe text={props.profile.path} />
          </p>
        </div>
        <Show when={!props.job}>
          <Button look="primary" onClick={props.onStart}>
            Import
          </Button>
        </Show>
      </div>
      <Show when={props.job}>{(job) => <ImportProgress job={job()} said={visitsRead} />}</Show>
    </li>
  )
}

const visitsRead = ({ created, duplicates, read }: HistoryImported) =>
  `${plural(created, 'new visit')}, ${number(duplicates)} known already, ${number(read)} read.`
