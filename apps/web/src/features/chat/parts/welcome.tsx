import { Show } from 'solid-js'
import { plural } from '../../../lib/format.ts'
import { useRead } from '../../../lib/queries.ts'
import { CairnMark } from '../../../ui/cairn.tsx'

/** What an empty conversation says: what can be asked, and from how much. */
export function Welcome(props: { small?: boolean }) {
  const overview = useRead('overview', 'get', () => ({}))
  const passages = () => overview.data?.index.passages ?? 0
  return (
    <div class={`mx-auto flex max-w-sm flex-col items-center text-center ${props.small ? 'pt-10' : 'pt-[14vh]'}`}>
      <CairnMark size={props.small ? 32 : 44} class="text-accent" />
      <p class="mt-4 text-lg font-semibold text-ink">Ask what you once knew</p>
      <p class="mt-1 text-sm text-pretty text-dim">
        Answers come from your own files, pages, bookmarks, threads, commits, memories and tasks, each claim with its
        source.
      </p>
      <Show when={overview.data}>
        <p class="mt-3 text-xs text-faint">
          <Show
            when={passages() > 0}
            fallback={<>Nothing is indexed yet. Add a folder or import your history first.</>}
          >
            {plural(passages(), 'passage')} to answer from
          </Show>
        </p>
      </Show>
    </div>
  )
}
