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
import { ReceiptView } from './receipt.tsx'
import { linesOf } from './words.ts'

/** Erases for good: says what would go, asks to type it, and ends with the receipt. */
export function EraseDialog(props: { onClose: () => void }) {
  const [job, setJob] = createSignal('')
  return (
    <Dialog
      open={true}
      onClose={props.onClose}
      title="Erase for good"
      description="Rows, index, vectors, quotes and logs. Nothing brings it back; your browser and your files keep their own."
    >
      <Show when={job()} fallback={<Ask onClose={props.onClose} onAsked={setJob} />}>
        <Following job={job()} onClose={props.onClose} />
      </Show>
    </Dialog>
  )
}

function Ask(props: { onClose: () => void; onAsked: (job: string) => void }) {
  const choice = makeScopeChoice({ kind: 'site' })
  const [typed, setTyped] = createSignal('')
  const [busy, setBusy] = createSignal(false)
  const [trouble, setTrouble] = createSignal('')

  const scope = createMemo<Input<'privacy', 'preview'> | null>(() => {
    if (choice.kind() === 'everything') return { everything: true }
    if (choice.kind() === 'period') return choice.period()
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
      props.onAsked((await api.privacy.delete({ ...asked, confirm: true })).job_id)
    } catch (error) {
      setTrouble(troubleOf(error).detail)
    }
    setBusy(false)
  }
  return (
    <form class="flex flex-col gap-3" onSubmit={(event) => void erase(event)}>
      <ScopeFields choice={choice} siteLabel="A site and its subdomains" onKind={() => setTyped('')} />
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
        <Button onClick={props.onClose}>Cancel</Button>
        <Button type="submit" look="danger" disabled={!ready()}>
          Erase
        </Button>
      </div>
    </form>
  )
}

const phases: Record<string, string> = {
  erasing: 'Erasing',
  scrubbing: 'Cleaning index and files',
  proving: 'Looking for it everywhere',
}

function Following(props: { job: string; onClose: () => void }) {
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
        <Button ref={close} onClick={props.onClose}>
          Close
        </Button>
      </div>
    </div>
  )
}
