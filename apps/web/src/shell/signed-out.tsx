import { CairnMark } from '../ui/cairn.tsx'

/** Shown when this browser has no login: what happened and the one line that helps. */
export function SignedOut() {
  return (
    <main class="flex h-full flex-col items-center justify-center gap-5 bg-canvas p-6 text-center">
      <CairnMark size={56} class="text-accent" />
      <div class="max-w-sm">
        <h1 class="text-lg font-semibold text-ink">This browser is not signed in</h1>
        <p class="mt-1 text-sm text-pretty text-dim">
          Cairn runs on your machine and lets no one in without a link from it. Links work once. For a new one, type
          this in a terminal:
        </p>
      </div>
      <code class="rounded-md bg-inset px-3 py-2 font-mono text-sm text-ink ring-1 ring-line select-all">
        npx cairn open
      </code>
    </main>
  )
}
