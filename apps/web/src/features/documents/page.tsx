/** Documents: pages, files and feeds that are kept, and the crawls that fetch them. */
import type { Document } from '@cairn/api/documents'
import Download from 'lucide-solid/icons/download'
import FileUp from 'lucide-solid/icons/file-up'
import BookOpen from 'lucide-solid/icons/book-open'
import Trash from 'lucide-solid/icons/trash'
import { createMemo, Show } from 'solid-js'
import { ago, full } from '../../lib/format.ts'
import { go } from '../../lib/layout.ts'
import { usePages } from '../../lib/queries.ts'
import { isLeaving } from '../../lib/undo.ts'
import type { ViewOf } from '../../shell/view.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { Empty } from '../../ui/empty.tsx'
import { makeFileDrop } from '../../ui/file-drop.ts'
import { PageHead } from '../../ui/page-head.tsx'
import { PagedList } from '../../ui/paged-list.tsx'
import { Safe } from '../../ui/safe.tsx'
import { Crawls } from './parts/crawls.tsx'
import { Schedules } from './parts/schedules.tsx'
import { chooseFiles, openCrawl, removeDocument, upload } from './state.ts'

/** Pixels; its class says the same. */
const rowHeight = 52

export default function DocumentsPage(props: ViewOf<'documents'>) {
  const words = () => props.place.q.trim()
  const pages = usePages('documents', 'list', () => ({ limit: 100, ...(words() && { q: words() }) }))
  const documents = createMemo(() => pages.items().filter(({ id }) => !isLeaving(id)))
  const drop = makeFileDrop((files) => void upload(files))
  return (
    <section
      aria-label="Documents"
      class="flex min-h-0 flex-1 flex-col"
      classList={{ 'outline-2 -outline-offset-4 outline-accent outline-dashed': drop.over() }}
      {...drop.on}
    >
      <PageHead title="Documents" note={<Show when={documents().length > 0}>last changed first</Show>}>
        <Button size="sm" onClick={() => chooseFiles()}>
          <FileUp size={14} />
          Add files
        </Button>
        <Button look="primary" size="sm" onClick={openCrawl}>
          <Download size={14} />
          Fetch pages
        </Button>
      </PageHead>
      <div class="border-b border-line px-4 py-2">
        <input
          type="search"
          data-autofocus
          aria-label="Find a document"
          placeholder="Find by title, address or file name"
          class="h-8 w-full max-w-160 rounded-md bg-inset px-3 text-sm ring-1 ring-line ring-inset"
          value={props.place.q}
          onInput={(event) => go({ kind: 'documents', q: event.currentTarget.value }, { replace: true })}
        />
      </div>
      <Crawls />
      <Schedules />
      <PagedList pages={pages} rows={documents()} height={rowHeight} empty={<Nothing words={words()} />}>
        {(document) => <Row document={document} />}
      </PagedList>
    </section>
  )
}

function Nothing(props: { words: string }) {
  return (
    <Show
      when={props.words}
      fallback={
        <Empty
          icon={<BookOpen size={28} />}
          title="No documents yet"
          action={
            <>
              <Button onClick={() => chooseFiles()}>Add files</Button>
              <Button look="primary" onClick={openCrawl}>
                Fetch pages
              </Button>
            </>
          }
        >
          Drop PDFs, pages, Markdown or feeds here, or have pages fetched. They become readable text, found by search
          and used in answers.
        </Empty>
      }
    >
      <Empty
        title={
          <>
            No document is called “<Safe text={props.words} />”
          </>
        }
        action={
          <Button
            look="primary"
            onClick={() => go({ kind: 'search', q: props.words, kinds: ['document'], since: '' }, { keep: true })}
          >
            Search in what they say
          </Button>
        }
      />
    </Show>
  )
}

function Row(props: { document: Document }) {
  const document = () => props.document
  const known = () => document().url?.replace(/^https?:\/\//, '') ?? document().file_name
  return (
    <li class="group relative rounded-lg hover:bg-hover h-13">
      <a
        href={`/documents/${document().id}`}
        data-row
        data-document
        class="ring-inside block rounded-lg px-3 py-2 pr-12"
        onKeyDown={(event) => event.key === 'Delete' && removeDocument(document())}
      >
        <p class="flex items-baseline gap-2">
          <Safe text={document().title} class="min-w-0 truncate text-sm font-medium" />
          <span class="shrink-0 text-xs text-faint" title={full(document().updated_at)}>
            {ago(document().updated_at, Date.now())}
          </span>
        </p>
        <p class="flex min-w-0 gap-3 text-xs text-dim">
          <span class="shrink-0 uppercase">{document().format}</span>
          <Show when={known()}>{(one) => <Safe text={one()} class="min-w-0 truncate" />}</Show>
          <Show when={document().version > 1}>
            <span class="shrink-0">version {document().version}</span>
          </Show>
        </p>
      </a>
      <div class="absolute top-1.5 right-2 flex opacity-0 group-focus-within:opacity-100 group-hover:opacity-100">
        <IconButton label={`Remove ${document().title}`} side="left" onClick={() => removeDocument(document())}>
          <Trash size={15} />
        </IconButton>
      </div>
    </li>
  )
}
