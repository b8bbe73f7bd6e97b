import { createMemo, createSignal, Match, Show, Switch } from 'solid-js'
import { api, type Input } from '../../../lib/api.ts'
import { dayStart, plural, shortDate } from '../../../lib/format.ts'
import { makeOld, useRead } from '../../../lib/queries.ts'
import { Button } from '../../../ui/button.tsx'
import { Dialog } from '../../../ui/dialog.tsx'
import { Select, TextField } from '../../../ui/fields.tsx'
import { attempt, say } from '../../../ui/notices.tsx'

type What = 'site' | 'period' | 'all'

/** Removes visits for good: of a site, of some days, or all. What would go is counted first. */
export function DeleteDialog(props: { site: string; onClose: () => void }) {
  const [what, setWhat] = createSignal<What>(props.site ? 'site' : 'period')
  const [site, setSite] = createSignal(props.site)
  const [from, setFrom] = createSignal('')
  const [to, setTo] = createSignal('')
  const [busy, setBusy] = createSignal(false)

  const period = () => {
    const start = dayStart(from())
    const end = dayStart(to(), 1)
    return { ...(start && { from: start }), ...(end && { to: end }) }
  }
  const wanted = createMemo<Input<'browser', 'removeHistory'> | null>(() => {
    if (what() === 'site') return site().trim() ? { domain: site().trim() } : null
    if (what() === 'period') return Object.keys(period()).length > 0 ? period() : null
    return { all: true }
  })
  const preview = useRead('browser', 'listSites', () => {
    const asked = wanted()
    if (!asked) return null
    const { domain, from: start, to: end } = asked
    return { limit: 3, ...(domain && { domain }), ...(start && { from: start }), ...(end && { to: end }) }
  })
  const visits = () => preview.data?.total.visits ?? 0
  const remove = async () => {
    const asked = wanted()
    if (!asked) return
    setBusy(true)
    const done = await attempt(() => api.browser.removeHistory(asked))
    setBusy(false)
    if (!done) return
    makeOld(['browser', 'overview', 'search'])
    say({ text: `${plural(done.removed.visits, 'visit')} removed`, detail: 'They are gone from search as well.' })
    props.onClose()
  }
  return (
    <Dialog
      open={true}
      onClose={props.onClose}
      title="Delete history"
      description="What is deleted here is gone from Cairn: rows, index and all. Your browser keeps its own."
    >
      <div class="flex flex-col gap-3">
        <Select
          label="What"
          value={what()}
          options={[
            { value: 'site', label: 'One site and its subdomains' },
            { value: 'period', label: 'Some days' },
            { value: 'all', label: 'Everything' },
          ]}
          onChange={(event) => setWhat(event.currentTarget.value as What)}
        />
        <Show when={what() === 'site'}>
          <TextField
            label="Site"
            placeholder="example.org"
            value={site()}
            onInput={(event) => setSite(event.currentTarget.value)}
          />
        </Show>
        <Show when={what() === 'period'}>
          <div class="flex gap-3">
            <TextField
              label="From (empty: the beginning)"
              type="date"
              class="flex-1"
              value={from()}
              onInput={(event) => setFrom(event.currentTarget.value)}
            />
            <TextField
              label="To, inclusive (empty: now)"
              type="date"
              class="flex-1"
              value={to()}
              onInput={(event) => setTo(event.currentTarget.value)}
            />
          </div>
        </Show>
        <p class="rounded-md bg-inset px-3 py-2.5 text-sm" role="status">
          <Switch fallback={<span class="text-dim">Say what, and this line counts what would go.</span>}>
            <Match when={wanted() && preview.isPending}>
              <span class="text-dim">Counting…</span>
            </Match>
            <Match when={wanted() && preview.isError}>
              <span class="text-bad">That could not be counted.</span>
            </Match>
            <Match when={wanted() && preview.data}>
              {(found) => (
                <>
                  <b>{plural(found().total.visits, 'visit')}</b> of {plural(found().total.sites, 'site')} would go
                  <Show when={found().items.length > 0}>
                    :{' '}
                    {found()
                      .items.map((one) => `${one.site} (${one.visits})`)
                      .join(', ')}
                    {found().total.sites > 3 ? ' …' : ''}
                  </Show>
                  .
                  <Show when={what() === 'site' && found().items[0]}>
                    {(one) => (
                      <span class="text-dim"> First seen {shortDate(Date.parse(one().first_seen), Date.now())}.</span>
                    )}
                  </Show>
                </>
              )}
            </Match>
          </Switch>
        </p>
        <div class="flex justify-end gap-2">
          <Button onClick={props.onClose}>Cancel</Button>
          <Button look="danger" disabled={busy() || !wanted() || visits() === 0} onClick={() => void remove()}>
            Delete {visits() > 0 ? plural(visits(), 'visit') : ''}
          </Button>
        </div>
      </div>
    </Dialog>
  )
}
