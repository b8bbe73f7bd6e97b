/** The few things that have to be said aloud: what failed, and what can still be undone. */
import X from 'lucide-solid/icons/x'
import { createRoot, createSignal, For, Show } from 'solid-js'
import { isAbort, troubleOf } from '../lib/api.ts'

type Notice = {
  id: number
  tone: 'calm' | 'bad'
  text: string
  detail?: string
  action?: { label: string; run: () => void }
}

const [notices, setNotices] = createRoot(() => createSignal<readonly Notice[]>([]))
let next = 1

const drop = (id: number) => setNotices((all) => all.filter((notice) => notice.id !== id))

/** Says something for a few seconds; errors stay a little longer. Returns how to take it back. */
export function say(notice: Omit<Notice, 'id' | 'tone'> & { tone?: Notice['tone']; ms?: number }): () => void {
  const id = next++
  setNotices((all) => [...all.slice(-2), { tone: 'calm', ...notice, id }])
  setTimeout(() => drop(id), notice.ms ?? (notice.tone === 'bad' ? 12_000 : 6_000))
  return () => drop(id)
}

export function complain(error: unknown): void {
  if (isAbort(error)) return
  const trouble = troubleOf(error)
  say({ tone: 'bad', text: trouble.title, detail: trouble.detail })
}

/** Does something and says so when it failed. The answer is undefined then. */
export async function attempt<T>(action: () => Promise<T>): Promise<T | undefined> {
  try {
    return await action()
  } catch (error) {
    complain(error)
    return undefined
  }
}

export function Notices() {
  return (
    <div
      role="status"
      aria-live="polite"
      class="pointer-events-none fixed right-4 bottom-10 z-50 flex w-88 max-w-[calc(100vw-2rem)] flex-col gap-2"
    >
      <For each={notices()}>
        {(notice) => (
          <div class="pointer-events-auto flex items-start gap-2 rounded-lg bg-raised p-3 shadow-float">
            <div class="min-w-0 flex-1">
              <p class={`text-sm font-medium ${notice.tone === 'bad' ? 'text-bad' : 'text-ink'}`}>{notice.text}</p>
              <Show when={notice.detail}>
                {(detail) => <p class="mt-0.5 text-sm break-words text-dim">{detail()}</p>}
              </Show>
            </div>
            <Show when={notice.action}>
              {(action) => (
                <button
                  type="button"
                  class="h-6 shrink-0 rounded-sm px-2 text-sm font-medium text-accent-ink hover:bg-hover"
                  onClick={() => {
                    drop(notice.id)
                    action().run()
                  }}
                >
                  {action().label}
                </button>
              )}
            </Show>
            <button
              type="button"
              aria-label="Dismiss"
              class="inline-flex size-6 shrink-0 items-center justify-center rounded-sm text-faint hover:bg-hover hover:text-ink"
              onClick={() => drop(notice.id)}
            >
              <X size={14} />
            </button>
          </div>
        )}
      </For>
    </div>
  )
}
