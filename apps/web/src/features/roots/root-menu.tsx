import type { Root } from '@cairn/api/roots'
import Ellipsis from 'lucide-solid/icons/ellipsis'
import Eye from 'lucide-solid/icons/eye'
import EyeOff from 'lucide-solid/icons/eye-off'
import FolderMinus from 'lucide-solid/icons/folder-minus'
import RefreshCw from 'lucide-solid/icons/refresh-cw'
import Settings from 'lucide-solid/icons/settings-2'
import { createSignal } from 'solid-js'
import { api } from '../../lib/api.ts'
import { plural } from '../../lib/format.ts'
import { go } from '../../lib/layout.ts'
import { useRead } from '../../lib/queries.ts'
import { Confirm } from '../../ui/dialog.tsx'
import { Menu } from '../../ui/menu.tsx'
import { attempt } from '../../ui/notices.tsx'

/** What can be done with a registered folder. */
export function RootMenu(props: { root: Root; mouseOnly?: boolean }) {
  const [removing, setRemoving] = createSignal(false)
  const capture = useRead('capture', 'get', () => ({}))
  const paused = () => capture.data?.pauses.some(({ root }) => root === props.root.id) ?? false
  const pause = (on: boolean) => {
    const root = props.root.id
    void attempt(() => (on ? api.capture.pause({ root }) : api.capture.resume({ root })))
  }
  return (
    <>
      <Menu
        label={`More about ${props.root.name}`}
        mouseOnly={props.mouseOnly}
        class="inline-flex size-5.5 items-center justify-center rounded-sm bg-side text-dim hover:bg-selected hover:text-ink"
        items={[
          {
            label: 'Look through again',
            icon: () => <RefreshCw size={14} />,
            run: () => void attempt(() => api.roots.scan({ id: props.root.id })),
          },
          {
            label: paused() ? 'Capture it again' : 'Pause capture',
            icon: () => (paused() ? <Eye size={14} /> : <EyeOff size={14} />),
            run: () => pause(!paused()),
          },
          {
            label: 'What is indexed, and what not',
            icon: () => <Settings size={14} />,
            run: () => go({ kind: 'settings', section: 'folders' }, { keep: true }),
          },
          {
            label: 'Remove folder',
            icon: () => <FolderMinus size={14} />,
            danger: true,
            apart: true,
            run: () => setRemoving(true),
          },
        ]}
      >
        <Ellipsis size={15} />
      </Menu>
      <Confirm
        open={removing()}
        title={`Remove ${props.root.name}?`}
        description={`Cairn stops reading it and forgets what it indexed of it: ${plural(props.root.files.indexed, 'file')}. The files themselves stay as they are.`}
        action="Remove folder"
        danger
        onClose={() => setRemoving(false)}
        onConfirm={async () => {
          await attempt(() => api.roots.remove({ id: props.root.id }))
          setRemoving(false)
        }}
      />
    </>
  )
}
