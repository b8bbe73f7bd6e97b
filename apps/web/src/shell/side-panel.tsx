import X from 'lucide-solid/icons/x'
import { type JSX, Show } from 'solid-js'
import { lazily } from '../ui/lazily.tsx'
import { panels, setPanels } from '../lib/layout.ts'
import { IconButton } from '../ui/button.tsx'
import { narrow } from './narrow.ts'

const FilesPanel = lazily(() => import('../features/files/panel.tsx'))
const ThreadsPanel = lazily(() => import('../features/threads/panel.tsx'))

/** What the rail chose. Each panel brings its own heading. */
export function SidePanel(props: { children?: JSX.Element }) {
  return (
    <aside
      data-region="side"
      aria-label={panels().side === 'files' ? 'Files' : 'Threads'}
      class="relative flex min-h-0 flex-1 flex-col"
    >
      <Show when={panels().side === 'files'} fallback={<ThreadsPanel />}>
        <FilesPanel />
      </Show>
      <Show when={narrow()}>
        <div class="absolute top-1 right-1.5">
          <IconButton label="Close" onClick={() => setPanels({ sideOpen: false })}>
            <X size={16} />
          </IconButton>
        </div>
      </Show>
      {props.children}
    </aside>
  )
}
