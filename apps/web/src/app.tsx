import { createEffect, Show } from 'solid-js'
import { signedOut } from './lib/api.ts'
import { followLinks, pageTitle } from './lib/layout.ts'
import { goOnline } from './lib/online.ts'
import { openWorkspace } from './lib/session.ts'
import { listenToKeys } from './shell/keyboard.ts'
import { Shell } from './shell/shell.tsx'
import { SignedOut } from './shell/signed-out.tsx'
import { Notices } from './ui/notices.tsx'

export function App() {
  openWorkspace()
  goOnline()
  listenToKeys()
  document.addEventListener('click', followLinks)
  createEffect(() => {
    document.title = pageTitle()
  })
  return (
    <Show when={!signedOut()} fallback={<SignedOut />}>
      <Shell />
      <Notices />
    </Show>
  )
}
