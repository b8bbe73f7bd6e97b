import Eye from 'lucide-solid/icons/eye'
import EyeOff from 'lucide-solid/icons/eye-off'
import { type JSX, Show } from 'solid-js'
import { plural } from '../../lib/format.ts'
import { useRead } from '../../lib/queries.ts'
import { setPaused } from './state.ts'

type CellProps = { hint: string; onClick: () => void; children: JSX.Element }

/** Whether Cairn takes in what is browsed and written now, as the status bar says it; a click pauses it or goes on. */
export function CaptureCell(props: { cell: (props: CellProps) => JSX.Element }) {
  const capture = useRead('capture', 'get', () => ({}))
  const some = () => capture.data?.pauses.filter(({ target }) => target !== 'all').length ?? 0
  const hint = () => {
    if (capture.data?.paused) return 'Nothing is captured. Click to go on.'
    return some() > 0
      ? `${plural(some(), 'site or folder is', 'sites and folders are')} paused. Click to pause everything.`
      : 'Visits, tabs and files are captured. Click to pause.'
  }
  return (
    <Show when={capture.data}>
      {(status) => (
        <props.cell hint={hint()} onClick={() => void setPaused(!status().paused)}>
          <Show
            when={status().paused}
            fallback={
              <>
                <Eye size={12} class="shrink-0" />
                {some() > 0 ? `Capturing, ${some()} paused` : 'Capturing'}
              </>
            }
          >
            <EyeOff size={12} class="shrink-0 text-warn" />
            <span class="text-warn">Capture paused</span>
          </Show>
        </props.cell>
      )}
    </Show>
  )
}
