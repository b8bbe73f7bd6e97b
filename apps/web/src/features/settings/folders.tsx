import type { FileState } from '@cairn/api/files'
import type { Root } from '@cairn/api/roots'
import FolderPlus from 'lucide-solid/icons/folder-plus'
import { createSignal, For, Show } from 'solid-js'
import { api } from '../../lib/api.ts'
import { ago, bytes, duration, number, plural } from '../../lib/format.ts'
import { placeUrl } from '../../lib/places.ts'
import { usePages, useRead } from '../../lib/queries.ts'
import { Button } from '../../ui/button.tsx'
import { Failure } from '../../ui/empty.tsx'
import { attempt, say } from '../../ui/notices.tsx'
import { Progress } from '../../ui/progress.tsx'
import { Safe } from '../../ui/safe.tsx'
import { reasonText } from '../files/parts/folder.tsx'
import { openAddFolder } from '../roots/state.ts'
import { RootMenu } from '../roots/root-menu.tsx'
import { Rows, Section } from './parts/section.tsx'

export default function FolderSettings() {
  const roots = useRead('roots', 'list', () => ({ limit: 200 }))
  return (
    <Show when={!roots.isError} fallback={<Failure error={roots.error} />}>
      <Section
        first
        title="Folders"
        note="What Cairn may read. Files are indexed on this machine and followed as they change; nothing in them is changed."
        action={
          <Button look="primary" onClick={openAddFolder}>
            <FolderPlus size={14} />
            Add folder
          </Button>
        }
      >
        <Rows>
          <For each={roots.data?.items} fallback={<li class="px-3 py-3 text-sm text-dim">No folder yet.</li>}>
            {(root) => <RootRow root={root} />}
          </For>
        </Rows>
      </Section>
      <IndexHealth />
    </Show>
  )
}

const stateWords: Record<Root['state'], string> = {
  new: 'about to be looked through',
  scanning: 'being looked through',
  ready: 'up to date',
  missing: 'not there',
  unreadable: 'cannot be read',
}
const watchWords: Record<Root['watch'], string> = {
  live: 'followed live',
  periodic: 'looked through every ten minutes',
  off: 'not followed',
}

function RootRow(props: { root: Root }) {
  const root = () => props.root
  const [shown, setShown] = createSignal<FileState | null>(null)
  const toggle = (state: FileState) => setShown(shown() === state ? null : state)
  const bad = () => root().state === 'missing' || root().state === 'unreadable'
  return (
    <li class="bg-canvas px-3 py-2.5">
      <div class="flex items-start gap-3">
        <div class="min-w-0 flex-1">
          <p class="truncate text-sm font-medium">
            <Safe text={root().name} />{' '}
            <span class={`font-normal ${bad() ? 'text-bad' : 'text-dim'}`}>
              · {stateWords[root().state]}
              <Show when={!bad()}>, {watchWords[root().watch]}</Show>
            </span>
          </p>
          <p class="truncate font-mono text-xs text-dim">
            <Safe text={root().path} />
          </p>
          <Show when={root().reason ?? root().watch_reason}>{(why) => <p class="text-xs text-warn">{why()}</p>}</Show>
        </div>
        <RootMenu root={root()} />
      </div>
      <Show when={root().scan}>
        {(scan) => (
          <div class="mt-2">
            <Progress done={scan().files_done} total={scan().files_total} label={`Looking through ${root().name}`} />
            <p class="mt-1 text-xs text-dim">
              {number(scan().files_done)} of {number(scan().files_total)} files · {number(Math.round(scan().rate))} a
              second
              <Show when={scan().eta_seconds}>{(left) => <> · {duration(left())} left</>}</Show>
            </p>
          </div>
        )}
      </Show>
      <div class="mt-2 flex flex-wrap items-center gap-1.5 text-xs text-dim">
        <span>
          {plural(root().files.indexed, 'file')} indexed, {bytes(root().bytes)}
        </span>
        <For each={['pending', 'skipped', 'failed'] as const}>
          {(state) => (
            <Show when={root().files[state] > 0}>
              <button
                type="button"
                aria-expanded={shown() === state}
                class="h-5.5 rounded-full px-2 ring-1 ring-line ring-inset hover:bg-hover aria-expanded:bg-selected"
                classList={{ 'text-bad': state === 'failed' }}
                onClick={() => toggle(state)}
              >
                {number(root().files[state])} {state}
              </button>
            </Show>
          )}
        </For>
        <Show when={root().files.ignored > 0}>
          <span>{number(root().files.ignored)} ignored</span>
        </Show>
        <Show when={root().scanned_at}>
          {(at) => <span class="ml-auto text-faint">looked through {ago(at(), Date.now())}</span>}
        </Show>
      </div>
      <Show when={shown()} keyed>
        {(state) => <FileList root={root()} state={state} />}
      </Show>
    </li>
  )
}

function FileList(props: { root: Root; state: FileState }) {
  const pages = usePages('files', 'list', () => ({ id: props.root.id, state: props.state, limit: 100 }))
  return (
    <ul class="mt-2 max-h-64 overflow-y-auto rounded-md bg-inset px-2 py-1 text-xs">
      <For
        each={pages.items()}
        fallback={<li class="py-1 text-dim">{pages.query.isPending ? 'Reading…' : 'None any more.'}</li>}
      >
        {(file) => (
          <li class="flex gap-3 py-0.5">
            <a
              href={placeUrl({ kind: 'file', uri: `${props.root.name}/${file.path}`, lines: null })}
              class="min-w-0 flex-1 truncate font-mono hover:underline"
            >
              <Safe text={file.path} />
            </a>
            <span class="shrink-0 text-dim">{reasonText(file.reason) || props.state}</span>
          </li>
        )}
      </For>
      <Show when={pages.query.hasNextPage}>
        <li>
          <Button size="sm" look="quiet" onClick={pages.more}>
            More
          </Button>
        </li>
      </Show>
    </ul>
  )
}

function IndexHealth() {
  const status = useRead('search', 'status', () => ({}))
  return (
    <Show when={status.data}>
      {(index) => (
        <Section
          title="Index"
          note={`${plural(index().passages, 'passage')} of ${plural(index().sources, 'source')}, ${bytes(index().bytes)}.`}
          action={
            <Button
              onClick={() =>
                void attempt(() => api.search.rebuild({})).then(
                  (done) => done && say({ text: 'Reading every source again', detail: 'Search goes on meanwhile.' }),
                )
              }
            >
              Rebuild
            </Button>
          }
        >
          <p class="text-sm text-dim">
            {index().state === 'indexing' ? `${number(index().pending)} waiting. ` : 'Nothing is waiting. '}
            <Show when={index().model} fallback="Found by words; add an embedding model to find by meaning as well.">
              {(model) => (
                <>
                  {number(index().embedded)} of {number(index().passages)} can also be found by meaning (
                  <Safe text={model()} />
                  ).
                </>
              )}
            </Show>
            <Show when={index().plain > 0}>
              {' '}
              {number(index().plain)} will be cut properly once the AI process is back.
            </Show>
          </p>
          <Show when={index().failures.length > 0}>
            <ul class="mt-2 max-h-48 overflow-y-auto rounded-md bg-inset px-3 py-2 text-xs">
              <For each={index().failures}>
                {(failure) => (
                  <li class="py-0.5">
                    <span class="text-bad">{failure.error}</span>{' '}
                    <span class="text-dim">
                      {failure.kind} {failure.id}, {plural(failure.attempts, 'try', 'tries')}
                    </span>
                  </li>
                )}
              </For>
            </ul>
          </Show>
        </Section>
      )}
    </Show>
  )
}
