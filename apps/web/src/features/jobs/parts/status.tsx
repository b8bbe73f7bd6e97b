import type { JobStatus } from '@cairn/api/jobs'
import Ban from 'lucide-solid/icons/ban'
import CircleAlert from 'lucide-solid/icons/circle-alert'
import CircleCheck from 'lucide-solid/icons/circle-check'
import CircleDashed from 'lucide-solid/icons/circle-dashed'
import Clock from 'lucide-solid/icons/clock'
import LoaderCircle from 'lucide-solid/icons/loader-circle'
import type { JSX } from 'solid-js'

const looks: Record<JobStatus, { word: string; tone: string; icon: () => JSX.Element }> = {
  queued: { word: 'Queued', tone: 'text-dim', icon: () => <CircleDashed size={14} /> },
  running: {
    word: 'Running',
    tone: 'text-accent-ink',
    icon: () => <LoaderCircle size={14} class="animate-spin [animation-duration:1.6s]" />,
  },
  waiting: { word: 'Waiting', tone: 'text-warn', icon: () => <Clock size={14} /> },
  succeeded: { word: 'Succeeded', tone: 'text-good', icon: () => <CircleCheck size={14} /> },
  failed: { word: 'Failed', tone: 'text-bad', icon: () => <CircleAlert size={14} /> },
  cancelled: { word: 'Cancelled', tone: 'text-faint', icon: () => <Ban size={14} /> },
}

export const statuses = Object.keys(looks) as JobStatus[]
export const statusWord = (status: JobStatus) => looks[status].word

/** A picture and a word: never only a colour. */
export function StatusMark(props: { status: JobStatus; word?: boolean }) {
  const look = () => looks[props.status]
  return (
    <span class={`inline-flex items-center gap-1.5 ${look().tone}`}>
      <span aria-hidden="true" class="inline-flex">
        {look().icon()}
      </span>
      <span class={props.word === false ? 'sr-only' : ''}>{look().word}</span>
    </span>
  )
}
