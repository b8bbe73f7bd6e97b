import Download from 'lucide-solid/icons/download'
import Eraser from 'lucide-solid/icons/eraser'
import Pencil from 'lucide-solid/icons/pencil'
import { createEffect, createMemo, on, Show } from 'solid-js'
import { followed, go, nameTab } from '../../lib/layout.ts'
import { useRead } from '../../lib/queries.ts'
import type { ViewOf } from '../../shell/view.ts'
import { IconButton } from '../../ui/button.tsx'
import { Failure } from '../../ui/empty.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { Safe } from '../../ui/safe.tsx'
import { openErase } from '../privacy/state.ts'
import { exportThread, openRename, toErase } from '../threads/state.ts'
import { Welcome } from './parts/welcome.tsx'
import { ThreadView } from './thread-view.tsx'

/** A thread as a page of its own. */
export default function ThreadPage(props: ViewOf<'thread'>) {
  const thread = useRead('threads', 'get', () => (props.place.thread ? { id: props.place.thread } : null))
  createEffect(() => thread.data && nameTab(props.tabKey, thread.data.title || 'Untitled thread'))
  const visit = createMemo(on(followed, (key, _, times: number = 0) => (key === props.tabKey ? times + 1 : times)))
  return (
    <Show when={!thread.isError} fallback={<Failure error={thread.error} />}>
      <PageHead title={<Safe text={props.place.thread ? thread.data?.title || 'Thread' : 'New question'} />}>
        <Show when={thread.data}>
          {(one) => (
            <>
              <IconButton label="Export as Markdown" onClick={() => void exportThread(one())}>
                <Download size={14} />
              </IconButton>
              <IconButton label="Rename" onClick={() => openRename(one())}>
                <Pencil size={14} />
              </IconButton>
              <IconButton label="Erase for good" onClick={() => openErase(toErase(one()))}>
                <Eraser size={14} />
              </IconButton>
            </>
          )}
        </Show>
      </PageHead>
      <ThreadView
        thread={props.place.thread}
        message={props.place.message}
        onLeave={() => go({ ...props.place, message: null }, { replace: true })}
        visit={visit()}
        surface="page"
        active={props.active}
        welcome={<Welcome />}
      />
    </Show>
  )
}
