/** Dialogs that can be opened from anywhere; each is loaded when it is first needed. */
import { Show } from 'solid-js'
import { lazily } from '../ui/lazily.tsx'
import { writing } from '../features/bookmarks/state.ts'
import { crawling } from '../features/documents/state.ts'
import { importing, importingChats } from '../features/imports/state.ts'
import { remembering } from '../features/memories/state.ts'
import { erasing } from '../features/privacy/state.ts'
import { registering } from '../features/repos/state.ts'
import { addingFolder } from '../features/roots/state.ts'
import { writingTask } from '../features/tasks/state.ts'
import { renaming } from '../features/threads/state.ts'

const AddFolder = lazily(() => import('../features/roots/add-dialog.tsx'))
const Bookmarks = lazily(() => import('../features/bookmarks/dialogs.tsx'))
const Crawl = lazily(() => import('../features/documents/crawl-dialog.tsx'))
const Import = lazily(() => import('../features/imports/dialog.tsx'))
const ImportChats = lazily(() => import('../features/imports/chats-dialog.tsx'))
const Remember = lazily(() => import('../features/memories/remember-dialog.tsx'))
const Erase = lazily(() => import('../features/privacy/erase-dialog.tsx'))
const Register = lazily(() => import('../features/repos/register-dialog.tsx'))
const NewTask = lazily(() => import('../features/tasks/new-dialog.tsx'))
const Rename = lazily(() => import('../features/threads/rename-dialog.tsx'))

export function Dialogs() {
  return (
    <>
      <Show when={addingFolder()}>
        <AddFolder />
      </Show>
      <Show when={writing()}>
        <Bookmarks />
      </Show>
      <Show when={crawling()}>
        <Crawl />
      </Show>
      <Show when={importing()}>
        <Import />
      </Show>
      <Show when={importingChats()}>
        <ImportChats />
      </Show>
      <Show when={remembering()}>
        <Remember />
      </Show>
      <Show when={erasing()} keyed>
        <Erase />
      </Show>
      <Show when={registering()}>
        <Register />
      </Show>
      <Show when={writingTask()}>
        <NewTask />
      </Show>
      <Show when={renaming()}>
        <Rename />
      </Show>
    </>
  )
}
