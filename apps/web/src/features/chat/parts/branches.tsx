import type { PathMessage } from '@cairn/api/threads'
import ChevronLeft from 'lucide-solid/icons/chevron-left'
import ChevronRight from 'lucide-solid/icons/chevron-right'
import { Show } from 'solid-js'
import { IconButton } from '../../../ui/button.tsx'

/** Which of how many a message is at its place, and the way to those beside it; nothing where it is the only one. */
export function Branches(props: { message: PathMessage; disabled: boolean; onShow: (message: string) => void }) {
  const branch = () => props.message.branch
  const show = (id: string | null) => id && props.onShow(id)
  return (
    <Show when={branch().of > 1}>
      <div class="flex items-center text-xs text-dim" role="group" aria-label="Branches">
        <IconButton
          label="Branch before"
          square="sm"
          disabled={props.disabled || branch().previous === null}
          onClick={() => show(branch().previous)}
        >
          <ChevronLeft size={14} />
        </IconButton>
        <span class="tabular-nums">
          {branch().at} of {branch().of}
        </span>
        <IconButton
          label="Next branch"
          square="sm"
          disabled={props.disabled || branch().next === null}
          onClick={() => show(branch().next)}
        >
          <ChevronRight size={14} />
        </IconButton>
      </div>
    </Show>
  )
}
