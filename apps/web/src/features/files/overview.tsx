/** Files as such: the tree beside the page, and the ways to one of them. */
import Files from 'lucide-solid/icons/folder-tree'
import { createEffect, on, Show } from 'solid-js'
import { hintOf, runCommand } from '../../lib/commands.ts'
import { setPanels } from '../../lib/layout.ts'
import { useRead } from '../../lib/queries.ts'
import type { ViewOf } from '../../shell/view.ts'
import { Button } from '../../ui/button.tsx'
import { Empty } from '../../ui/empty.tsx'
import { openAddFolder } from '../roots/state.ts'

export default function FilesPage(props: ViewOf<'files'>) {
  const roots = useRead('roots', 'list', () => ({ limit: 200 }))
  const some = () => (roots.data?.items.length ?? 0) > 0
  createEffect(
    on(
      () => props.active,
      (active) => active && setPanels({ side: 'files', sideOpen: true }),
    ),
  )
  return (
    <Empty
      icon={<Files size={28} />}
      title={<h1>Files</h1>}
      action={
        <>
          <Show when={some()}>
            <Button look="primary" onClick={() => runCommand('palette.files')}>
              Go to file <span class="font-mono text-2xs">{hintOf('palette.files')}</span>
            </Button>
          </Show>
          <Button look={some() ? 'plain' : 'primary'} onClick={openAddFolder}>
            Add a folder
          </Button>
        </>
      }
    >
      <Show when={some()} fallback="Files of the folders you add can be read, searched and asked about here.">
        Choose one in the tree, or type a part of its name.
      </Show>
    </Empty>
  )
}
