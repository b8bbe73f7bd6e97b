import type { Key } from '@cairn/api/users'
import Copy from 'lucide-solid/icons/copy'
import Plus from 'lucide-solid/icons/plus'
import { createSignal, For, Show } from 'solid-js'
import { api, type Trouble, troubleOf } from '../../lib/api.ts'
import { ago, full } from '../../lib/format.ts'
import { makeOld, usePages, useRead } from '../../lib/queries.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { Confirm, Dialog } from '../../ui/dialog.tsx'
import { Select, TextField } from '../../ui/fields.tsx'
import { attempt, say } from '../../ui/notices.tsx'
import { Safe } from '../../ui/safe.tsx'
import { Row, Rows, Section } from './parts/section.tsx'

export default function KeySettings() {
  const keys = usePages('users', 'keys', () => ({ limit: 100 }))
  const logins = useRead('users', 'logins', () => ({}))
  const [adding, setAdding] = createSignal(false)
  const [secret, setSecret] = createSignal<{ name: string; secret: string } | null>(null)
  const [asking, setAsking] = createSignal<{ key: Key; what: 'rotate' | 'revoke' } | null>(null)
  const act = async () => {
    const asked = asking()
    if (!asked) return
    const { id, name } = asked.key
    if (asked.what === 'revoke') await attempt(() => api.users.removeKey({ id }))
    else {
      const made = await attempt(() => api.users.rotateKey({ id }))
      if (made) setSecret({ name, secret: made.secret })
    }
    makeOld(['users'])
    setAsking(null)
  }
  return (
    <>
      <Section
        first
        title="API keys"
        note="For scripts, editors and other programs on this machine. A key is shown once, when it is made."
        action={
          <Button look="primary" onClick={() => setAdding(true)}>
            <Plus size={14} />
            New key
          </Button>
        }
      >
        <Show when={secret()}>
          {(made) => (
            <div class="mb-3 rounded-lg bg-good-soft p-3" role="status">
              <p class="text-sm">
                The key <b>{made().name}</b>. Copy it now: it is not shown again.
              </p>
              <div class="mt-1.5 flex items-center gap-2">
                <code class="min-w-0 flex-1 rounded-md bg-canvas px-2 py-1 font-mono text-xs break-all select-all">
                  {made().secret}
                </code>
                <IconButton
                  label="Copy the key"
                  onClick={() =>
                    void navigator.clipboard.writeText(made().secret).then(() => say({ text: 'Key copied' }))
                  }
                >
                  <Copy size={15} />
                </IconButton>
                <Button size="sm" onClick={() => setSecret(null)}>
                  Done
                </Button>
              </div>
            </div>
          )}
        </Show>
        <Rows>
          <For each={keys.items()} fallback={<Row class="text-sm text-dim">None yet.</Row>}>
            {(key) => (
              <Row>
                <div class="min-w-0 flex-1">
                  <p class="truncate text-sm font-medium">
                    <Safe text={key.name} /> <code class="font-mono text-xs font-normal text-dim">{key.prefix}…</code>
                  </p>
                  <p class="truncate text-xs text-dim">
                    {key.scopes.includes('*') ? 'may do everything' : key.scopes.join(', ')} · made{' '}
                    {ago(key.created_at, Date.now())} ·{' '}
                    {key.last_used_at ? `used ${ago(key.last_used_at, Date.now())}` : 'never used'}
                    {key.expires_at ? ` · until ${full(key.expires_at)}` : ''}
                  </p>
                </div>
                <Button size="sm" look="quiet" onClick={() => setAsking({ key, what: 'rotate' })}>
                  New secret
                </Button>
                <Button size="sm" look="quiet" onClick={() => setAsking({ key, what: 'revoke' })}>
                  Revoke
                </Button>
              </Row>
            )}
          </For>
        </Rows>
      </Section>
      <Section title="Signed-in browsers" note="Each came in by a one-time link from this machine.">
        <Rows>
          <For each={logins.data?.items}>
            {(login) => (
              <Row>
                <div class="min-w-0 flex-1">
                  <p class="truncate text-sm">
                    <Safe text={login.agent || 'a browser'} />
                  </p>
                  <p class="text-xs text-dim">
                    {login.current ? 'this one' : `last seen ${ago(login.last_used_at, Date.now())}`} · since{' '}
                    {full(login.created_at)}
                  </p>
                </div>
                <Button size="sm" look="quiet" onClick={() => void end(login)}>
                  Sign out
                </Button>
              </Row>
            )}
          </For>
        </Rows>
      </Section>
      <Show when={adding()}>
        <NewKeyDialog
          onClose={() => setAdding(false)}
          onMade={(made) => {
            setSecret(made)
            setAdding(false)
            makeOld(['users'])
          }}
        />
      </Show>
      <Confirm
        open={asking() !== null}
        title={
          asking()?.what === 'revoke' ? `Revoke ${asking()?.key.name}?` : `Give ${asking()?.key.name} a new secret?`
        }
        description="Whatever uses the old one stops working at once."
        action={asking()?.what === 'revoke' ? 'Revoke' : 'New secret'}
        danger
        onClose={() => setAsking(null)}
        onConfirm={act}
      />
    </>
  )
}

function NewKeyDialog(props: { onClose: () => void; onMade: (key: { name: string; secret: string }) => void }) {
  const [name, setName] = createSignal('')
  const [may, setMay] = createSignal('*')
  const [days, setDays] = createSignal('')
  const [trouble, setTrouble] = createSignal<Trouble | null>(null)
  const make = async (event: SubmitEvent) => {
    event.preventDefault()
    try {
      const until = days() ? new Date(Date.now() + Number(days()) * 86_400_000).toISOString() : null
      props.onMade(await api.users.createKey({ name: name().trim(), scopes: [may()], expires_at: until }))
    } catch (error) {
      setTrouble(troubleOf(error))
    }
  }
  return (
    <Dialog open={true} onClose={props.onClose} title="New API key" width="max-w-md">
      <form class="flex flex-col gap-3" onSubmit={(event) => void make(event)}>
        <TextField
          label="Name"
          placeholder="my editor"
          required
          maxLength={100}
          value={name()}
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <Select
          label="May"
          value={may()}
          options={[
            { value: '*', label: 'Do everything that you may' },
            { value: '*:read', label: 'Only read' },
          ]}
          onChange={(event) => setMay(event.currentTarget.value)}
        />
        <Select
          label="Ends"
          value={days()}
          options={[
            { value: '', label: 'Never' },
            { value: '7', label: 'After 7 days' },
            { value: '90', label: 'After 90 days' },
            { value: '365', label: 'After a year' },
          ]}
          onChange={(event) => setDays(event.currentTarget.value)}
        />
        <Show when={trouble()}>
          {(one) => (
            <p role="alert" class="text-sm text-bad">
              {one().detail}
            </p>
          )}
        </Show>
        <div class="mt-1 flex justify-end gap-2">
          <Button onClick={props.onClose}>Cancel</Button>
          <Button type="submit" look="primary" disabled={!name().trim()}>
            Make key
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

/** Ends a login; one's own takes the page with it. */
async function end(login: { id: string; current: boolean }): Promise<void> {
  if (login.current) {
    await attempt(() => api.users.logout({}))
    location.reload()
  } else await attempt(() => api.users.removeLogins({ id: login.id }))
  makeOld(['users'])
}
