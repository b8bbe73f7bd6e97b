import type { BookmarksImported } from '@cairn/api/bookmarks'
import Check from 'lucide-solid/icons/check'
import { createMemo, createSignal, Match, Show, Switch } from 'solid-js'
import { api, type Trouble, troubleOf } from '../../../lib/api.ts'
import { number, plural } from '../../../lib/format.ts'
import { running } from '../../../lib/online.ts'
import { useRead } from '../../../lib/queries.ts'
import { jobLine } from '../../../lib/running.ts'
import { Button } from '../../../ui/button.tsx'
import { Dialog } from '../../../ui/dialog.tsx'
import { Select } from '../../../ui/fields.tsx'
import { Progress } from '../../../ui/progress.tsx'
import { closeWriting } from '../state.ts'
import { folderOptions } from '../tree.ts'

/** Brings in the file that a browser exported. */
export function ImportDialog() {
  const tree = useRead('bookmarks', 'tree', () => ({}))
  const [file, setFile] = createSignal<File | null>(null)
  const [folder, setFolder] = createSignal('')
  const [job, setJob] = createSignal<string | null>(null)
  const [busy, setBusy] = createSignal(false)
  const [trouble, setTrouble] = createSignal<Trouble | null>(null)
  const start = async (event: SubmitEvent) => {
    event.preventDefault()
    const chosen = file()
    if (!chosen) return
    setBusy(true)
    setTrouble(null)
    try {
      const { job_id } = await api.bookmarks.import.upload(chosen, folder() ? { folder_id: folder() } : {})
      setJob(job_id)
    } catch (error) {
      setTrouble(troubleOf(error))
    }
    setBusy(false)
  }
  return (
    <Dialog
      open
      onClose={closeWriting}
      title="Import bookmarks"
      description="Takes the HTML file that every browser exports. Doing it again adds only what is new."
    >
      <form class="flex flex-col gap-3" onSubmit={(event) => void start(event)}>
        <div>
          <label for="bookmarks-file" class="mb-1 block text-xs font-medium text-dim">
            File of bookmarks
          </label>
          <input
            id="bookmarks-file"
            type="file"
            accept=".html,.htm,text/html"
            class="w-full rounded-md bg-inset p-1.5 text-sm ring-1 ring-line ring-inset file:mr-3 file:h-7 file:rounded-md file:bg-raised file:px-2.5 file:text-sm file:text-ink"
            onChange={(event) => {
              setFile(event.currentTarget.files?.[0] ?? null)
              setJob(null)
            }}
          />
        </div>
        <Select
          label="Into"
          value={folder()}
          options={folderOptions(tree.data?.items ?? [])}
          onChange={(event) => setFolder(event.currentTarget.value)}
        />
        <Show when={trouble()}>
          {(one) => (
            <p role="alert" class="text-sm text-bad">
              {one().title}. {one().detail}
            </p>
          )}
        </Show>
        <Show when={job()} keyed>
          {(id) => <ImportProgress job={id} />}
        </Show>
        <div class="flex justify-end gap-2">
          <Button onClick={closeWriting}>Close</Button>
          <Button type="submit" look="primary" disabled={busy() || file() === null || job() !== null}>
            Import
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

function ImportProgress(props: { job: string }) {
  const job = useRead('jobs', 'get', () => ({ id: props.job }))
  const live = () => running[props.job]
  const progress = createMemo(() => live()?.progress ?? job.data?.progress)
  const result = () => job.data?.result as BookmarksImported | null
  return (
    <div class="text-xs text-dim" aria-live="polite">
      <Switch
        fallback={
          <>
            <Progress done={progress()?.steps_completed ?? 0} total={progress()?.steps_total ?? null} label="Import" />
            <p class="mt-1 flex justify-between">
              <span>{live() ? jobLine({ progress: live()?.progress as never }) : 'Waiting to start…'}</span>
              <span>{number(progress()?.steps_completed ?? 0)}</span>
            </p>
          </>
        }
      >
        <Match when={job.data?.status === 'succeeded' && result()}>
          {(done) => (
            <>
              <p class="flex items-center gap-1.5 text-good">
                <Check size={14} />
                {plural(done().created, 'new bookmark')}, {number(done().known)} known already,{' '}
                {plural(done().folders, 'new folder')}.
              </p>
              <Show when={leftOut(done()) > 0}>
                <p class="mt-1">
                  {plural(leftOut(done()), 'entry', 'entries')} left out: no address, or one that is too long.
                </p>
              </Show>
              <Show when={done().flattened > 0}>
                <p class="mt-1">
                  {plural(done().flattened, 'folder')} hung too deep; what was in them is in the folder above.
                </p>
              </Show>
            </>
          )}
        </Match>
        <Match when={job.data?.status === 'failed' && job.data}>
          {(failed) => <p class="text-bad">{failed().error?.message ?? 'It failed.'}</p>}
        </Match>
        <Match when={job.data?.status === 'cancelled'}>
          <p>Cancelled. What was brought in by then is kept.</p>
        </Match>
      </Switch>
    </div>
  )
}

const leftOut = ({ skipped }: BookmarksImported) => Object.values(skipped).reduce((sum, count) => sum + count, 0)
