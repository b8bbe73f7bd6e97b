import { createSignal, Match, Show, Switch } from 'solid-js'
import { api, type Trouble, troubleOf } from '../../lib/api.ts'
import { useRead } from '../../lib/queries.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Select, TextField } from '../../ui/fields.tsx'
import { ImportDialog } from './parts/import-dialog.tsx'
import { closeWriting, type Writing, writing } from './state.ts'
import { branchOf, folderOptions, tagsIn, withScheme } from './tree.ts'

/** Whatever is being written or brought in. */
export default function BookmarkDialogs() {
  const of = <K extends Writing['kind']>(kind: K) => {
    const now = writing()
    return now?.kind === kind ? (now as Extract<Writing, { kind: K }>) : null
  }
  return (
    <Switch>
      <Match when={of('bookmark')} keyed>
        {(start) => <BookmarkDialog start={start} />}
      </Match>
      <Match when={of('folder')} keyed>
        {(start) => <FolderDialog start={start} />}
      </Match>
      <Match when={of('import')}>
        <ImportDialog />
      </Match>
    </Switch>
  )
}

/** Saves and closes; what went wrong stays to be read. */
function useSaving(save: () => Promise<unknown>) {
  const [trouble, setTrouble] = createSignal<Trouble | null>(null)
  const [busy, setBusy] = createSignal(false)
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    setBusy(true)
    setTrouble(null)
    try {
      await save()
      closeWriting()
    } catch (error) {
      setTrouble(troubleOf(error))
    }
    setBusy(false)
  }
  return { trouble, busy, submit: (event: SubmitEvent) => void submit(event) }
}

function Foot(props: { trouble: Trouble | null; busy: boolean; ready: boolean; action: string }) {
  return (
    <>
      <Show when={props.trouble}>
        {(one) => (
          <p role="alert" class="text-sm text-bad">
            {one().detail}
          </p>
        )}
      </Show>
      <div class="flex justify-end gap-2">
        <Button onClick={closeWriting}>Cancel</Button>
        <Button type="submit" look="primary" disabled={props.busy || !props.ready}>
          {props.action}
        </Button>
      </div>
    </>
  )
}

function BookmarkDialog(props: { start: Extract<Writing, { kind: 'bookmark' }> }) {
  const { bookmark, folder: start } = props.start
  const tree = useRead('bookmarks', 'tree', () => ({}))
  const [url, setUrl] = createSignal(bookmark?.url ?? '')
  const [title, setTitle] = createSignal(bookmark?.title ?? '')
  const [tags, setTags] = createSignal(bookmark?.tags.join(', ') ?? '')
  const [folder, setFolder] = createSignal(start ?? '')
  const saving = useSaving(() => {
    const fields = { title: title(), tags: tagsIn(tags()), folder_id: folder() || null }
    if (!bookmark) return api.bookmarks.create({ url: withScheme(url()), ...fields })
    const address = url() === bookmark.url ? {} : { url: withScheme(url()) }
    const seen = { headers: { 'if-match': `"${bookmark.version}"` } }
    return api.bookmarks.update({ id: bookmark.id, ...address, ...fields }, seen)
  })
  return (
    <Dialog open onClose={closeWriting} title={bookmark ? 'Change bookmark' : 'New bookmark'}>
      <form class="flex flex-col gap-3" onSubmit={saving.submit}>
        <TextField
          label="Address"
          required
          maxLength={16_384}
          value={url()}
          onInput={(event) => setUrl(event.currentTarget.value)}
        />
        <TextField
          label="Title"
          maxLength={1_000}
          value={title()}
          onInput={(event) => setTitle(event.currentTarget.value)}
        />
        <TextField
          label="Tags"
          hint="With commas between them."
          value={tags()}
          onInput={(event) => setTags(event.currentTarget.value)}
        />
        <Select
          label="Folder"
          value={folder()}
          options={folderOptions(tree.data?.items ?? [])}
          onChange={(event) => setFolder(event.currentTarget.value)}
        />
        <Foot
          trouble={saving.trouble()}
          busy={saving.busy()}
          ready={url().trim() !== ''}
          action={bookmark ? 'Save' : 'Add bookmark'}
        />
      </form>
    </Dialog>
  )
}

function FolderDialog(props: { start: Extract<Writing, { kind: 'folder' }> }) {
  const { folder, parent: start } = props.start
  const tree = useRead('bookmarks', 'tree', () => ({}))
  const [title, setTitle] = createSignal(folder?.title ?? '')
  const [parent, setParent] = createSignal(start ?? '')
  /** A folder cannot hang in itself. */
  const options = () => {
    const items = tree.data?.items ?? []
    const own = new Set(folder ? branchOf(items, folder.id).map(({ id }) => id) : [])
    return folderOptions(items.filter(({ id }) => !own.has(id)))
  }
  const saving = useSaving(async () => {
    const parent_id = parent() || null
    if (!folder) return api.bookmarks.createFolder({ title: title(), parent_id })
    if (title() !== folder.title) await api.bookmarks.updateFolder({ id: folder.id, title: title() })
    if (parent_id !== folder.parent_id) await api.bookmarks.moveFolder({ id: folder.id, parent_id })
  })
  return (
    <Dialog open onClose={closeWriting} title={folder ? 'Change folder' : 'New folder'}>
      <form class="flex flex-col gap-3" onSubmit={saving.submit}>
        <TextField
          label="Name"
          required
          maxLength={1_000}
          value={title()}
          onInput={(event) => setTitle(event.currentTarget.value)}
        />
        <Select
          label="In"
          value={parent()}
          options={options()}
          onChange={(event) => setParent(event.currentTarget.value)}
        />
        <Foot
          trouble={saving.trouble()}
          busy={saving.busy()}
          ready={title().trim() !== ''}
          action={folder ? 'Save' : 'Add folder'}
        />
      </form>
    </Dialog>
  )
}
