import type { ModelRoute, Provider, Routes } from '@cairn/api/models'
import ArrowUp from 'lucide-solid/icons/arrow-up'
import Plus from 'lucide-solid/icons/plus'
import Radar from 'lucide-solid/icons/radar'
import X from 'lucide-solid/icons/x'
import { createMemo, createSignal, For, Show } from 'solid-js'
import { api, type Input } from '../../lib/api.ts'
import { dayStart, number, shortDate, zone } from '../../lib/format.ts'
import { makeOld, useRead } from '../../lib/queries.ts'
import { useWorkspace } from '../../lib/session.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { Confirm } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/empty.tsx'
import { Switch } from '../../ui/fields.tsx'
import { attempt, say } from '../../ui/notices.tsx'
import { Safe } from '../../ui/safe.tsx'
import { kindTitle, ProviderDialog } from './parts/provider-dialog.tsx'
import { Row, Rows, Section } from './parts/section.tsx'

const routeId = (route: ModelRoute) => `${route.provider_id} ${route.model}`

export default function ModelSettings() {
  const providers = useRead('models', 'providers', () => ({}))
  const routes = useRead('models', 'routes', () => ({}))
  const reach = useRead('models', 'list', () => ((providers.data?.items.length ?? 0) > 0 ? {} : null))
  const workspace = useWorkspace()
  const [editing, setEditing] = createSignal<Partial<Provider> | null>(null)
  const [removing, setRemoving] = createSignal<Provider | null>(null)
  const [looking, setLooking] = createSignal(false)
  const nameOf = (id: string) => providers.data?.items.find((one) => one.id === id)?.name ?? 'a provider that is gone'
  const offers = createMemo(() =>
    (reach.data?.items ?? []).flatMap((provider) =>
      provider.models.map((model) => ({ provider_id: provider.provider_id, model: model.id })),
    ),
  )
  const save = (by: Partial<Pick<Routes, 'chat' | 'embed'>>) => {
    const now = routes.data
    if (!now) return
    const headers = { 'if-match': `"${now.version}"` }
    const wanted: Input<'models', 'setRoutes'> = { chat: by.chat ?? now.chat, embed: by.embed ?? now.embed }
    void attempt(() => api.models.setRoutes(wanted, { headers })).then(() => makeOld(['models', 'overview']))
  }
  const setNoCloud = (no_cloud: boolean) => {
    const id = workspace()?.id
    if (!id) return
    void attempt(() => api.workspaces.update({ id, no_cloud })).then(() => makeOld(['models', 'workspaces']))
  }
  const detect = async () => {
    setLooking(true)
    const done = await attempt(() => api.models.detect({}))
    setLooking(false)
    const [found] = done?.found ?? []
    if (found) setEditing({ kind: found.kind, base_url: found.base_url, name: 'Ollama' })
    else if (done)
      say({
        text: 'No Ollama found on this machine',
        detail: 'It is looked for at 127.0.0.1:11434. Start it and look again.',
      })
  }
  return (
    <Show when={!providers.isError} fallback={<Failure error={providers.error} />}>
      <Section
        first
        title="Models"
        note="Cairn answers without any model, by quoting your sources. With one, answers are written from those passages. Nothing is sent anywhere until you add a provider here."
      />
      <Section
        title="Providers"
        action={
          <>
            <Button disabled={looking()} onClick={() => void detect()}>
              <Radar size={14} />
              Look for Ollama
            </Button>
            <Button look="primary" onClick={() => setEditing({})}>
              <Plus size={14} />
              Add
            </Button>
          </>
        }
      >
        <Rows>
          <For
            each={providers.data?.items}
            fallback={<Row class="text-sm text-dim">None yet. A model on this machine keeps everything here.</Row>}
          >
            {(provider) => {
              const state = () => reach.data?.items.find((one) => one.provider_id === provider.id)
              return (
                <Row>
                  <span
                    class="size-2 shrink-0 rounded-full"
                    classList={{
                      'bg-good': state()?.reachable,
                      'bg-bad': state()?.reachable === false,
                      'bg-control': !state(),
                    }}
                  />
                  <div class="min-w-0 flex-1">
                    <p class="truncate text-sm font-medium">
                      <Safe text={provider.name} />{' '}
                      <span class="font-normal text-dim">· {kindTitle(provider.kind)}</span>
                    </p>
                    <p class="truncate text-xs text-dim">
                      {state()?.error?.message ??
                        (state() ? `${number(state()?.models.length ?? 0)} models` : 'asking…')}{' '}
                      · {provider.local ? 'stays on this machine or network' : 'leaves this machine'}
                      {provider.has_key ? ' · key kept' : ''}
                    </p>
                  </div>
                  <Button size="sm" look="quiet" onClick={() => setEditing(provider)}>
                    Edit
                  </Button>
                  <Button size="sm" look="quiet" onClick={() => setRemoving(provider)}>
                    Remove
                  </Button>
                </Row>
              )
            }}
          </For>
        </Rows>
      </Section>
      <Show when={routes.data}>
        {(now) => (
          <>
            <RouteList
              title="Answers"
              note="Asked in this order: the next one when one fails before its first word."
              empty="None: answers are extracts, quoted and ranked."
              routes={now().chat}
              offers={offers()}
              nameOf={nameOf}
              onChange={(chat) => save({ chat })}
            />
            <RouteList
              title="Meaning (embeddings)"
              note="With one, search also finds by meaning. All routes must be of one model."
              empty="None: search finds by words, and forgives typing errors."
              routes={now().embed}
              offers={offers()}
              nameOf={nameOf}
              onChange={(embed) => save({ embed })}
            />
            <Section title="This workspace">
              <Switch
                label="No cloud"
                hint="Nothing is sent to a model beyond this machine and its private network, whatever the routes say."
                checked={now().no_cloud}
                onChange={setNoCloud}
              />
            </Section>
          </>
        )}
      </Show>
      <Usage />
      <Show when={editing()}>{(one) => <ProviderDialog provider={one()} onClose={() => setEditing(null)} />}</Show>
      <Show when={removing()}>
        {(one) => (
          <Confirm
            open={true}
            title={`Remove ${one().name}?`}
            description="Its key and the routes that lead to it go with it."
            action="Remove"
            danger
            onClose={() => setRemoving(null)}
            onConfirm={async () => {
              await attempt(() => api.models.removeProvider({ id: one().id }))
              makeOld(['models'])
              setRemoving(null)
            }}
          />
        )}
      </Show>
    </Show>
  )
}

