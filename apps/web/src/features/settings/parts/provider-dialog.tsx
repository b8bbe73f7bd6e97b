import type { Provider, ProviderKind } from '@cairn/api/models'
import { createSignal, Show } from 'solid-js'
import { api, type Trouble, troubleOf } from '../../../lib/api.ts'
import { makeOld } from '../../../lib/queries.ts'
import { Button } from '../../../ui/button.tsx'
import { Dialog } from '../../../ui/dialog.tsx'
import { Select, TextField } from '../../../ui/fields.tsx'

const kinds: { value: ProviderKind; label: string; address: string; needsKey: boolean }[] = [
  { value: 'ollama', label: 'Ollama', address: 'http://127.0.0.1:11434', needsKey: false },
  {
    value: 'openai-compatible',
    label: 'OpenAI-compatible server',
    address: 'http://127.0.0.1:8080/v1',
    needsKey: false,
  },
  { value: 'openai', label: 'OpenAI', address: '', needsKey: true },
  { value: 'anthropic', label: 'Anthropic', address: '', needsKey: true },
  { value: 'google', label: 'Google', address: '', needsKey: true },
  { value: 'onnx', label: 'Local folder of ONNX models', address: '', needsKey: false },
]
export const kindTitle = (kind: ProviderKind) => kinds.find((one) => one.value === kind)?.label ?? kind

/** Adds a provider of models, or changes one. The key is kept encrypted and never shown again. */
export function ProviderDialog(props: { provider: Partial<Provider>; onClose: () => void }) {
  const [kind, setKind] = createSignal<ProviderKind>(props.provider.kind ?? 'ollama')
  const [name, setName] = createSignal(props.provider.name ?? '')
  const [address, setAddress] = createSignal(props.provider.base_url ?? '')
  const [folder, setFolder] = createSignal(props.provider.folder ?? '')
  const [key, setKey] = createSignal('')
  const [trouble, setTrouble] = createSignal<Trouble | null>(null)
  const [busy, setBusy] = createSignal(false)
  const about = () => kinds.find((one) => one.value === kind())
  const save = async (event: SubmitEvent) => {
    event.preventDefault()
    setBusy(true)
    setTrouble(null)
    const settings = {
      name: name().trim() || kindTitle(kind()),
      base_url: address().trim() || about()?.address || null,
      ...(kind() === 'onnx' && { folder: folder().trim() || null }),
      ...(key() && { api_key: key() }),
    }
    try {
      const { id, version } = props.provider
      if (id) await api.models.updateProvider({ id, ...settings }, { headers: { 'if-match': `"${version}"` } })
      else await api.models.addProvider({ kind: kind(), ...settings })
      makeOld(['models'])
      props.onClose()
    } catch (error) {
      setTrouble(troubleOf(error))
    }
    setBusy(false)
  }
  return (
    <Dialog open={true} onClose={props.onClose} title={props.provider.id ? 'Change provider' : 'Add a provider'}>
      <form class="flex flex-col gap-3" onSubmit={(event) => void save(event)}>
        <Select
          label="Kind"
          value={kind()}
          disabled={props.provider.id !== undefined}
          options={kinds}
          onChange={(event) => setKind(event.currentTarget.value as ProviderKind)}
        />
        <TextField
          label="Name"
          placeholder={kindTitle(kind())}
          maxLength={100}
          value={name()}
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <Show
          when={kind() !== 'onnx'}
          fallback={
            <TextField
              label="Folder"
              placeholder="/home/you/models"
              value={folder()}
              onInput={(event) => setFolder(event.currentTarget.value)}
            />
          }
        >
          <TextField
            label="Address"
            placeholder={about()?.address || 'the usual one'}
            value={address()}
            onInput={(event) => setAddress(event.currentTarget.value)}
          />
          <TextField
            label={props.provider.has_key ? 'Key (leave empty to keep the one there is)' : 'Key'}
            type="password"
            autocomplete="new-password"
            required={about()?.needsKey && !props.provider.has_key}
            value={key()}
            hint="Kept encrypted on this machine, never shown again, never part of a prompt."
            onInput={(event) => setKey(event.currentTarget.value)}
          />
        </Show>
        <Show when={trouble()}>
          {(one) => (
            <p role="alert" class="text-sm text-bad">
              {one().title}. {one().detail}
            </p>
          )}
        </Show>
        <div class="mt-1 flex justify-end gap-2">
          <Button onClick={props.onClose}>Cancel</Button>
          <Button type="submit" look="primary" disabled={busy()}>
            {props.provider.id ? 'Save' : 'Add provider'}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
