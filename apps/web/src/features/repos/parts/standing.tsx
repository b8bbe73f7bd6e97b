import type { Standing } from '@cairn/api/git'
import GitBranch from 'lucide-solid/icons/git-branch'
import { Show } from 'solid-js'
import { number } from '../../../lib/format.ts'
import { Safe } from '../../../ui/safe.tsx'

/** Where a working copy stands: its branch, how far it is from the upstream, whether something is uncommitted. */
export function StandingLine(props: { standing: Standing; quiet?: boolean }) {
  return (
    <span class="flex min-w-0 flex-wrap items-center gap-x-3 text-xs text-dim">
      <span class="inline-flex min-w-0 items-center gap-1">
        <GitBranch size={12} class="shrink-0" />
        <Safe
          text={props.standing.branch ?? props.standing.head?.slice(0, 10) ?? 'no commit yet'}
          class="min-w-0 truncate"
        />
      </span>
      <Distance ahead={props.standing.ahead} behind={props.standing.behind} />
      <Show when={props.standing.dirty} fallback={<Show when={!props.quiet}>nothing uncommitted</Show>}>
        <span class="text-warn">uncommitted changes</span>
      </Show>
    </span>
  )
}

/** How many commits only one side has; nothing without an upstream. */
export function Distance(props: { ahead: number | null; behind: number | null }) {
  return (
    <>
      <Show when={props.ahead}>{(count) => <span>{number(count())} ahead</span>}</Show>
      <Show when={props.behind}>{(count) => <span>{number(count())} behind</span>}</Show>
    </>
  )
}