type RouteListProps = {
  title: string
  note: string
  empty: string
  routes: readonly ModelRoute[]
  offers: readonly ModelRoute[]
  nameOf: (id: string) => string
  onChange: (routes: ModelRoute[]) => void
}

function RouteList(props: RouteListProps) {
  const free = () => props.offers.filter((offer) => !props.routes.some((route) => routeId(route) === routeId(offer)))
  const without = (at: number) => props.routes.filter((_, index) => index !== at)
  const up = (at: number) => {
    const route = props.routes[at]
    if (route) props.onChange(without(at).toSpliced(at - 1, 0, route))
  }
  return (
    <Section title={props.title} note={props.note}>
      <Rows>
        <For each={props.routes} fallback={<Row class="text-sm text-dim">{props.empty}</Row>}>
          {(route, at) => (
            <Row>
              <span class="w-4 text-right text-xs text-faint">{at() + 1}</span>
              <span class="min-w-0 flex-1 truncate text-sm">
                <Safe text={route.model} class="font-mono text-xs" />{' '}
                <span class="text-dim">by {props.nameOf(route.provider_id)}</span>
              </span>
              <IconButton label="Ask earlier" square="sm" disabled={at() === 0} onClick={() => up(at())}>
                <ArrowUp size={14} />
              </IconButton>
              <IconButton label="Take out" square="sm" onClick={() => props.onChange(without(at()))}>
                <X size={14} />
              </IconButton>
            </Row>
          )}
        </For>
        <Show when={free().length > 0}>
          <Row>
            <select
              aria-label={`Add a model for ${props.title.toLowerCase()}`}
              class="h-7 max-w-full rounded-md bg-inset px-2 text-sm text-dim ring-1 ring-line ring-inset"
              value=""
              onChange={(event) => {
                const chosen = free().find((offer) => routeId(offer) === event.currentTarget.value)
                event.currentTarget.value = ''
                if (chosen) props.onChange([...props.routes, chosen])
              }}
            >
              <option value="">Add a model…</option>
              <For each={free()}>
                {(offer) => (
                  <option value={routeId(offer)}>
                    {offer.model} — {props.nameOf(offer.provider_id)}
                  </option>
                )}
              </For>
            </select>
          </Row>
        </Show>
      </Rows>
    </Section>
  )
}

function Usage() {
  const usage = useRead('models', 'usage', () => ({ time_zone: zone }))
  return (
    <Show when={(usage.data?.items.length ?? 0) > 0 && usage.data}>
      {(data) => (
        <Section title="Usage" note="What models have used, by day.">
          <div class="max-h-72 overflow-auto rounded-lg ring-1 ring-line" tabindex="0" role="region" aria-label="Usage">
            <table class="w-full text-sm">
              <thead class="sticky top-0 bg-side text-left text-xs text-dim">
                <tr>
                  <For each={['Day', 'Model', 'Calls', 'Tokens in', 'Tokens out', 'Cost']}>
                    {(head) => <th class="px-3 py-1.5 font-medium">{head}</th>}
                  </For>
                </tr>
              </thead>
              <tbody>
                <For each={data().items}>
                  {(row) => (
                    <tr class="border-t border-line">
                      <td class="px-3 py-1 whitespace-nowrap text-dim">
                        {shortDate(Date.parse(dayStart(row.day) ?? ''), Date.now())}
                      </td>
                      <td class="px-3 py-1 font-mono text-xs">
                        <Safe text={row.model} />
                      </td>
                      <td class="px-3 py-1">
                        {number(row.calls)}
                        <Show when={row.failed > 0}>
                          <span class="text-bad"> ({number(row.failed)} failed)</span>
                        </Show>
                      </td>
                      <td class="px-3 py-1">{number(row.input_tokens)}</td>
                      <td class="px-3 py-1">{number(row.output_tokens)}</td>
                      <td class="px-3 py-1">
                        {row.unpriced === row.calls ? 'not priced' : `$${row.cost_usd.toFixed(4)}`}
                      </td>
                    </tr>
                  )}
                </For>
              </tbody>
            </table>
          </div>
        </Section>
      )}
    </Show>
  )
}
