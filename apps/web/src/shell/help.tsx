import { createMemo, For } from 'solid-js'
import { allCommands, rebound } from '../lib/commands.ts'
import { keysOf } from '../lib/keys.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Kbd } from '../ui/kbd.tsx'
import { helpOpen, setHelpOpen } from './help-state.ts'

const inside: [string, string][] = [
  ['ArrowDown', 'Walk through a list or tree'],
  ['Enter', 'Open'],
]

/** Every shortcut as it is now, by group. */
export default function Help() {
  const groups = createMemo(() => {
    const found = new Map<string, { title: string; keys: readonly string[] }[]>()
    for (const command of allCommands()) {
      const keys = keysOf(command, rebound())
      if (keys.length === 0 || /^tab\.[2-9]$/.test(command.id)) continue
      const title = command.id === 'tab.1' ? 'Go to tab 1 … 9' : command.title
      found.set(command.group, [...(found.get(command.group) ?? []), { title, keys }])
    }
    return [...found]
  })
  return (
    <Dialog
      open={helpOpen()}
      onClose={() => setHelpOpen(false)}
      title="Keyboard shortcuts"
      description="Every one can be changed in Settings › Shortcuts."
      width="max-w-3xl"
      reading
    >
      <div class="columns-1 gap-8 sm:columns-2">
        <For each={groups()}>{([group, rows]) => <Group title={group} rows={rows} />}</For>
        <Group title="Everywhere" rows={inside.map(([key, title]) => ({ title, keys: [key] }))} />
      </div>
    </Dialog>
  )
}

function Group(props: { title: string; rows: readonly { title: string; keys: readonly string[] }[] }) {
  return (
    <section class="mb-5 break-inside-avoid">
      <h3 class="mb-1 text-xs font-semibold text-dim">{props.title}</h3>
      <ul>
        <For each={props.rows}>
          {(row) => (
            <li class="flex min-h-7 items-center gap-3 text-sm">
              <span class="flex-1">{row.title}</span>
              <span class="flex flex-wrap justify-end gap-2">
                <For each={row.keys.slice(0, 2)}>{(key) => <Kbd binding={key} />}</For>
              </span>
            </li>
          )}
        </For>
      </ul>
    </section>
  )
}
