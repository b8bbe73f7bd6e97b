/** A file, opened at its lines. */
import Clipboard from 'lucide-solid/icons/clipboard'
import FileX from 'lucide-solid/icons/file-x'
import MessageCircle from 'lucide-solid/icons/message-circle'
import { createMemo, For, Show } from 'solid-js'
import { lazily } from '../../ui/lazily.tsx'
import { isMarkdown } from '../../lib/files.ts'
import { bytes, full, plural } from '../../lib/format.ts'
import { go, setPanels } from '../../lib/layout.ts'
import { folderName, type Lines, placeUrl } from '../../lib/places.ts'
import { useRead } from '../../lib/queries.ts'
import { stored } from '../../lib/stored.ts'
import type { ViewOf } from '../../shell/view.ts'
import { IconButton } from '../../ui/button.tsx'
import { Empty, Failure, Waiting } from '../../ui/empty.tsx'
import { say } from '../../ui/notices.tsx'
import { Safe } from '../../ui/safe.tsx'
import { setDraft } from '../chat/state.ts'
import { reveal } from './state.ts'

const Editor = lazily(() => import('../../ui/editor.tsx'))
const Markdown = lazily(() => import('../../ui/markdown.tsx'))

/** Are Markdown files shown as they are meant to be read? Remembered from one to the next. */
const [reading, setReading] = stored('cairn.markdown', false, (value) => value === true)

export default function FilePage(props: ViewOf<'file'>) {
  const roots = useRead('roots', 'list', () => ({ limit: 200 }))
  const root = createMemo(() => roots.data?.items.find((one) => props.place.uri.startsWith(`${one.name}/`)))
  const path = () => props.place.uri.slice((root()?.name.length ?? -1) + 1)
  const id = () => root()?.id
  const content = useRead('files', 'content', () => (id() ? { root: id() as string, path: path() } : null))
  const markdown = () => isMarkdown(path())
  const read = () => markdown() && reading() && !props.place.lines
  const onLines = (lines: Lines) => go({ ...props.place, lines }, { replace: true })
  return (
    <>
      <FileHead
        uri={props.place.uri}
        note={content.data ? noteOf(content.data) : ''}
        changed={content.data?.modified_at}
        markdown={markdown()}
        onFolder={(folder) => {
          const one = root()
          if (!one) return
          setPanels({ side: 'files', sideOpen: true })
          reveal(one.id, `${folder}/x`)
        }}
      />
      <Show when={!roots.isSuccess || root()} fallback={<NoRoot uri={props.place.uri} />}>
        <Show
          when={!content.isError}
          fallback={<Failure error={content.error} onRetry={() => void content.refetch()} />}
        >
          <Show when={content.data} fallback={<Waiting lines={12} />}>
            {(file) => (
              <Show when={file().text !== null} fallback={<NoText binary={file().binary} size={file().size} />}>
                <Show
                  when={read()}
                  fallback={
                    <Editor
                      text={file().text ?? ''}
                      path={props.place.uri}
                      lines={props.place.lines}
                      onLines={onLines}
                    />
                  }
                >
                  <div class="min-h-0 flex-1 overflow-y-auto" tabindex="0" role="region" aria-label="Text">
                    <Markdown
                      text={file().text ?? ''}
                      class="mx-auto max-w-188 px-6 py-6"
                      resolve={(href) => relative(props.place.uri, href)}
                    />
                  </div>
                </Show>
              </Show>
            )}
          </Show>
        </Show>
      </Show>
    </>
  )
}

type HeadProps = {
  uri: string
  note: string
  changed: string | undefined
  markdown: boolean
  onFolder: (path: string) => void
}

function FileHead(props: HeadProps) {
  const parts = () => props.uri.split('/')
  return (
    <header class="flex h-8 shrink-0 items-center gap-2 border-b border-line pr-2 pl-4 text-xs text-dim">
      <h1 class="flex min-w-0 items-center overflow-hidden whitespace-nowrap">
        <For each={parts()}>
          {(part, at) => (
            <>
              <Show when={at() > 0}>
                <span class="px-1 text-faint">/</span>
              </Show>
              <Show
                when={at() < parts().length - 1}
                fallback={<Safe text={part} class="truncate font-medium text-ink" />}
              >
                <button
                  type="button"
                  class="min-w-4 truncate rounded-sm hover:text-ink hover:underline"
                  onClick={() =>
                    props.onFolder(
                      parts()
                        .slice(1, at() + 1)
                        .join('/'),
                    )
                  }
                >
                  <Safe text={part} />
                </button>
              </Show>
            </>
          )}
        </For>
      </h1>
      <span class="ml-auto shrink-0 text-faint max-sm:hidden" title={props.changed && `changed ${full(props.changed)}`}>
        {props.note}
      </span>
      <Show when={props.markdown}>
        <button
          type="button"
          aria-pressed={reading()}
          class="h-5.5 shrink-0 rounded-sm px-1.5 text-xs ring-1 ring-line ring-inset hover:bg-hover aria-pressed:bg-accent-soft aria-pressed:text-accent-ink"
          onClick={() => setReading(!reading())}
        >
          Preview
        </button>
      </Show>
      <IconButton
        label="Copy the path"
        square="sm"
        onClick={() => void navigator.clipboard.writeText(props.uri).then(() => say({ text: 'Path copied' }))}
      >
        <Clipboard size={13} />
      </IconButton>
      <IconButton
        label="Ask about this file"
        square="sm"
        onClick={() => {
          setPanels({ askOpen: true })
          setDraft(`In ${props.uri}: `)
        }}
      >
        <MessageCircle size={13} />
      </IconButton>
    </header>
  )
}

const noteOf = (file: { language: string | null; lines: number | null; size: number }) =>
  [file.language, file.lines !== null && plural(file.lines, 'line'), bytes(file.size)].filter(Boolean).join(' · ')

function NoText(props: { binary: boolean; size: number }) {
  return (
    <Empty icon={<FileX size={28} />} title={props.binary ? 'This file is not text' : 'This file is too large to show'}>
      {bytes(props.size)}. It stays on the disk as it is.
    </Empty>
  )
}

function NoRoot(props: { uri: string }) {
  return (
    <Empty icon={<FileX size={28} />} title="This file lies in no registered folder">
      <Safe text={props.uri} class="break-all" /> belonged to a folder that was removed, or to another machine.
    </Empty>
  )
}

/** A relative link in a Markdown file, as the place of the file it leads to. */
function relative(from: string, href: string): string | null {
  if (/^[a-z][a-z0-9+.-]*:|^\/|^#/i.test(href)) return null
  const [path = ''] = href.split(/[?#]/)
  const parts = folderName(from).split('/')
  for (const part of path.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '.' && part !== '') parts.push(part)
  }
  if (parts.length < 2) return null
  try {
    return placeUrl({ kind: 'file', uri: parts.map(decodeURIComponent).join('/'), lines: null })
  } catch {
    return null
  }
}
