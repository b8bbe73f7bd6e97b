import type { Receipt } from '@cairn/api/privacy'
import { createMemo, createSignal, For, Match, onMount, Show, Switch } from 'solid-js'
import { api, type Input, troubleOf } from '../../lib/api.ts'
import { number } from '../../lib/format.ts'
import { running } from '../../lib/online.ts'
import { useRead } from '../../lib/queries.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { TextField } from '../../ui/fields.tsx'
import { Progress } from '../../ui/progress.tsx'
import { makeScopeChoice, ScopeFields } from '../../ui/scope-fields.tsx'
import { Pick } from './parts/pick.tsx'
import { ReceiptView } from './receipt.tsx'
import { closeErase, erasing, leaveThread, type Picked } from './state.ts'
import { linesOf } from './words.ts'

/** Erases for good: says what would go, asks to type it, and ends with the receipt. */
export default function EraseDialog() {
  const [job, setJob] = createSignal('')
  return (
    <Dialog
      open={true}
      onClose={closeErase}
      title="Erase for good"
      description="Rows, index, vectors, quotes and logs. Nothing brings it back; your browser and your files keep their own."
    >
      <Show when={job()} fallback={<Ask onAsked={setJob} />}>
        <Following job={job()} />
      </Show>
    </Dialog>
  )
}

const others = [
  { value: 'thread', label: 'A thread' },
  { value: 'tab', label: 'A tab with its visits' },
  { value: 'person', label: 'What I made and did' },
] as const

function Ask(props: { onAsked: (job: string) => void }) {
  const [picked, setPicked] = createSignal(erasing()?.picked ?? null)
  const choice = makeScopeChoice({ kind: picked()?.kind ?? 'site' })
  const me = useRead('users', 'me', () => ({}))
  const [typed, setTyped] = createSignal('')
  const [busy, setBusy] = createSignal(false)
  const [trouble, setTrouble] = createSignal('')

  const scope = createMemo<Input<'privacy', 'preview'> | null>(() => {
    if (choice.kind() === 'everything') return { everything: true }
    if (choice.kind() === 'period') return choice.period()
    if (choice.kind() === 'person') return me.data ? { person: me.data.id } : null
    if (choice.kind() === 'thread' || choice.kind() === 'tab') return scopeOfPicked(picked(), choice.kind())
    return choice.site() ? { site: choice.site() } : null
  })
  const word = () => (choice.kind() === 'site' ? choice.site() : 'erase')
  const preview = useRead('privacy', 'preview', scope)
  const lines = () => linesOf(preview.data?.parts ?? [])
  const ready = () => scope() !== null && preview.data !== undefined && typed().trim() === word() && !busy()

  const erase = async (event: SubmitEvent) => {
    event.preventDefault()
    const asked = scope()
    if (!asked || !ready()) return
    setBusy(true)
    setTrouble('')
    try {
      const { job_id } = await api.privacy.delete({ ...asked, confirm: true })
      if (asked.thread_id) leaveThread(asked.thread_id)
      props.onAsked(job_id)
    } catch (error) {
      setTrouble(troubleOf(error).detail)
    }
    setBusy(false)
  }
  return (
    <form class="flex flex-col gap-3" onSubmit={(event) => void erase(event)}>
      <ScopeFields
        choice={choice}
        siteLabel="A site and its subdomains"
        others={others}
        onKind={() => {
          setTyped('')
          setPicked(null)
        }}
      />
      <Switch>
        <Match when={choice.kind() === 'thread'}>
          <Pick kind="thread" picked={picked()} onPick={setPicked} />
        </Match>
        <Match when={choice.kind() === 'tab'}>
          <Pick kind="tab" picked={picked()} onPick={setPicked} />
        </Match>
        <Match when={choice.kind() === 'person'}>
          <p class="text-sm text-dim">
            In your personal workspace all that is remembered, but for folders and repositories, which lie on the disk,
            and what of the logs is the system’s: whom it asked for a crawl that is done again, say. In a shared one
            what you made, said and did; where others wrote in a thread, it stays and your words go. What does not say
            whose it is stays there.
          </p>
        </Match>
      </Switch>
      <div class="rounded-md bg-inset px-3 py-2.5 text-sm" role="status">
        <Switch fallback={<span class="text-dim">Say what, and this counts what would go.</span>}>
          <Match when={scope() && preview.isError}>
            <span class="text-bad">{troubleOf(preview.error).detail}</span>
          </Match>
          <Match when={scope() && preview.isPending}>
            <span class="text-dim">Counting…</span>
          </Match>
          <Match when={scope() && preview.data}>
            <p class="font-medium">
              {lines().length > 0 ? 'This would go:' : 'Nothing of it is here. Erasing looks for traces all the same.'}
            </p>
            <ul class="list-disc pl-5">
              <For each={lines()}>{(line) => <li>{line}</li>}</For>
            </ul>
          </Match>
        </Switch>
      </div>
      <TextField
        label={`Type “${word() || '…'}” to confirm`}
        value={typed()}
        disabled={!scope()}
        onInput={(event) => setTyped(event.currentTarget.value)}
        {...(trouble() && { error: trouble() })}
      />
      <div class="flex justify-end gap-2">
        <Button onClick={closeErase}>Cancel</Button>
        <Button type="submit" look="danger" disabled={!ready()}>
          Erase
        </Button>
      </div>
    </form>
  )
}

const scopeOfPicked = (picked: Picked | null, kind: string): Input<'privacy', 'preview'> | null => {
  if (picked?.kind !== kind) return null
  return kind === 'thread' ? { thread_id: picked.id } : { tab_id: picked.id }
}

const phases: Record<string, string> = {
  erasing: 'Erasing',
  scrubbing: 'Cleaning index and files',
  proving: 'Looking for it everywhere',
}

function Following(props: { job: string }) {
  const receipt = useRead('privacy', 'getReceipt', () => ({ id: props.job }))
  const job = useRead('jobs', 'get', () => ({ id: props.job }))
  const progress = () => running[props.job]?.progress
  // What had the focus is gone with the form.
  let close: HTMLButtonElement | undefined
  onMount(() => close?.focus())
  const done = () => (receipt.data?.status === 'done' ? (receipt.data as Receipt) : null)
  return (
    <div class="flex flex-col gap-3">
      <Switch
        fallback={
          <div role="status">
            <Progress done={0} total={null} label="Erasing" />
            <p class="mt-1 flex justify-between text-sm text-dim">
              <span>{phases[progress()?.phase ?? ''] ?? 'Waiting to start'}…</span>
              <span>{progress()?.steps_completed ? number(progress()?.steps_completed ?? 0) : ''}</span>
            </p>
            <p class="mt-2 text-xs text-dim">It goes on when this is closed, and after a restart.</p>
          </div>
        }
      >
        <Match when={done()}>{(one) => <ReceiptView receipt={one()} />}</Match>
        <Match when={job.data?.status === 'failed' && job.data}>
          {(failed) => (
            <p role="alert" class="text-sm text-bad">
              {failed().error?.message} It can be tried again under Jobs.
            </p>
          )}
        </Match>
      </Switch>
      <div class="flex justify-end">
        <Button ref={close} onClick={closeErase}>
          Close
        </Button>
      </div>
    </div>
  )
}
