import type { BookmarksImported } from '@cairn/api/bookmarks'
import type { BrowserName, HistoryImported, Profile } from '@cairn/api/imports'
import { createSignal, For, Show } from 'solid-js'
import { api, type Trouble, troubleOf } from '../../lib/api.ts'
import { ago, bytes, number, plural } from '../../lib/format.ts'
import { useRead } from '../../lib/queries.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Waiting } from '../../ui/empty.tsx'
import { Select, Switch, TextField } from '../../ui/fields.tsx'
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

/** Jobs of one profile. */
type Jobs = { history?: string; bookmarks?: string }

/** Brings in a browser's history and bookmarks: of the profiles found on this machine, or one by its path. */
export default function ImportDialog() {
  const profiles = useRead('imports', 'profiles', () => ({}))
  const [jobs, setJobs] = createSignal<Record<string, Jobs>>({})
  const [trouble, setTrouble] = createSignal<Trouble | null>(null)
  const [source, setSource] = createSignal<Source>('chromium')
  const [path, setPath] = createSignal('')
  const [wanted, setWanted] = createSignal({ history: true, bookmarks: true })
  const start = async (from: Source, at: string) => {
    setTrouble(null)
    try {
      const begun: Jobs = {}
      if (wanted().history || from === 'jsonl')
        begun.history = (await api.imports.history({ source: from, path: at })).job_id
      if (wanted().bookmarks && from !== 'jsonl')
        begun.bookmarks = await bookmarksOf(from, at, begun.history !== undefined)
      setJobs({ ...jobs(), [at]: begun })
    } catch (error) {
      setTrouble(troubleOf(error))
    }
  }
  return (
    <Dialog
      open={importing()}
      onClose={closeImport}
      title="Import from a browser"
      description="A copy of the browser's own files is read, also while the browser runs. Doing it again adds only what is new."
      width="max-w-xl"
    >
      <div class="mb-4 flex flex-wrap gap-x-6 gap-y-2">
        <Switch
          label="History"
          checked={wanted().history}
          onChange={(history) => setWanted({ ...wanted(), history })}
        />
        <Switch
          label="Bookmarks"
          checked={wanted().bookmarks}
          onChange={(bookmarks) => setWanted({ ...wanted(), bookmarks })}
        />
      </div>
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
              jobs={jobs()[profile.path]}
              disabled={!wanted().history && !wanted().bookmarks}
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
          <Button
            type="submit"
            size="lg"
            disabled={!path().trim() || (!wanted().history && !wanted().bookmarks && source() !== 'jsonl')}
          >
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
        <Show when={jobs()[path().trim()]}>{(begun) => <Progress jobs={begun()} />}</Show>
      </form>
    </Dialog>
  )
}

/** Undefined for a profile without bookmarks whose history comes in. */
async function bookmarksOf(source: BrowserName, path: string, spare: boolean): Promise<string | undefined> {
  try {
    // The file with the history stands beside the one with the bookmarks.
    return (await api.imports.bookmarks({ source, path: path.replace(/[\\/]History$/, '') })).job_id
  } catch (error) {
    if (spare && troubleOf(error).code === 'PROFILE_NOT_READABLE') return undefined
    throw error
  }
}

function Progress(props: { jobs: Jobs }) {
  return (
    <>
      <Show when={props.jobs.history}>{(job) => <ImportProgress job={job()} said={visitsRead} />}</Show>
      <Show when={props.jobs.bookmarks}>{(job) => <ImportProgress job={job()} said={bookmarksRead} />}</Show>
    </>
  )
}

type RowProps = { profile: Profile; jobs: Jobs | undefined; disabled: boolean; onStart: () => void }
function ProfileRow(props: RowProps) {
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
        <Show when={!props.jobs}>
          <Button look="primary" disabled={props.disabled} onClick={props.onStart}>
            Import
          </Button>
        </Show>
      </div>
      <Show when={props.jobs}>{(begun) => <Progress jobs={begun()} />}</Show>
    </li>
  )
}

const visitsRead = ({ created, duplicates, read }: HistoryImported) =>
  `${plural(created, 'new visit')}, ${number(duplicates)} known already, ${number(read)} read.`
const bookmarksRead = ({ created, known, read }: BookmarksImported) =>
  `${plural(created, 'new bookmark')}, ${number(known)} known already, ${number(read)} read.`
